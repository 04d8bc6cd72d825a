"""Long steps take turns, and what is short gets through between them."""

import asyncio
from itertools import pairwise

from convsim import turns
from convsim.turns import PATIENT, long_step


async def computing(number: int, done: list[str]) -> None:
    await long_step()
    done.append(f"long {number}")


def test_what_is_ready_gets_through_between_any_two_long_steps() -> None:
    async def crowd() -> list[str]:
        done: list[str] = []
        loop = asyncio.get_running_loop()
        waiting = [asyncio.create_task(computing(number, done)) for number in range(4)]

        def short(left: int) -> None:
            done.append("short")
            if left:
                loop.call_soon(short, left - 1)

        loop.call_soon(short, 20)
        await asyncio.gather(*waiting)
        return done

    done = asyncio.run(crowd())
    places = [done.index(f"long {number}") for number in range(4)]
    assert places == sorted(places)
    assert all("short" in done[one + 1 : two] for one, two in pairwise(places))


def test_the_patient_let_others_go_first_but_not_for_ever() -> None:
    async def patient(done: list[str]) -> None:
        await long_step(patient=True)
        done.append("patient")

    async def pressing(left: int, done: list[str]) -> None:
        for _ in range(left):
            await long_step()
            done.append("pressing")

    async def crowd(times: int) -> list[str]:
        done: list[str] = []
        await asyncio.gather(patient(done), *(pressing(times, done) for _ in range(2)))
        return done

    assert asyncio.run(crowd(3)) == ["pressing"] * 6 + ["patient"]
    assert asyncio.run(crowd(4 * PATIENT)).index("patient") == PATIENT - 1


def test_whoever_is_given_up_meanwhile_holds_up_nobody() -> None:
    async def crowd() -> list[str]:
        done: list[str] = []
        waiting = [asyncio.create_task(computing(number, done)) for number in range(3)]
        await asyncio.sleep(0)
        waiting[1].cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)
        assert asyncio.get_running_loop() not in turns._loops
        await computing(3, done)
        return done

    assert asyncio.run(crowd()) == ["long 0", "long 2", "long 3"]
