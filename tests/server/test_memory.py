"""What the collector looks through: not what a server loaded at its start, but a version that another one took over from."""

import gc

import pytest

from assistant import server


@pytest.fixture(autouse=True)
def as_before():
    often = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*often)


def test_what_is_loaded_at_the_start_is_left_alone_and_the_collector_goes_on() -> None:
    gc.disable()
    server._give_back_memory(for_good=True)
    assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert gc.get_threshold()[0] == server._NEW_OBJECTS


def test_where_another_version_is_taken_over_the_present_one_can_be_freed() -> None:
    server._give_back_memory(for_good=True)
    server._give_back_memory(for_good=False)
    assert gc.get_freeze_count() == 0
