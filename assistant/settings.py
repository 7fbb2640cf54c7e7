"""All settings that are no secret and no address of a service: from ``clinic.yml``, or the environment in its place.

docs/operations.md lists them; ``b12 settings show`` prints those in force.
"""

import ipaddress
import math
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConstrainedFloat, ConstrainedInt, ConstrainedStr, Extra, Field, validator

from assistant import paths, settings_sources, yaml_lines
from assistant.guidance.schema import Url
from assistant.settings_sources import Given
from assistant.yaml_lines import Key

_CAPITAL_MM, _CAPITAL_DEGREES, _TARGET_MM = 4.8, 0.7, 15.0
# A capital's height as a part of the font size, about the same in all sans serif fonts.
_CAPITAL_OF_FONT = 0.7
# Names of variables from before there was a rule for them.
OLDER_NAMES: dict[str, Key] = {
    "B12_KEEP_HOURS": ("storage", "keep_hours"),
    "B12_KEEP_RECORD_DAYS": ("storage", "keep_record_days"),
    "LOG_FORMAT": ("logs", "format"),
    "TELEGRAM_GROUPS": ("telegram", "groups"),
}


class Line(ConstrainedStr):
    """A line of text that fits a screen."""

    strip_whitespace = True
    min_length = 1
    max_length = 200


class Phone(ConstrainedStr):
    """A telephone number as people dial it."""

    regex = re.compile(r"^\+?[0-9 ()\-]{3,25}$")


