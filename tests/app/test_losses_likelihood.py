"""Likelihood step by step: the coin, three losses of a digit, and copies follow the hand."""

from __future__ import annotations

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.evaluation.intervals import exact
from explainer.likelihood.coin import Coin, tosses
from explainer.likelihood.dependence import DRAWS, coverage, covered, half_width
from explainer.likelihood.examples import by_surprise, example
from explainer.live_pictures import LivePicture
from explainer.powers import SUPERSCRIPTS
from explainer.ui.losses.coin import GRID
from tests.app.reading import html_of, section_of, split, text_of, unpacked


def page() -> None:
    from explainer.ui.losses.likelihood import likelihood_section

    likelihood_section()


def opened(**query: str) -> AppTest:
    return section_of(page, **query)


def test_the_coin_follows_the_hand() -> None:
    offered: LivePicture = opened().session_state["losses.coin.live"]
    for count, p, worth, mode in ((1, 0.01, 0, 0), (20, 0.7, 10, 0.5), (200, 0.99, 100, 1)):
        sent = {"tosses": count, "p": p, "worth": worth, "mode": mode}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        json.dumps(header, allow_nan=False)
        one = Coin(int(tosses("coin")[:count].sum()), count, mode, worth)
        __, likelihood, *more = (np.frombuffer(blob, "<f8") for blob in blobs[:-1])
        logs = one.log_likelihood(GRID)
        np.testing.assert_allclose(likelihood, np.exp(logs - logs.max()))
        assert GRID[header["at"]] == pytest.approx(p)
        assert len(more) == (3 if worth else 1)
        if worth:
            top = GRID[np.argmax(more[1])]
            assert abs(top - one.maximum_a_posteriori) < 0.006
        assert header["also"] == "losses.coin_sum"
        summed, curves = unpacked(blobs[-1])
        json.dumps(summed, allow_nan=False)
        np.testing.assert_allclose(
            curves[-1].reshape(2, -1), np.stack([logs, one.cross_entropy(GRID)])
        )


def test_after_one_toss_and_at_any_p_numbers_are_read_and_the_share_seen_is_marked() -> None:
    offered: LivePicture = opened().session_state["losses.coin.live"]
    blob = split(offered.render({"tosses": 1, "p": 0.01}, 3))[1][-1]
    summed, __ = unpacked(blob)
    assert not any(panel["beyond"] for panel in summed["panels"])
    seen = float(tosses("coin")[0])
    assert summed["marks"] == [{"place": seen, "text": "share seen"}]
    assert (summed["places"]["low"], summed["places"]["high"]) == (0, 1)


def test_each_number_of_tosses_has_a_shade_of_its_own() -> None:
    offered: LivePicture = opened().session_state["losses.coin.live"]
    summed, __ = unpacked(split(offered.render({"tosses": 20}, 3))[1][-1])
    *fewer, _all = summed["curves"]
    assert [one["title"] for one in fewer] == [f"after {count}" for count in (1, 4, 8, 12, 16)]
    darkness = [-sum(int(one["colour"][i : i + 2], 16) for i in (1, 3, 5)) for one in fewer]
    assert darkness == sorted(set(darkness))


def test_what_is_said_of_the_coin_is_what_is_computed() -> None:
    app = opened(losses__coin__tosses="10", losses__coin__worth="10", losses__coin__p="0.6")
    offered: LivePicture = app.session_state["losses.coin.live"]
    heads = int(tosses("coin")[:10].sum())
    one = Coin(heads, 10, 0.5, 10)
    first, second, third = split(offered.render({}, 2))[0]["told"]
    assert first.startswith(f"{heads} of 10. At p = 0.60 the likelihood is")
    assert f"negative mean of that {float(one.cross_entropy(0.6)):.3f} nats" in first
    assert f"p = {heads / 10:.3f}" in second
    assert f"at {(heads + 5) / 20:.3f}" in third
    assert "worth 10 of 20 tosses" in third
    tiny = split(offered.render({"tosses": 200, "p": 0.01}, 3))[0]["told"][0]
    assert "· 10⁻" in tiny


