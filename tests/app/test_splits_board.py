"""The leaderboard of the page on splits: what is submitted, what is shown, what a link carries."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.contest import HIDDEN, MOST_DEVELOPMENT
from explainer.evaluation.ladder import news, told
from explainer.evaluation.leaderboard import ROBOT, flattered, guesses, robot_keeps, votes
from explainer.evaluation.submissions import answers, read
from explainer.live_pictures import LivePicture
from tests.app.reading import html_of, message_to, section_of, split

LIST = "k1,k2,g30"


def page() -> None:
    from explainer.ui.splits.instrument import instrument

    instrument()


def opened(**query: str) -> AppTest:
    return section_of(page, **{f"splits__board__{name}": one for name, one in query.items()})


def moved(app: AppTest, size: int, looks: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The header of the answer to a drag, and its rows by the kind and the place of each entry."""
    offered: LivePicture = app.session_state["splits.board.live"]
    header, blobs = split(offered.render({"n": size, "looks": looks}, 3))
    json.dumps(header, allow_nan=False)
    rows = [np.frombuffer(blob, "<f8") for blob in blobs]
    assert rows[0].tolist() == list(range(1, 1001))
    names = [f"{one['kind']}{place}" for place, one in enumerate(header["entries"])]
    return header, dict(zip(names, rows[1:], strict=True))


def finite(row: np.ndarray) -> np.ndarray:
    return np.asarray(row[np.isfinite(row)])


def press(app: AppTest, name: str) -> None:
    app.button(f"splits.board.{name}").click().run()
    assert not app.exception


def test_each_click_submits_and_the_link_carries_all_of_it() -> None:
    app = opened()
    for name in ("one", "many", "model"):
        press(app, name)
    assert app.query_params["splits.board.list"] == "g101,k0"
    press(app, "again")
    assert app.query_params["splits.board.list"] == "g101,k0"
    assert "Of 102 submissions" in message_to(app, "splits.board.board")["told"][0]
    press(app, "anew")
    assert "splits.board.list" not in app.query_params
    assert message_to(app, "splits.board.board")["told"][0].startswith("The robot knows nothing.")


def test_more_seeds_of_a_network_begin_where_the_last_ended() -> None:
    app = opened(list="w0:3", kind="network", network="4")
    press(app, "seeds")
    wanted = ",".join(f"w0:{seed}" for seed in range(3, 24))
    assert app.query_params["splits.board.list"] == wanted


def test_scores_and_the_robot_follow_the_hand_and_the_truth_is_not_sent() -> None:
    app = opened(list=LIST)
    right, coins = answers(0, read(LIST)), guesses(0, ROBOT)
    for size, looks in ((50, 1), (200, 1000), (1000, 300)):
        header, rows = moved(app, size, looks)
        taken = max(looks, 32)
        scores = right[:, :size].mean(1)
        np.testing.assert_allclose(finite(rows["discs3"]), 100 * scores)
        np.testing.assert_allclose(finite(rows["steps2"]), 100 * np.maximum.accumulate(scores))
        kept = robot_keeps(coins[1 : taken + 1], size, ladder=False)
        wanted = votes(coins[: taken + 1, :size], kept, np.arange(1, taken + 1))
        np.testing.assert_allclose(finite(rows["steps1"]), 100 * wanted)
        assert f"{100 * wanted[-1]:.1f} %" in str(header["told"])
        assert "The truth" not in str(header["told"])
        assert len(rows) == 4


def test_the_truth_is_said_of_the_best_and_of_the_robot() -> None:
    app = opened(list=LIST, truth="true")
    header, rows = moved(app, 200, 1000)
    right = answers(0, read(LIST))
    hidden = right[:, MOST_DEVELOPMENT:].mean(1)
    np.testing.assert_allclose(finite(rows["rings4"]), 100 * hidden)
    yours, robot = header["told"]
    best = int(right[:, :200].mean(1).argmax())
    assert f"The truth: {100 * hidden[best]:.1f} %" in yours
    assert "within the noise of 200 digits" in yours
    coins = guesses(0, ROBOT)
    kept = robot_keeps(coins[1:], 200, ladder=False)
    true = votes(coins[:, MOST_DEVELOPMENT:], kept, np.array([1000]))[0]
    assert rows["line5"][-1] == pytest.approx(100 * true)
    fall = rows["steps1"][-1] - 100 * true
    assert f"The truth: {100 * true:.1f} %" in robot
    assert f"a fall of {fall:.1f} points" in robot
    assert round(true * HIDDEN) == pytest.approx(true * HIDDEN)


