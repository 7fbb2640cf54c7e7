import re
from pathlib import Path

import pytest

from assistant import reply as replies
from assistant.guidance.groups import check, groups

GOOD = "starters: [dosage]\ngroups:\n  How much:\n    - dosage\n    - frequency\n"


def test_every_card_stands_in_one_group() -> None:
    assert check(list(replies.texts().library.cards)) == []
    assert groups().of("dosage") == "How much, how often, how long"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("    - frequency\n", "", r"topics\.yml:1: 'frequency' stands in no group"),
        ("- frequency", "- frequency\n    - dosage", r"topics\.yml:6: 'dosage' stands in two groups"),
        ("- frequency", "- frequency\n    - fish", r"topics\.yml:6: 'fish' has no card"),
        ("[dosage]", "[fish]", r"topics\.yml:1: 'fish' has no card"),
        ("[dosage]", "[]", r"topics\.yml:1: starters"),
        ("groups:", "group:", r"topics\.yml:\d: group"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = tmp_path / "topics.yml"
    path.write_text(GOOD.replace(old, new))
    found = [str(problem) for problem in check(["dosage", "frequency"], path)]
    assert any(re.search(complaint, problem) for problem in found), found


def test_in_order_there_is_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "topics.yml"
    path.write_text(GOOD)
    assert check(["dosage", "frequency"], path) == []
