"""Leaves out of a serving process what it doesn't need: some 4 seconds of start and 250 MB.

Rasa imports six modules whenever a model is loaded that only matter when one is trained: two base their classes on Keras, one brings
scikit-learn, two check a training's configuration and import every component that Rasa has, and RulePolicy's test for
contradictions brings Matplotlib. It imports every channel that it has, with the libraries of seven chat services, and spaCy imports its command line.
``defer`` puts modules with empty classes in their place, ``restore`` puts the real ones back. Modules that Rasa and spaCy need for
reminders, for training, for telemetry or for language tags are loaded when they are first used, and so are the classes for Rasa's
stores on DynamoDB and MongoDB.
"""

import contextlib
import importlib
import sys
from types import ModuleType
from typing import Any, NoReturn

# The modules, with the classes that the rest of Rasa imports from them.
DEFERRED = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaDataGenerator", "RasaBatchDataGenerator"),
    "rasa.utils.tensorflow.model_data": (
        "Data",
        "FeatureArray",
        "FeatureSignature",
        "RasaModelData",
        "ragged_array_to_ndarray",
    ),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
    "rasa.graph_components.validators.finetuning_validator": ("FinetuningValidator",),
    "rasa.core.test": (),
    "spacy.cli": (),
    "spacy.cli.info": ("info",),
}
# Rasa's channels, with the class of each.
CHANNELS = {
    f"rasa.core.channels.{module}": (name,)
    for module, name in (
        ("socketio", "SocketIOInput"),
        ("botframework", "BotFrameworkInput"),
        ("callback", "CallbackInput"),
        ("console", "CmdlineInput"),
        ("facebook", "FacebookInput"),
        ("mattermost", "MattermostInput"),
        ("rasa_chat", "RasaChatInput"),
        ("rest", "RestInput"),
        ("rocketchat", "RocketChatInput"),
        ("slack", "SlackInput"),
        ("telegram", "TelegramInput"),
        ("twilio", "TwilioInput"),
        ("twilio_voice", "TwilioVoiceInput"),
        ("webexteams", "WebexTeamsInput"),
        ("hangouts", "HangoutsInput"),
    )
}
# Modules of which Rasa and spaCy only ask for what is in them when they use it: APScheduler's, two that bring scikit-learn, and
# libraries.
LAZY = (
    "rasa.core.jobs",
    "rasa.utils.train_utils",
    "rasa.utils.tensorflow.model_data_utils",
    "dask",
    "langcodes",
    "requests",
)
# Classes that Rasa imports by name for stores that are seldom named.
LATE = {"boto3.dynamodb.conditions": "Key", "pymongo.collection": "Collection"}


class _DeferredModule(ModuleType):
    """Stands for a module of Rasa that only training needs."""


class _DeferredClass:
    """Stands for a class in such a module."""

    @classmethod
    def name(cls) -> str:
        """Return the name under which Rasa lists a channel."""
        return cls.__name__

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{cls.__name__} trains models; call assistant.training_imports.restore() first")


class _LazyModule(ModuleType):
    """Stands for a module until something in it is asked for. (``importlib.util.LazyLoader`` loads at any later import statement.)"""

    def __getattr__(self, name: str) -> Any:
        # A package's path is asked for when something below it is imported.
        if name.startswith("__") and name != "__path__":
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        real = importlib.import_module(self.__name__)
        vars(self).update(vars(real))
        return getattr(real, name)


class _LateClass:
    """Stands for a class of a library: whoever makes an object of it gets one of the real class."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(cls.__module__), cls.__name__)(*args, **kwargs)


def defer() -> None:
    """Put the stand-ins in place, except for modules that this process has imported already. Call it before Rasa is imported."""
    for name, classes in {**DEFERRED, **CHANNELS}.items():
        if name not in sys.modules:
            module = _DeferredModule(name)
            for each in classes:
                setattr(module, each, type(each, (_DeferredClass,), {"__module__": name}))
            sys.modules[name] = module
    for name, late in LATE.items():
        if name not in sys.modules:
            module = _DeferredModule(name)
            setattr(module, late, type(late, (_LateClass,), {"__module__": name}))
            sys.modules[name] = module
    for name in LAZY:
        if name not in sys.modules:
            later = sys.modules[name] = _LazyModule(name)
            package, _, child = name.rpartition(".")
            if package:
                setattr(importlib.import_module(package), child, later)
    with contextlib.suppress(ImportError):
        # Sanic asks distutils for one function; setuptools would put the whole of itself in its place.
        import _distutils_hack

        _distutils_hack.remove_shim()


def let_others_load() -> None:
    """Take away the stand-ins of channels and stores once Rasa has imported them: whoever names one of those gets the real one."""
    for name in (*CHANNELS, *LATE):
        if isinstance(sys.modules.get(name), _DeferredModule):
            del sys.modules[name]


def restore() -> None:
    """Put the real modules back, and their classes wherever Rasa holds a stand-in. Call it before training."""
    standing = {name: sys.modules[name] for name in DEFERRED if isinstance(sys.modules.get(name), _DeferredModule)}
    for name in standing:
        del sys.modules[name]
    for name, module in standing.items():
        real = importlib.import_module(name)
        for each in DEFERRED[name]:
            for holder in [found for key, found in sys.modules.items() if key.startswith("rasa.")]:
                if vars(holder).get(each) is getattr(module, each):
                    setattr(holder, each, getattr(real, each))
