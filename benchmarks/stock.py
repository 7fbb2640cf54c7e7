"""Stock Rasa on the same cards: a project of its own in a folder, trained and run by Rasa's own commands.

Its domain, rules and actions are this project's, so that it answers the same cards through its action server; the pipeline and
the policies are Rasa's. ``rasa init``'s pipeline is trained on a subset of the questions: on all of them its 100 epochs would take
hours on two cores.
"""

import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

from ruamel.yaml import YAML

from assistant import paths
from assistant.nlu.questions import read_questions

# The examples of a topic that `rasa init`'s pipeline is trained on; about what people write for a first bot.
SUBSET = 11
PIPELINES = {"light": "ngrams.yml", "init": "diet.yml"}
POLICIES = {
    "light": [{"name": "RulePolicy"}],
    # What `rasa init` gives.
    "init": [
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": 100},
        {"name": "TEDPolicy", "max_history": 5, "epochs": 100, "constrain_similarities": True},
    ],
}
FALLBACK = {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}
# What `rasa init` has beside the intent classifier.
INIT_EXTRAS = [{"name": "EntitySynonymMapper"}, {"name": "ResponseSelector", "epochs": 100}]
STORIES = """version: "3.1"
stories:
- story: hello, a question, thanks
  steps: [{intent: greet}, {action: action_converse}, {intent: frequency}, {action: action_answer}, {intent: thanks}, {action: action_converse}]
- story: two questions
  steps: [{intent: injection_pain}, {action: action_answer}, {intent: dosage}, {action: action_answer}]
"""


def write_project(kind: str, folder: Path, action_port: int, *, all_questions: bool) -> int:
    """Write the project of ``kind`` into ``folder`` and return how many questions it trains on."""
    yaml = YAML()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    config = yaml.load(paths.ROOT / "benchmarks" / "pipelines" / PIPELINES[kind])
    config["pipeline"] += [*(INIT_EXTRAS if kind == "init" else []), FALLBACK]
    config["policies"] = POLICIES[kind]
    yaml.dump(config, folder / "config.yml")
    shutil.copy(paths.ROOT / "domain.yml", folder / "domain.yml")
    rules = yaml.load(paths.DATA / "rules.yml")
    declined = {
        "rule": "Decline what isn't understood",
        "steps": [{"intent": "nlu_fallback"}, {"action": "action_decline"}],
    }
    rules["rules"].append(declined)
    yaml.dump(rules, folder / "data" / "rules.yml")
    (folder / "data" / "stories.yml").write_text(STORIES, encoding="utf-8")
    questions = _questions(all_questions=all_questions)
    nlu = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in texts)} for intent, texts in questions.items()
    ]
    yaml.dump({"version": "3.1", "nlu": nlu}, folder / "data" / "nlu.yml")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    endpoints = f"action_endpoint:\n  url: http://127.0.0.1:{action_port}/webhook\n"
    (folder / "endpoints.yml").write_text(endpoints, encoding="utf-8")
    return sum(map(len, questions.values()))


def _questions(*, all_questions: bool) -> dict[str, list[str]]:
    by_intent: dict[str, list[str]] = defaultdict(list)
    for question in read_questions():
        if all_questions or len(by_intent[question.intent]) < SUBSET:
            by_intent[question.intent].append(question.text)
    return by_intent


def rasa_command(*arguments: str) -> list[str]:
    """Return the command that runs Rasa's own command line in this environment."""
    return [sys.executable, "-m", "assistant.cli", "rasa", *arguments]


def train(folder: Path) -> tuple[Path, float]:
    """Train the project; return the model and the seconds it took. Raises RuntimeError with Rasa's last lines if it fails."""
    start = time.perf_counter()
    done = subprocess.run(
        rasa_command("train", "--fixed-model-name", "stock", "--force"), cwd=folder, capture_output=True, text=True
    )
    model = folder / "models" / "stock.tar.gz"
    if done.returncode or not model.exists():
        raise RuntimeError(f"Rasa did not train {folder.name}:\n{(done.stdout + done.stderr)[-2000:]}")
    return model, time.perf_counter() - start


def commands(folder: Path, port: int, action_port: int) -> list[tuple[list[str], Path]]:
    """Return the two processes that stock Rasa runs as, each with its folder: the action server, and the server."""
    actions = rasa_command("run", "actions", "--actions", "actions", "-p", str(action_port))
    server = rasa_command("run", "-i", "127.0.0.1", "-p", str(port), "--endpoints", "endpoints.yml")
    return [(actions, paths.ROOT), (server, folder)]
