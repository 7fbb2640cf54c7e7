"""Makes the staff's pages from the templates. All values are escaped; the one style is inside the page."""

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

STYLE = (Path(__file__).parent / "templates" / "staff.css").read_text(encoding="utf-8")
# What a content security policy allows it by.
STYLE_HASH = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def render(name: str, **values: object) -> str:
    """Return a page of the staff's, with its style inside.

    Args:
        name: the template's file.
        values: what it shows.
    """
    environment = Environment(
        loader=PackageLoader("assistant.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name).render(style=Markup(STYLE), **values)  # noqa: S704 (a file of ours)
