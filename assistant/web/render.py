"""Makes HTML from the templates. All values are escaped."""

import datetime
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt
from markupsafe import Markup

from assistant import reply as replies
from assistant.web.assets import Assets

# What cards use: paragraphs, lists, bold. HTML in a text is shown as text, and no link is made.
_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis"])


@lru_cache(maxsize=1)
def assets() -> Assets:
    """Return the files that pages load."""
    return Assets()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assistant.web", "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets().address
    environment.filters["day"] = day
    environment.filters["markdown"] = markdown
    return environment


def render(name: str, **values: Any) -> str:
    """Return a page.

    Args:
        name: the template's file.
        values: what it shows, beside ``asset(name)``, ``built``, ``clinic``, ``emergency`` (the numbers to call) and ``signed``
            (which of the answers a clinician has signed: none, some or all), which all have.
    """
    said = replies.texts()
    common = {
        "clinic": said.clinic,
        "emergency": said.contacts["emergency"],
        "built": assets().built,
        "signed": said.signed(),
    }
    return _environment().get_template(name).render({**common, **values})


def exists(name: str) -> bool:
    """Tell whether there is such a template."""
    return name in _environment().list_templates()


def day(value: datetime.date) -> str:
    """Return a date as people write it: 22 November 2026."""
    return f"{value.day} {value:%B %Y}"


def markdown(text: str) -> Markup:
    """Return a card's text as HTML."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704 (the renderer escapes)
