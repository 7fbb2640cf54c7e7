"""What a check of ``b12 doctor`` finds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Finding:
    """What a check found: its name, how it stands, what was seen, and how to mend it where it isn't well."""

    name: str
    state: State
    seen: str
    mend: str = ""


Check = Callable[[], Finding]
