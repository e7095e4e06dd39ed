from hypothesis import given
from hypothesis import strategies as st

from explainer.service.waiting_line import WaitingLine


def test_the_first_come_race_and_the_others_wait_in_their_order() -> None:
    line: WaitingLine[str] = WaitingLine(slots=1, room=2)
    assert [line.enter(name) for name in "abcd"] == [True, True, True, False]
    assert line.races("a")
    assert [line.position(name) for name in "abcd"] == [0, 1, 2, 0]


def test_a_slot_that_is_given_up_goes_to_the_first_in_line() -> None:
    line: WaitingLine[str] = WaitingLine(slots=1, room=2)
    for name in "abc":
        line.enter(name)
    assert line.release("a") == "b"
    assert line.position("c") == 1
    assert [line.release("b"), line.release("c")] == ["c", None]


def test_dropping_out_moves_the_others_up() -> None:
    line: WaitingLine[str] = WaitingLine(slots=1, room=3)
    for name in "abcd":
        line.enter(name)
    line.drop_out("b")
    assert [line.position(name) for name in "cd"] == [1, 2]


@given(st.lists(st.tuples(st.sampled_from(["enter", "release", "drop"]), st.integers(0, 5))))
def test_no_slot_stands_empty_while_somebody_waits_and_no_bound_is_passed(
    moves: list[tuple[str, int]],
) -> None:
    line: WaitingLine[int] = WaitingLine(slots=2, room=2)
    for move, who in moves:
        if move == "enter" and not line.races(who) and not line.position(who):
            line.enter(who)
        elif move == "release" and line.races(who):
            line.release(who)
        elif move == "drop":
            line.drop_out(who)
        racing = sum(line.races(one) for one in range(6))
        assert racing <= 2
        assert len(line) <= 2
        assert racing == 2 or len(line) == 0
