"""What runs beside the answers."""

import asyncio
import time

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore
from rasa.shared.core.domain import Domain

from assistant import metrics
from assistant.channels import turn
from assistant.storage.access import Access
from assistant.storage.conversations import ConversationStore
from assistant.storage.keys import Keys
from assistant.storage.upkeep import Upkeep
from tests.storage.test_deletion import CANARY, at, found_in_files, kept_rows


async def test_a_server_deletes_what_is_over(access: Access, domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    store = ConversationStore(domain, access=access, keys=Keys())
    await at(time.time() - 25 * 3600, store, "me", CANARY, monkeypatch)
    assert found_in_files(access)
    upkeep = Upkeep(FailSafeTrackerStore(store), "b12-model")
    upkeep.start()
    async with asyncio.timeout(20):
        while kept_rows(access) or found_in_files(access):
            await asyncio.sleep(0.05)
    assert upkeep.status() == {"database": "ok", "redis": "off"}
    assert turn.recorder is not None and turn.recorder.model == "b12-model"
    await upkeep.stop()
    assert turn.recorder is None


async def test_another_store_is_left_alone(domain: Domain) -> None:
    upkeep = Upkeep(FailSafeTrackerStore(InMemoryTrackerStore(domain)), "b12-model")
    upkeep.start()
    assert upkeep.status() == {"database": "off", "redis": "off"}
    assert turn.recorder is None
    await upkeep.stop()


async def test_a_record_that_cannot_be_made_costs_no_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def record(self, *_: object) -> None:
            raise RuntimeError("my secret worry")

    async def nothing(message: object) -> None:
        return None

    monkeypatch.setattr(turn, "recorder", Broken())
    before = metrics.total(metrics.TURNS)
    message = await turn.take_turn(nothing, "hello", "me", "rest")
    assert message["custom"]["kind"] == "failed"
    assert metrics.total(metrics.TURNS) == before + 1
