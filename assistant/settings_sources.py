"""Settings from a file and from the environment together, each with where it comes from.

The rule for names: ``B12_`` and the setting's name in capitals, with two underscores for each dot: ``web.chat_minutes`` is
``B12_WEB__CHAT_MINUTES``. A variable wins over the file, and one that is empty counts as not set.
"""

import copy
import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import SHAPE_LIST, ModelField

from assistant.errors import AssistantError, ContentError
from assistant.yaml_lines import Document, Key

PREFIX = "B12_"
Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class Given(Generic[Form]):
    """What was read.

    Attributes:
        settings: the settings; None where something is wrong.
        problems: all mistakes, each with its line or its variable and the mend.
        variables: the settings that the environment gives, and the name of the variable.
        document: the file.
    """

    settings: Form | None
    problems: list[AssistantError]
    variables: dict[Key, str]
    document: Document


def leaves(form: type[BaseModel], above: Key = ()) -> Iterator[tuple[Key, ModelField]]:
    """Return every setting of a form that holds a value, by its key."""
    for name, field in form.__fields__.items():
        if isinstance(field.type_, type) and issubclass(field.type_, BaseModel):
            yield from leaves(field.type_, (*above, name))
        else:
            yield (*above, name), field


def variable(key: Key) -> str:
    """Return the name of a setting's variable."""
    return PREFIX + "__".join(map(str, key)).upper()


def read(
    form: type[Form], document: Document, environment: Mapping[str, str], also: Mapping[str, Key] | None = None
) -> Given[Form]:
    """Read settings.

    Args:
        form: the settings' form. The description of a field says what may be written there.
        document: the file.
        environment: the variables.
        also: other names of variables; where both are set, the one that follows the rule wins.
    """
    if not isinstance(document.data, dict):
        problem = ContentError(
            document.path, 1, "there are no settings", "write 'name: value' lines, as docs/operations.md says"
        )
        return Given(None, [problem], {}, document)
    fields = dict(leaves(form))
    names = {**(also or {}), **{variable(key): key for key in fields}}
    data, variables = copy.deepcopy(document.data), {}
    for name, key in names.items():
        text = environment.get(name, "").strip()
        if text and _put(data, key, _value(text, fields[key])):
            variables[key] = name
    problems: list[AssistantError] = [
        AssistantError(
            f"{name} is not the name of a setting.{_nearest(name, names)} docs/operations.md lists them all."
        )
        for name in environment
        if name.startswith(PREFIX) and "__" in name and name not in names
    ]
    settings = None
    try:
        settings = form.parse_obj(data)
    except ValidationError as error:
        problems += [_problem(one, form, document, variables) for one in error.errors()]
    return Given(None if problems else settings, problems, variables, document)


def _put(data: dict[Any, Any], key: Key, value: Any) -> bool:
    """Set a value. False where the file has something else in the place of its section; that is the mistake to tell of."""
    for name in key[:-1]:
        data = data.setdefault(name, {})
        if not isinstance(data, dict):
            return False
    data[key[-1]] = value
    return True


def _value(text: str, field: ModelField) -> Any:
    """Return what a variable says in the form that the file would have; what can't be read stays as it is and is refused."""
    if text.lower() in ("null", "none"):
        return [] if field.shape == SHAPE_LIST else None
    try:
        if field.shape == SHAPE_LIST:
            return yaml.safe_load(text) if text.startswith("[") else [part.strip() for part in text.split(",")]
        if issubclass(field.type_, bool):
            return text
        for kind in (int, float):
            if issubclass(field.type_, kind):
                return kind(text)
    except (ValueError, TypeError, yaml.YAMLError):
        pass
    return text


def _problem(error: Any, form: type[BaseModel], document: Document, variables: Mapping[Key, str]) -> AssistantError:
    place: Key = error["loc"]
    name, fields = ".".join(map(str, place)), dict(leaves(form))
    key = next((place[:length] for length in range(1, len(place) + 1) if place[:length] in fields), None)
    meant = fields[key].field_info.description if key else None
    mend = f"write {meant}" if meant else "correct its name, or take it out; docs/operations.md lists the settings"
    if key and key in variables:
        return AssistantError(f"{variables[key]} can't be right ({name}: {error['msg']}). To mend: {mend}.")
    return ContentError(document.path, document.line(*place), f"{name}: {error['msg']}", mend)


def _nearest(name: str, names: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, names, 1)
    return f" Did you mean {near[0]}?" if near else ""
