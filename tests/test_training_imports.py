import subprocess
import sys

import pytest


def run(code: str) -> str:
    """Run in a process of its own: what is imported can't be taken back in this one."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()[-1]


def test_a_server_loads_its_model_without_tensorflow(model) -> None:
    code = """
import asyncio, sys
from assistant import models
from assistant.server import load_agent
agent = asyncio.run(load_agent(models.find()))
unneeded = ("tensorflow", "matplotlib", "sklearn", "aiogram", "slack_sdk", "apscheduler", "spacy.cli.download", "dask.base",
            "boto3", "requests.sessions", "langcodes.tag_parser", "setuptools")
print(agent.is_ready(), [name for name in unneeded if name in sys.modules])
"""
    assert run(code) == "True []"


def test_whoever_names_a_channel_of_rasas_gets_the_real_one() -> None:
    code = """
import assistant.server
from rasa.shared.utils.common import class_from_module_path
from rasa.core.channels.channel import InputChannel
slack = class_from_module_path("rasa.core.channels.slack.SlackInput")
print(issubclass(slack, InputChannel), slack.name())
"""
    assert run(code) == "True slack"


def test_reminders_scheduler_is_loaded_when_it_is_asked_for() -> None:
    code = """
import sys
import assistant.server
from rasa.core import processor
before = "apscheduler" in sys.modules
print(before, callable(processor.jobs.scheduler), "apscheduler" in sys.modules)
"""
    assert run(code) == "False True True"


def test_what_rasa_and_spacy_seldom_use_is_loaded_when_they_do() -> None:
    code = """
import assistant.server
import rasa.engine.runner.dask as runner, rasa.telemetry, spacy.util
from requests.adapters import HTTPAdapter
from rasa.core.tracker_store import Key
import boto3.dynamodb.conditions as conditions
sum_of = runner.dask.get({"one": 1, "two": (sum, ["one", "one"])}, "two")
print(
    sum_of,
    rasa.telemetry.requests.Session.__name__,
    HTTPAdapter.__name__,
    spacy.util.find_matching_language("en-GB"),
    isinstance(Key("id"), conditions.Key),
)
"""
    assert run(code) == "2 Session HTTPAdapter en True"


def test_the_real_modules_are_back_before_training() -> None:
    code = """
from assistant import training_imports
training_imports.defer()
import rasa.utils.train_utils as utils
training_imports.restore()
import keras
from rasa.utils.tensorflow.callback import RasaTrainingLogger
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.graph_components.validators.default_recipe_validator import DefaultV1RecipeValidator
from rasa.engine.graph import GraphComponent
import rasa.core.test
assert utils.RasaTrainingLogger is RasaTrainingLogger and rasa.core.test.test
print(issubclass(RasaTrainingLogger, keras.callbacks.Callback), issubclass(DefaultV1RecipeValidator, GraphComponent))
"""
    assert run(code) == "True True"


@pytest.mark.parametrize("name", ["RasaTrainingLogger", "RasaBatchDataGenerator"])
def test_a_stand_in_says_what_to_do(name: str) -> None:
    code = f"""
from assistant import training_imports
training_imports.defer()
import rasa.utils.train_utils as utils
try:
    utils.{name}()
except RuntimeError as error:
    print(error)
"""
    assert run(code) == f"{name} trains models; call assistant.training_imports.restore() first"


def test_modules_that_are_imported_already_stay() -> None:
    code = """
import rasa.utils.tensorflow.callback as real
from assistant import training_imports
training_imports.defer()
import sys
print(sys.modules["rasa.utils.tensorflow.callback"] is real)
"""
    assert run(code) == "True"
