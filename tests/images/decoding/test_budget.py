"""Memory is shared out in order, small requests pass large ones, and nobody is kept out."""

import random
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from explainer.images.decoding.budget import Budget, Room


@contextmanager
def asking(budget: Budget, *sizes: int) -> Iterator[list[Future[Room]]]:
    """Requests that stand in line one after the other, each in a thread of its own."""
    with ThreadPoolExecutor(len(sizes)) as pool:
        asked = []
        for size in sizes:
            asked.append(pool.submit(budget.take, size, 60))
            settle(budget, asked)
        yield asked


def settle(budget: Budget, asked: list[Future[Room]]) -> None:
    """Return when each of the requests has its room or stands in line."""
    while sum(request.done() for request in asked) + budget.waiting < len(asked):
        time.sleep(0.001)


def test_what_is_taken_is_what_was_asked_for_until_it_is_given_back() -> None:
    budget = Budget(100, most=4, patience=1)
    with budget.room(60, 1) as room:
        assert budget.taken == 60
        budget.shrink(room, 20)
        assert budget.taken == 20
        budget.shrink(room, 50)
        assert budget.taken == 20
    assert budget.taken == 0


def test_more_than_there_is_together_waits() -> None:
    budget = Budget(100, most=4, patience=1)
    first = budget.take(60, 1)
    with pytest.raises(TimeoutError, match="no room for 41 bytes"):
        budget.take(41, 0.01)
    budget.take(40, 1)
    budget.give_back(first)
    budget.take(60, 1)


def test_more_than_the_whole_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="101 bytes are asked for, and there are 100"):
        Budget(100, most=4, patience=1).take(101, 60)


def test_no_more_than_so_many_go_at_once() -> None:
    budget = Budget(100, most=2, patience=1)
    budget.take(1, 1)
    budget.take(1, 1)
    with pytest.raises(TimeoutError):
        budget.take(1, 0.01)


def test_a_small_request_passes_large_ones_that_wait() -> None:
    budget = Budget(100, most=9, patience=3)
    first = budget.take(80, 1)
    with asking(budget, 90, 90) as large:
        assert budget.waiting == 2
        for _ in range(3):
            budget.give_back(budget.take(20, 1))
        budget.give_back(first)
        budget.give_back(large[0].result())
        budget.give_back(large[1].result())


def test_a_large_request_is_passed_only_so_often() -> None:
    budget = Budget(100, most=9, patience=3)
    first = budget.take(80, 1)
    with asking(budget, 90) as (large,):
        for _ in range(3):
            budget.give_back(budget.take(20, 1))
        with pytest.raises(TimeoutError):
            budget.take(20, 0.01)
        with asking(budget, 20) as (small,):
            budget.give_back(first)
            room = large.result()
            assert not small.done()
            budget.give_back(room)
            budget.give_back(small.result())


def test_of_two_that_fit_the_earlier_goes_first() -> None:
    budget = Budget(100, most=1, patience=9)
    first = budget.take(10, 1)
    with asking(budget, 10, 10, 10) as asked:
        for number, request in enumerate(asked):
            assert [other.done() for other in asked] == [number > place for place in range(3)]
            budget.give_back(first)
            first = request.result()
        budget.give_back(first)


def test_one_that_gives_up_waiting_holds_nobody_up() -> None:
    budget = Budget(100, most=9, patience=0)
    first = budget.take(80, 1)
    with pytest.raises(TimeoutError):
        budget.take(90, 0.01)
    budget.give_back(budget.take(20, 1))
    budget.give_back(first)
    assert (budget.taken, budget.waiting) == (0, 0)


def test_many_at_random_never_take_more_than_there_is_and_all_come_to_their_turn() -> None:
    budget = Budget(100, most=3, patience=2)
    highest = []

    def visit(seed: int) -> None:
        draw = random.Random(seed)
        for _ in range(20):
            with budget.room(draw.choice([1, 10, 60, 100]), 60):
                highest.append(budget.taken)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(visit, range(8)))
    assert len(highest) == 160
    assert max(highest) <= 100
    assert (budget.taken, budget.waiting) == (0, 0)
