"""Leaves out of a serving process what only training needs: TensorFlow, 2 to 3 seconds of start and 200 MB.

Rasa imports five modules whenever a model is loaded that only matter when one is trained: two base their classes on Keras, two
check a training's configuration and import every component that Rasa has, and RulePolicy's test for contradictions brings
Matplotlib. ``defer`` puts modules with empty classes in their place, ``restore`` puts the real ones back.
"""

import importlib
import sys
from types import ModuleType
from typing import Any, NoReturn

# The modules, with the classes that the rest of Rasa imports from them.
DEFERRED = {
    "rasa.utils.tensorflow.callback": ("RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": ("RasaDataGenerator", "RasaBatchDataGenerator"),
    "rasa.graph_components.validators.default_recipe_validator": ("DefaultV1RecipeValidator",),
    "rasa.graph_components.validators.finetuning_validator": ("FinetuningValidator",),
    "rasa.core.test": (),
}


class _DeferredModule(ModuleType):
    """Stands for a module of Rasa that only training needs."""


class _DeferredClass:
    """Stands for a class in such a module."""

    def __new__(cls, *_: Any, **__: Any) -> NoReturn:
        raise RuntimeError(f"{cls.__name__} trains models; call assistant.training_imports.restore() first")


def defer() -> None:
    """Put the stand-ins in place, except for modules that this process has imported already. Call it before Rasa is imported."""
    for name, classes in DEFERRED.items():
        if name not in sys.modules:
            module = _DeferredModule(name)
            for each in classes:
                setattr(module, each, type(each, (_DeferredClass,), {"__module__": name}))
            sys.modules[name] = module


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
