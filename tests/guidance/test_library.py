from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.guidance import library as guidance


def test_a_cards_version_changes_with_its_text_and_with_its_facts(content: Path) -> None:
    folder = content / "data" / "guidance"
    before = guidance.load(folder)

    card = folder / "cards" / "frequency.yml"
    card.write_text(card.read_text().replace("Often at first", "Mostly at first"))
    after_card = guidance.load(folder)
    facts = folder / "facts" / "frequency.yml"
    facts.write_text(facts.read_text().replace('fact: "', 'fact: "So: ', 1))
    after_fact = guidance.load(folder)

    versions = {library.version("frequency") for library in (before, after_card, after_fact)}
    assert len(versions) == 3
    assert before.version("dosage") == after_card.version("dosage")


def test_every_card_can_name_the_sources_of_each_of_its_versions() -> None:
    library = guidance.load()
    for topic in library.cards:
        for version in ("short", "more", "simple"):
            assert library.card_sources(topic, texts=version)


def test_a_missing_field_is_named_with_its_file(content: Path) -> None:
    card = content / "data" / "guidance" / "cards" / "frequency.yml"
    card.write_text(card.read_text().replace("steer:", "# steer:"))

    with pytest.raises(ContentError, match=r"frequency\.yml:\d+: steer: field required"):
        guidance.load(content / "data" / "guidance")
