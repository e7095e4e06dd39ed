"""Whatever a link, a post or a component says, the page stands and answers in sentences.

What the addresses may say is not listed here: it is what the pages ask for while they run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.Slider_pb2 import Slider as SliderProto
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.topics import TOPICS
from explainer.ui.common.components import heard, number_of, unread
from explainer.ui.filters.own_kernel import sent_weights
from explainer.ui.inputs.drawing_board import sound_strokes
from tests.app.moving import unfold
from tests.app.reading import ROOT
from tests.drawing import examples
from tests.test_live_pictures import asked
from tests.test_messages import ANYTHING

pytestmark = pytest.mark.usefixtures("service_of_its_own")

SLUGS = [topic.slug for topic in TOPICS]
NUMBERS = (
    "9" * 5_000, "-" + "9" * 400, "1e308", "1e999", "-1e-320", "nan", "NaN", "inf", "-Infinity",
    "-0", "-0.0", "0x10", "1_000", "٣", "²", "１２", "1/0", "3.7", "-1", "0", "1", "4", "33",
    "1001", "999999999",
)  # fmt: skip
TEXTS = (
    "", " ", "\x00", "\x1b[31m", "\r\nSet-Cookie: a=b", "\u202e\u2066", "😀" * 50, "x" * 20_000,
    "__proto__", "constructor", "[" * 500, '{"a": ' * 200, "<script>alert(1)</script>", "**b** $x$",
    "../../etc/passwd", "%00%ff", "None", "true", "null", ",", "_", "~", "!", ";", "a=b;c", "1,2,3",
)  # fmt: skip
TRAINS = {"Batch norm, closely"}


@pytest.fixture(scope="module", autouse=True)
def names() -> Iterator[dict[str, set[str]]]:
    """What each page has asked its address for, and the widgets that are bound to it."""
    seen: dict[str, set[str]] = {}
    read, bind = QueryParams.__getitem__, QueryParams.bind_widget
    read_all = QueryParams.get_all

    def noting(self: QueryParams, key: str) -> str:
        seen.setdefault(key.partition(".")[0], set()).add(key)
        return read(self, key)

    def noting_all(self: QueryParams, key: str) -> list[str]:
        seen.setdefault(key.partition(".")[0], set()).add(key)
        return read_all(self, key)

    def binding(self: QueryParams, param_key: str, *args: Any, **others: Any) -> Any:
        seen.setdefault(param_key.partition(".")[0], set()).add(param_key)
        return bind(self, param_key, *args, **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QueryParams, "__getitem__", noting)
        patch.setattr(QueryParams, "get_all", noting_all)
        patch.setattr(QueryParams, "bind_widget", binding)
        yield seen


def opened(slug: str, query: dict[str, str]) -> AppTest:
    """The page as a link opens it, without an exception."""
    app = AppTest.from_file(str(ROOT / "explainer" / "shell.py"), default_timeout=180)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"../pages/{slug}.py").run()
    assert not app.exception, (query, app.exception)
    return app


def tabs_of(app: AppTest, names: set[str]) -> list[dict[str, str]]:
    """The links that open each tab of a page, but for those that train at once."""
    keys = [name for name in names if name.endswith((".tab", ".look"))]
    return [{key: tab.label} for key in keys for tab in app.tabs if tab.label not in TRAINS]


def nonsense(asked: list[str], seed: str) -> dict[str, str]:
    """A link that says something for every name a page asks for, and for two it does not know."""
    draw = random.Random(seed)
    return {name: draw.choice(NUMBERS + TEXTS) for name in (*asked, "race", "unknown")}


def off_their_steps(app: AppTest) -> list[str]:
    """The sliders of whole numbers that stand between two of their steps."""
    whole = [one for one in app.slider if one.proto.data_type == SliderProto.INT]
    return [str(one.key) for one in whole if (one.value - one.min) % one.step]


def stand(slug: str, names: dict[str, set[str]], *, links: int, each_tab: bool) -> None:
    """Open a page by a link that names all and says nothing, and by so many of nonsense.

    They open its tabs in turn, or so many each of them.
    """
    names.clear()
    plain = opened(slug, {})
    asked = sorted(set().union(*names.values()))
    opened(slug, dict.fromkeys(asked, ""))
    places = [{}, *tabs_of(plain, set(asked))]
    count = links * len(places) if each_tab else links
    for number, place in zip(range(count), cycle(places), strict=False):
        app = opened(slug, nonsense(asked, f"{slug} {number}") | place)
        assert not off_their_steps(app)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_stands_whatever_its_link_says(slug: str, names: dict[str, set[str]]) -> None:
    stand(slug, names, links=1, each_tab=False)


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_every_tab_of_a_page_stands_whatever_its_link_says(
    slug: str, names: dict[str, set[str]]
) -> None:
    stand(slug, names, links=5, each_tab=True)


def test_a_choice_that_a_link_leaves_empty_is_the_first_and_several_may_be_none() -> None:
    app = opened("gradient_check", {"gradient_check.activation": ""})
    assert unfold(app).segmented_control(key="gradient_check.activation").value == "tanh"
    app = opened("activations", {"activations.functions": ""})
    assert app.button_group(key="activations.functions").value == []


class Noting(dict[str, object]):
    """The values of a post, which remembers what a renderer asks it for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: object = None) -> object:
        self.asked.add(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return False


def offered_on(app: AppTest) -> list[LivePicture]:
    """The live pictures of a page."""
    kept = app.session_state._state.filtered_state.values()
    return [one for one in kept if isinstance(one, LivePicture)]


POSTS = ANYTHING | st.sampled_from([10**17, -(10**17), 0, -1, [[1, 2], [3]], [[]], {}, True])


def drive(one: LivePicture) -> None:
    """Post nonsense under the names that the renderer asks for."""
    noting = Noting()
    with contextlib.suppress(ValueError):
        one.render(noting, 1)
    names = dict.fromkeys(sorted(noting.asked), POSTS)
    assert names

    @examples(15)
    @given(st.fixed_dictionaries({}, optional=names))
    def post(values: dict[str, object]) -> None:
        body = json.dumps({"values": values, "number": 1}).encode()
        status, text = asyncio.run(asked(one.address, body))
        assert status in (200, 422), text

    post()


@pytest.mark.parametrize(
    ("slug", "query"),
    [("filters", {}), ("activations", {"activations.functions": "ELU"}), ("feature_maps", {}),
     ("activations", {"activations.tab": "At the output"})],
)  # fmt: skip
def test_no_post_to_a_page_is_a_fault_of_the_server(slug: str, query: dict[str, str]) -> None:
    offered = offered_on(opened(slug, query))
    assert offered
    for one in offered:
        drive(one)


@given(ANYTHING)
def test_a_component_may_report_anything(report: object) -> None:
    kept = {"maps": {"picked": report}, "other": report}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.session_state", kept)
        for name in ("maps", "other", "nobody"):
            message = unread(name, "picked")
            assert isinstance(message, dict)
            assert number_of(name, message) >= 0
            assert isinstance(heard(name, "picked"), dict)


@given(ANYTHING)
def test_strokes_and_weights_that_are_none_are_refused(sent: object) -> None:
    assert isinstance(sound_strokes(sent), list)
    with contextlib.suppress(ValueError):
        assert sent_weights({"weights": sent}).ndim == 2
