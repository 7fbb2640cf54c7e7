from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered

from assistant import paths
from assistant.report import refused
from assistant.report.refused import Refused, grouped_refusals
from assistant.storage import database
from assistant.storage.access import Access
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys

KEY = "aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8gMTI="


@pytest.fixture
async def access(tmp_path: Path) -> AsyncIterator[Access]:
    access = Access(database.create_engine(sa.engine.make_url(f"sqlite:///{tmp_path}/b12.sqlite")))
    access.start()
    yield access
    access.close()


@pytest.fixture(scope="module")
def encode() -> refused.Encode:
    return refused.encoder()


async def say(store: ConversationStore, sender: str, text: str, kind: str, channel: str = "web") -> None:
    tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
    tracker.update(UserUttered(text, {"name": "x", "confidence": 1.0}, input_channel=channel))
    tracker.update(BotUttered("A reply.", {"custom": {"kind": kind, "topics": []}}))
    await store.save(tracker)


async def test_what_was_refused_or_asked_back_is_read_masked_the_newest_first(access: Access) -> None:
    keys = Keys({"B12_SECRET": "a secret of the tests", "B12_STORAGE_KEY": KEY})
    store = ConversationStore(Domain.from_path(str(paths.ROOT / "domain.yml")), access=access, keys=keys)
    await say(store, "a", "where do i park", "out_of_scope")
    await say(store, "a", "i'm called Jo, levels", "clarify")
    await say(store, "b", "does it hurt", "answer")
    await say(store, "c", "parking at the kiosk", "out_of_scope", "kiosk")
    with access.engine.connect() as connection:
        found = refused.read(connection, keys)
        without_key = refused.read(connection, Keys({"B12_SECRET": "a secret of the tests"}))
    assert found == [Refused("i'm called [name], levels", "clarify"), Refused("where do i park", "out_of_scope")]
    assert without_key == []


def test_messages_that_mean_the_same_are_one_group_the_largest_first(encode: refused.Encode) -> None:
    parking = ["is there a car park at the surgery", "is parking free at the clinic", "can you park near the surgery"]
    weather = ["whats the weather like tomorrow", "will it rain tomorrow"]
    messages = [Refused(text, "out_of_scope") for text in (*weather, *parking, parking[1])] + [
        Refused("is it bad", "clarify")
    ]
    groups = grouped_refusals(messages, encode)
    assert [set(group.texts) for group in groups] == [set(parking), set(weather), {"is it bad"}]
    assert [group.count for group in groups] == [4, 2, 1]
    assert groups[0].kinds == {"out_of_scope": 4} and groups[2].kinds == {"clarify": 1}
    assert [group.texts for group in grouped_refusals(messages[::-1], encode)] == [group.texts for group in groups]


def test_the_text_that_stands_for_a_group_is_the_nearest_to_its_middle() -> None:
    angles = {"left": -0.3, "middle": 0.0, "right": 0.35}

    def encode(texts: Sequence[str]) -> np.ndarray:
        return np.array([[np.cos(angles[text]), np.sin(angles[text])] for text in texts])

    (group,) = grouped_refusals([Refused(text, "clarify") for text in angles], encode)
    assert group.texts[0] == "middle"


def test_nothing_refused_makes_no_group_and_one_message_one() -> None:
    assert grouped_refusals([], lambda texts: np.zeros((len(texts), 2))) == []
    (group,) = grouped_refusals([Refused("one", "clarify")], lambda texts: np.ones((len(texts), 2)))
    assert (group.texts, group.count) == (("one",), 1)


def test_only_so_many_different_texts_are_grouped_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refused, "MOST_TEXTS", 2)
    messages = [Refused(text, "clarify") for text in ("new", "newer", "old", "new")]
    groups = grouped_refusals(messages, lambda texts: np.eye(len(texts)))
    assert {group.texts[0]: group.count for group in groups} == {"new": 2, "newer": 1}
