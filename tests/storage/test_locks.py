import asyncio

import pytest
from rasa.core.lock_store import LockError

from assistant.storage.locks import ConversationLocks


async def test_messages_are_let_in_one_at_a_time_and_in_order() -> None:
    locks, inside, order = ConversationLocks(), 0, []

    async def turn(number: int) -> None:
        nonlocal inside
        async with locks.lock("me"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            order.append(number)
            inside -= 1

    await asyncio.gather(*(turn(number) for number in range(200)))
    assert order == list(range(200))


async def test_nobody_waits_for_another_conversation() -> None:
    locks = ConversationLocks()
    async with locks.lock("me"), asyncio.timeout(1), locks.lock("you"):
        pass


async def test_a_turn_that_breaks_lets_the_next_one_in() -> None:
    locks = ConversationLocks()
    with pytest.raises(ValueError, match="broken"):
        async with locks.lock("me"):
            raise ValueError("broken")
    async with asyncio.timeout(1), locks.lock("me"):
        pass


async def test_who_gives_up_waiting_does_not_block_those_behind() -> None:
    locks = ConversationLocks()
    async with locks.lock("me"):
        waiting = asyncio.create_task(locks.lock("me").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(1), locks.lock("me"):
        pass


async def test_waiting_ends() -> None:
    locks = ConversationLocks()
    async with locks.lock("me"):
        with pytest.raises(LockError, match="did not end"):
            async with locks.lock("me", lock_lifetime=0.05):
                pass


async def test_a_turn_that_times_out_by_itself_keeps_its_own_error() -> None:
    with pytest.raises(TimeoutError):
        async with ConversationLocks().lock("me"):
            raise TimeoutError
