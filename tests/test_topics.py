from pathlib import Path

import pytest

from assistant import topics
from assistant.errors import ContentError


def test_the_project_lists_every_card() -> None:
    assert topics.check() == []


def test_a_new_card_is_missed_then_written_then_found(content: Path) -> None:
    card = content / "data/guidance/cards/dosage.yml"
    (content / "data/guidance/cards/brand_new.yml").write_text(card.read_text())
    assert [problem.path.name for problem in topics.check(content)] == ["domain.yml", "rules.yml"]

    assert topics.write(content) == ["domain.yml", "data/rules.yml"]

    assert topics.check(content) == []
    assert topics.write(content) == []
    assert "  - brand_new\n" in (content / "domain.yml").read_text()
    assert "          - intent: brand_new\n" in (content / "data/rules.yml").read_text()


def test_a_file_that_lost_its_marks_is_named(content: Path) -> None:
    domain = content / "domain.yml"
    domain.write_text(domain.read_text().replace("# topics: begin", ""))
    with pytest.raises(ContentError, match=r"domain\.yml:1: the lines '# topics: begin'"):
        topics.write(content)
