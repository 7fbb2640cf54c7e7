"""Names in a message: brands, misspellings, ages, and those that aren't meant."""

import pytest

from assistant.guidance import entities
from assistant.nlu.entity_extractor import NameFinder


@pytest.fixture(scope="module")
def finder() -> NameFinder:
    return NameFinder(entities.known())


def names(finder: NameFinder, text: str) -> list[tuple[str, str]]:
    return [(found["entity"], found["value"]) for found in finder.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("can i have it with omeprazole", [("medicine", "omeprazole")]),
        ("losec ok?", [("medicine", "omeprazole")]),
        ("metphormin and b12", [("medicine", "metformin")]),
        ("Omeprazol, ok", [("medicine", "omeprazole")]),
        ("crohn's disease and me", [("condition", "Crohn's disease")]),
        ("my mum's crohns", [("condition", "Crohn's disease")]),
        ("for my 8 year old", [("group", "children")]),
        ("she's 82yo", [("group", "older adults")]),
        ("is that the same in america", [("region", "america")]),
        ("hydroxocobolamin", [("form", "hydroxocobalamin")]),
        ("", []),
    ],
)
def test_names_are_found(finder: NameFinder, text: str, found: list[tuple[str, str]]) -> None:
    assert names(finder, text) == found


@pytest.mark.parametrize("text", ["im not vegan", "tell us more", "i dont know", "no metformin", "'s", "mum's"])
def test_what_is_not_meant_is_no_name(finder: NameFinder, text: str) -> None:
    assert names(finder, text) == []


def test_places_are_those_in_the_message(finder: NameFinder) -> None:
    (found,) = finder.find("is losec ok")
    assert "is losec ok"[found["start"] : found["end"]] == "losec"