class Origin(ConstrainedStr):
    """A website's scheme, host and port, without a path."""

    regex = re.compile(r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$")


class Count(ConstrainedInt):
    """How many; one at least."""

    strict = True
    ge = 1


class Minutes(ConstrainedInt):
    """How long a chat may rest."""

    strict = True
    ge, le = 5, 240


class Seconds(ConstrainedInt):
    """How long a person has to react. WCAG 2.2.1 asks for 20 at least."""

    strict = True
    ge, le = 20, 3600


class Size(ConstrainedInt):
    """Millimetres or pixels of a screen and its place."""

    strict = True
    ge, le = 50, 10_000


class KeepHours(ConstrainedFloat):
    """How long words are kept."""

    ge, le = 0, 31 * 24


class KeepDays(ConstrainedFloat):
    """How long the records of turns are kept."""

    ge, le = 0, 3660


class Section(BaseModel):
    """Settings that belong together. None of them changes while the assistant runs."""

    class Config:
        extra = Extra.forbid
        allow_mutation = False


_COUNT = "a whole number, 1 at least"
_SIZE = "a whole number from 50 to 10000"
_SECONDS = "a whole number of seconds from 20 to 3600"
_SWITCH = "true or false"


class Limits(Section):
    """How much one chat and one network address may ask of the website and the kiosk."""

    messages_per_minute: Count = Field(default=Count(20), description=_COUNT)
    messages_per_minute_by_address: Count = Field(default=Count(300), description=_COUNT)
    new_chats_per_minute_by_address: Count = Field(default=Count(60), description=_COUNT)
    open_chats_by_address: Count = Field(default=Count(500), description=_COUNT)


class Web(Section):
    """The website widget, the answer pages and what both channels of the web share.

    Attributes:
        public_url: where people reach this server, for QR codes and links; ``None``: not known.
        sites: the websites that may show the widget.
        trusted_proxies: networks whose ``X-Forwarded-For`` is believed.
        chat_minutes: how long a chat lives after its last message.
        limits: see Limits.
    """

    public_url: Origin | None = Field(
        default=None, description='an address without a path, "https://b12.example.org", or null'
    )
    sites: list[Origin] = Field(
        default_factory=list, description='addresses without a path, ["https://www.example.org"]'
    )
    trusted_proxies: list[str] = Field(default_factory=list, description='addresses or networks, ["10.42.0.0/16"]')
    chat_minutes: Minutes = Field(default=Minutes(30), description="a whole number of minutes from 5 to 240")
    limits: Limits = Field(default_factory=Limits)

    @validator("trusted_proxies", each_item=True)
    def _is_network(cls, value: str) -> str:  # noqa: N805 (pydantic hands over the class)
        ipaddress.ip_network(value)  # a ValueError says what is wrong
        return value


class Kiosk(Section):
    """The clinic's touch screen.

    Attributes:
        desk: where staff are in the room, as it follows "tell"; named first in an emergency. ``None``: nobody is there.
        panel_width_mm, panel_width_px: the lit part of the screen.
        viewing_distance_mm: from the eyes to the screen.
        idle_seconds: without a touch, until the warning.
        warning_seconds: from the warning until all is cleared. WCAG 2.2.1 asks for 20 at least.
        printer: whether one is attached, so that answers can be printed.
    """

    desk: Line | None = Field(
        default=Line("the desk in this room"), description="where staff are, as it follows 'tell', or null"
    )
    panel_width_mm: Size = Field(default=Size(476), description=_SIZE)
    panel_width_px: Size = Field(default=Size(1920), description=_SIZE)
    viewing_distance_mm: Size = Field(default=Size(600), description=_SIZE)
    idle_seconds: Seconds = Field(default=Seconds(60), description=_SECONDS)
    warning_seconds: Seconds = Field(default=Seconds(30), description=_SECONDS)
    printer: bool = Field(default=False, description=_SWITCH)

    @property
    def text_px(self) -> int:
        """Font size whose capitals are 4.8 mm high, as US Section 508 (402.4) asks of screens that nobody can enlarge."""
        return self._pixels(_CAPITAL_MM / _CAPITAL_OF_FONT)

    @property
    def bigger_text_px(self) -> int:
        """Font size whose capitals subtend 0.7 degrees at the viewing distance (EN 301 549, 5.1.4)."""
        capital = self.viewing_distance_mm * math.tan(math.radians(_CAPITAL_DEGREES))
        return max(self._pixels(capital / _CAPITAL_OF_FONT), self.text_px)

    @property
    def target_px(self) -> int:
        """The least width and height of what can be touched: 15 mm."""
        return self._pixels(_TARGET_MM)

    def _pixels(self, millimetres: float) -> int:
        return math.ceil(millimetres * self.panel_width_px / self.panel_width_mm)


class Channels(Section):
    """Where the assistant can be asked. The website's covers the widget and its page."""

    rest: bool = Field(default=True, description=_SWITCH)
    web: bool = Field(default=True, description=_SWITCH)
    kiosk: bool = Field(default=True, description=_SWITCH)
    telegram: bool = Field(default=True, description=_SWITCH)


class Telegram(Section):
    """What of Telegram is no secret. ``groups``: answer in groups too, when spoken to."""

    groups: bool = Field(default=False, description=_SWITCH)


class Storage(Section):
    """How long things are kept. ``keep_hours``: conversations; 0: no words. ``keep_record_days``: the records of turns."""

    keep_hours: KeepHours = Field(default=KeepHours(24), description="a number from 0 to 744")
    keep_record_days: KeepDays = Field(default=KeepDays(400), description="a number from 0 to 3660")


class Logs(Section):
    """The form of the logs: for people, or one JSON object a line for programs."""

    format: Literal["text", "json"] = Field(default="text", description="text or json")


class Clinic(Section):
    """What people are told about whom to reach (``None``: not known, and then not shown), and all other settings.

    ``require_reviewed``: show only answers that a clinician has signed as they are.
    """

    name: Line = Field(..., description="the clinic's name, 200 characters at most")
    phone: Phone | None = Field(default=None, description='a number as people dial it, "020 7946 0018", or null')
    hours: Line | None = Field(default=None, description="a line of text, or null")
    website: Url | None = Field(default=None, description='an address, "https://www.example.org", or null')
    region: Literal["uk", "us", "eu"] = Field(..., description="uk, us or eu")
    languages: list[Line] = Field(..., description="the languages that staff speak, [English]")
    require_reviewed: bool = Field(default=False, description=_SWITCH)
    web: Web = Field(default_factory=Web)
    kiosk: Kiosk = Field(default_factory=Kiosk)
    channels: Channels = Field(default_factory=Channels)
    telegram: Telegram = Field(default_factory=Telegram)
    storage: Storage = Field(default_factory=Storage)
    logs: Logs = Field(default_factory=Logs)

    @validator("channels")
    def _some_are_open(cls, value: Channels) -> Channels:  # noqa: N805 (pydantic hands over the class)
        if not any(value.dict().values()):
            raise ValueError("none is open, so nobody could ask anything")
        return value


def where(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where the file is: ``B12_CLINIC``, else ``clinic.yml`` of the project."""
    return Path(environment.get("B12_CLINIC") or paths.ROOT / "clinic.yml")


def read(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Given[Clinic]:
    """Read all settings with where each comes from, and all mistakes. Raises ContentError where the file is no YAML."""
    return settings_sources.read(Clinic, yaml_lines.load(path or where(environment)), environment, OLDER_NAMES)


def load(path: Path | None = None, environment: Mapping[str, str] = os.environ) -> Clinic:
    """Read the settings.

    Args:
        path: the file; by default the one that ``B12_CLINIC`` names, else ``clinic.yml``.
        environment: the variables that win over the file.

    Raises:
        AssistantError: it names the line or the variable, and the mend.
    """
    given = read(path, environment)
    if given.settings is None:
        raise given.problems[0]
    return given.settings