def test_the_digits_can_be_tossed_and_the_script_is_that_of_the_state() -> None:
    app = opened(losses__coin__tossed="digits", losses__coin__tosses="30", **{
        "losses__coin__code": "true"
    })  # fmt: skip
    heads = int(tosses("digits")[:30].sum())
    assert f"HEADS, TOSSES, P = {heads}, 30, 0.5" in app.code[0].value


def test_the_table_holds_the_three_losses_of_the_digit() -> None:
    one = example(int(by_surprise()[4]))
    said = html_of(opened(losses__digit="5"))
    assert f"<b>{-np.log(one.categorical):.4f}</b>" in said
    assert f"<b>{-np.log(one.bernoulli):.4f}</b>" in said
    assert f"<b>{one.squared:.3f} + {one.surprise - one.squared:.2f}</b>" in said


def test_the_product_follows_the_hand_and_the_sum_stays() -> None:
    offered: LivePicture = opened().session_state["losses.product.live"]
    ends = []
    for down in (0, 2, 8):
        header, blobs = split(offered.render({"down": down}, 3))
        __, logs, double, single, *discs = (np.frombuffer(blob, "<f8") for blob in blobs)
        assert np.isfinite(logs).all()
        left = np.isfinite(single)
        np.testing.assert_allclose(single[left][:-3], logs[left][:-3], atol=0.05)
        ends.append(int(left.sum()))
        assert f" nats (10{str(round(logs[-1])).translate(SUPERSCRIPTS)})." in header["told"][0]
        ticks = header["up"]["ticks"]
        assert ticks[0] == {"at": 0, "text": "1"}
        assert 2 <= len(ticks) <= 5
        assert header["up"]["span"][0] <= ticks[-1]["at"]
        assert int(np.isfinite(double).sum()) >= ends[-1]
        assert len(discs) == (not left.all()) + (not np.isfinite(double).all())
        assert f"{ends[-1] + 1:,} on in float32" in header["told"][0] or left.all()
    assert ends == sorted(ends, reverse=True)
    assert ends[-1] < 20


def test_the_coverage_follows_the_hand() -> None:
    offered: LivePicture = opened().session_state["losses.copies.live"]
    for times, count, chance in ((1, 5, 0.05), (4, 100, 0.5), (20, 500, 0.95)):
        sent = {"times": times, "examples": count, "chance": chance}
        header, blobs = split(offered.render(dict[str, object](sent), 3))
        ks, promised, true, bars = (np.frombuffer(blob, "<f8") for blob in blobs)
        assert ks[header["at"]] == times
        assert set(promised) == {95}
        np.testing.assert_allclose(true, 100 * coverage(chance, count, ks))
        held = covered(chance, count, ks)
        np.testing.assert_allclose(bars.reshape(3, -1)[[0, 2]], 100 * np.array(exact(held, DRAWS)))


def test_an_interval_that_fails_without_copies_says_so() -> None:
    offered: LivePicture = opened().session_state["losses.copies.live"]
    for count, chance, once in ((5, 0.05, "22.5 %"), (100, 0.05, "87.7 %"), (100, 0.5, None)):
        told = split(offered.render({"examples": count, "chance": chance}, 3))[0]["told"]
        half, alone = (100 * float(half_width(chance, count, k)) for k in (4, 1))
        assert f"± {half:.1f} points; each example counted once, ± {alone:.1f}." in told[0]
        held = 100 * float(coverage(chance, count, [4])[0])
        assert f"holds the truth in {held:.1f} % of all sets" in told[0]
        assert len(told) == 1 + (once is not None)
        assert once is None or f"holds the truth in {once}, not in 95 %" in told[1]


@pytest.mark.parametrize("value", ["nan", "-3", "1e9", "x"])
def test_any_link_opens(value: str) -> None:
    names = ("coin__tosses", "coin__p", "coin__worth", "coin__mode", "coin__tossed", "digit",
             "product__down", "copies__times", "copies__examples", "copies__chance")  # fmt: skip
    app = opened(**{f"losses__{name}": value for name in names})
    assert "What to notice" in text_of(app)