def test_with_the_ladder_the_board_tells_steps_alone() -> None:
    app = opened(list=f"g40,{LIST}", ladder="true", truth="true")
    header, rows = moved(app, 200, 1000)
    counts = answers(0, read(f"g40,{LIST}"))[:, :200].sum(1)
    board = told(counts.tolist(), 200)
    np.testing.assert_allclose(finite(rows["steps2"]), 100 * board)
    np.testing.assert_allclose(finite(rows["discs3"]), 100 * np.unique(board))
    assert rows["steps1"][-1] < 70
    fresh = news(board)
    hidden = answers(0, read(f"g40,{LIST}"))[:, MOST_DEVELOPMENT:].mean(1)
    np.testing.assert_allclose(finite(rows["rings4"]), 100 * hidden[fresh])
    coins = guesses(0, ROBOT)[1:, :200].sum(1)
    heard = int(news(told(coins.tolist(), 200)).sum())
    yours, robot = header["told"]
    assert f"Of 1,000 scores the Ladder told it {heard};" in robot
    assert f"{100 * board[-1]:.1f} %, to the nearest 5 points." in yours
    assert "without the Ladder" in header["entries"][1]["title"]


@pytest.mark.parametrize("ladder", ["true", "false"])
def test_one_submission_and_one_look_are_said_as_one(ladder: str) -> None:
    app = opened(list="k1", looks="1", ladder=ladder)
    yours, robot, __ = message_to(app, "splits.board.board")["told"]
    assert yours.startswith("You have submitted Neighbours (k = 3):")
    assert "a single guesser" in robot
    assert "1 looks" not in robot
    assert "1 scores" not in robot


def test_of_twenty_seeds_it_is_said_how_much_of_the_lead_is_luck() -> None:
    app = opened(kind="network", network="4")
    press(app, "seeds")
    assert "seeds of" not in str(moved(app, 200, 30)[0]["told"])
    app = opened(list=app.query_params["splits.board.list"], truth="true")
    found = answers(0, read(app.query_params["splits.board.list"]))
    for size in (100, 200):
        shown, true, alone = (100 * one for one in flattered(found, size))
        said = moved(app, size, 30)[0]["told"][-1]
        assert "The best of 20 seeds of Network (units = 4) is" in said
        assert f"{shown:+.1f} points from their mean in the development set, {true:+.1f}" in said
        assert f"it would be about {alone:+.1f}." in said


def test_models_are_listed_among_guessers_and_those_that_the_ladder_does_not_tell() -> None:
    assert "<td>31</td>" not in html_of(opened(list="g30", models="true"))
    found = 100 * answers(0, read("k1,g30,t0"))[[0, -1], :200].mean(1)
    said = html_of(opened(list="k1,g30,t0", models="true"))
    assert f"<td>Tree (depth = 2)</td><td>32</td><td>{found[1]:.1f} %</td></tr>" in said
    assert said.index("Neighbours (k = 3)") < said.index("Tree (depth = 2)")
    said = html_of(opened(list="k1,g30,t0", models="true", ladder="true"))
    assert "<td>Tree (depth = 2)</td><td>32</td><td>not told</td></tr>" in said


@pytest.mark.parametrize(
    ("full", "shut", "said"),
    [(",".join(["k1"] * 60), {"model"}, "60 of at most 60 models are in."),
     ("g1000,k0", {"model", "one", "many"}, "1,000 of at most 1,000 submissions are in."),
     ("k1,g30", set(), "The robot takes 31 looks: as many as you have submitted.")],
)  # fmt: skip
def test_bounds_are_said_and_a_full_list_takes_no_more(
    full: str, shut: set[str], said: str
) -> None:
    app = opened(list=full)
    names = ("model", "one", "many")
    assert {one for one in names if app.button(f"splits.board.{one}").disabled} == shut
    assert said in [one.value for one in app.caption]


def test_nothing_is_said_of_bounds_that_are_far() -> None:
    assert not [one.value for one in opened(list="k1,g5").caption]


def test_equal_models_and_the_script_are_there_when_they_are_opened() -> None:
    assert "96.7" not in html_of(opened())
    app = opened(equal="true", code="true", looks="70")
    assert "<td>100</td><td>96.7 %</td><td>94.1 %</td><td>92.3 %</td>" in html_of(app)
    assert "N, LOOKS, LADDER, SEED = 200, 70, False, 0" in app.code[0].value


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x", "g1,,w9", "ggg", "²"])
def test_any_link_opens_and_loses_nothing(value: str) -> None:
    app = opened(**dict.fromkeys(("n", "looks", "list", "draws", "ladder", "truth", "kind"), value))
    before = app.session_state["splits.board.list"]
    app.query_params["splits.board.list"] = "nonsense"
    app.run()
    assert not app.exception
    assert app.session_state["splits.board.list"] == before
