"""The description of the web channels' routes, for programs that use or test them."""

from functools import lru_cache
from typing import Any

from assistant import paths, yaml_lines


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document: what ``openapi.yml`` says."""
    return yaml_lines.load(paths.ROOT / "assistant" / "web" / "openapi.yml").data
