"""Who runs the assistant, where its website widget may stand and what its kiosk looks like, from ``clinic.yml``."""

import ipaddress
import math
import os
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConstrainedInt, ConstrainedStr, Extra, Field, ValidationError, validator

from assistant import paths, yaml_lines
from assistant.errors import AssistantError, ContentError
from assistant.guidance.schema import Url

_CAPITAL_MM, _CAPITAL_DEGREES, _TARGET_MM = 4.8, 0.7, 15.0
# A capital's height as a part of the font size, about the same in all sans serif fonts.
_CAPITAL_OF_FONT = 0.7


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


class Limits(BaseModel):
    """How much one chat and one network address may ask of the website and the kiosk."""

    messages_per_minute: Count = Count(20)
    messages_per_minute_by_address: Count = Count(300)
    new_chats_per_minute_by_address: Count = Count(60)
    open_chats_by_address: Count = Count(500)

    class Config:
        extra = Extra.forbid
        allow_mutation = False


class Web(BaseModel):
    """The website widget, the answer pages and what both channels of the web share.

    Attributes:
        public_url: where people reach this server, for QR codes and links; ``None``: not known.
        sites: the websites that may show the widget.
        trusted_proxies: networks whose ``X-Forwarded-For`` is believed.
        chat_minutes: how long a chat lives after its last message.
        limits: see Limits.
    """

    public_url: Origin | None = None
    sites: list[Origin] = Field(default_factory=list)
    trusted_proxies: list[str] = Field(default_factory=list)
    chat_minutes: Minutes = Minutes(30)
    limits: Limits = Field(default_factory=Limits)

    class Config:
        extra = Extra.forbid
        allow_mutation = False

    @validator("trusted_proxies", each_item=True)
    def _is_network(cls, value: str) -> str:  # noqa: N805 (pydantic hands over the class)
        ipaddress.ip_network(value)  # a ValueError says what is wrong
        return value


class Kiosk(BaseModel):
    """The clinic's touch screen.

    Attributes:
        desk: where staff are in the room, as it follows "tell"; named first in an emergency. ``None``: nobody is there.
        panel_width_mm, panel_width_px: the lit part of the screen.
        viewing_distance_mm: from the eyes to the screen.
        idle_seconds: without a touch, until the warning.
        warning_seconds: from the warning until all is cleared. WCAG 2.2.1 asks for 20 at least.
        printer: whether one is attached, so that answers can be printed.
    """

    desk: Line | None = Line("the desk in this room")
    panel_width_mm: Size = Size(476)
    panel_width_px: Size = Size(1920)
    viewing_distance_mm: Size = Size(600)
    idle_seconds: Seconds = Seconds(60)
    warning_seconds: Seconds = Seconds(30)
    printer: bool = False

    class Config:
        extra = Extra.forbid
        allow_mutation = False

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


class Clinic(BaseModel):
    """What people are told about whom to reach. ``None``: not known, and then not shown.

    ``require_reviewed``: show only answers that a clinician has signed as they are.
    """

    name: Line
    phone: Phone | None
    hours: Line | None
    website: Url | None
    region: Literal["uk", "us", "eu"]
    languages: list[Line]
    require_reviewed: bool = False
    web: Web = Field(default_factory=Web)
    kiosk: Kiosk = Field(default_factory=Kiosk)

    class Config:
        extra = Extra.forbid
        allow_mutation = False


def load(path: Path | None = None) -> Clinic:
    """Read the clinic's settings.

    Args:
        path: the file; by default the one that ``B12_CLINIC`` names, else ``clinic.yml``. ``B12_REQUIRE_REVIEWED`` goes before
            its ``require_reviewed``.

    Raises:
        AssistantError: it names the line or the variable, and the mend.
    """
    path = path or Path(os.environ.get("B12_CLINIC") or paths.ROOT / "clinic.yml")
    document = yaml_lines.load(path)
    try:
        return _with_environment(Clinic.parse_obj(document.data))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ContentError(
            path,
            document.line(*first["loc"]),
            f"{name}: {first['msg']}",
            "correct the value; the comments in the file say what is meant",
        ) from None


def _with_environment(clinic: Clinic) -> Clinic:
    given = os.environ.get("B12_REQUIRE_REVIEWED", "").strip().lower()
    if given not in ("", "true", "false"):
        raise AssistantError(f"B12_REQUIRE_REVIEWED is '{given}'. Set it to true or false.")
    return clinic.copy(update={"require_reviewed": given == "true"}) if given else clinic
