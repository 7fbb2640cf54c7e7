"""Who runs the assistant: the clinic's contacts and region, from ``clinic.yml``."""

import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConstrainedStr, Extra, ValidationError

from assistant import paths, yaml_lines
from assistant.errors import ContentError
from assistant.guidance.schema import Url


class Line(ConstrainedStr):
    """A line of text that fits a screen."""

    strip_whitespace = True
    min_length = 1
    max_length = 200


class Phone(ConstrainedStr):
    """A telephone number as people dial it."""

    regex = re.compile(r"^\+?[0-9 ()\-]{3,25}$")


class Clinic(BaseModel):
    """What people are told about whom to reach. ``None``: not known, and then not shown."""

    name: Line
    phone: Phone | None
    hours: Line | None
    website: Url | None
    region: Literal["uk", "us", "eu"]
    languages: list[Line]

    class Config:
        extra = Extra.forbid
        allow_mutation = False


def load(path: Path = paths.ROOT / "clinic.yml") -> Clinic:
    """Read the clinic's settings. Raises ContentError, which names the line and the mend."""
    document = yaml_lines.load(path)
    try:
        return Clinic.parse_obj(document.data)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ContentError(
            path,
            document.line(*first["loc"]),
            f"{name}: {first['msg']}",
            "correct the value; the comments in the file say what is meant",
        ) from None
