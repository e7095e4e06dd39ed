"""A control in a closed popover: not drawn, and its value kept, linked, read and reset."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def app_with(**query: str) -> AppTest:
    """A page with a popover of four controls, and a button that sets them as a story has them."""

    def page() -> None:
        import streamlit as st

        from explainer.ui.common.bounded import bounded_slider
        from explainer.ui.common.choice import Named, choice
        from explainer.ui.common.fold import drawn, kept, one_of, while_open

        def reset() -> None:
            st.session_state.update(size=8, grid="small", on=False, rate=0.1)

        st.button("Reset", key="reset", on_click=reset)
        with while_open(st.popover("Settings", key="settings", on_change="rerun")):
            if drawn():
                st.caption("what they mean")
            said = (
                bounded_slider("Size", 2, 10, 4, 2, key="size"),
                choice("Grid", (Named("fine", "Fine"), Named("small", "Small")), key="grid"),
                kept(st.toggle, "On", key="on", usual=False, read=one_of((False, True))),
                kept(
                    st.select_slider, "Rate", key="rate", usual=0.1, read=one_of((0.1, 1.0)),
                    options=(0.1, 1.0),
                ),
            )  # fmt: skip
        st.text(repr(said))

    app = AppTest.from_function(page, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def put(app: AppTest, *, opened: bool) -> AppTest:
    """The page with its popover open or closed, and nothing of it drawn where it is closed."""
    app.session_state["settings"] = opened
    app.run()
    assert not app.exception
    assert len(app.slider) + len(app.selectbox) + len(app.toggle) + len(app.caption) == 4 * opened
    return app


def said(app: AppTest) -> str:
    assert not app.exception
    return app.text[0].value


def link_of(app: AppTest) -> dict[str, str]:
    return {name: "".join(values) for name, values in app.query_params.items()}


def test_what_was_chosen_stays_and_is_in_the_link_while_it_is_closed() -> None:
    app = put(app_with(), opened=True)
    app.slider(key="size").set_value(10)
    app.selectbox(key="grid").set_value("small")
    app.toggle(key="on").set_value(True)
    app.select_slider(key="rate").set_value(1.0).run()
    for opened in (False, False, True, False):
        assert said(put(app, opened=opened)) == "(10, 'small', True, 1.0)"
        assert link_of(app) == {"size": "10", "grid": "small", "on": "true", "rate": "1.0"}
    assert put(app, opened=True).slider(key="size").value == 10


def test_a_link_is_read_while_it_is_closed_and_shown_once_it_is_open() -> None:
    app = app_with(size="8", grid="small", on="true", rate="1.0")
    assert said(app) == "(8, 'small', True, 1.0)"
    put(app, opened=True)
    assert (app.slider(key="size").value, app.selectbox(key="grid").value) == (8, "small")
    assert (app.toggle(key="on").value, app.select_slider(key="rate").value) == (True, 1.0)


def test_what_is_as_usual_is_in_no_link() -> None:
    app = app_with()
    assert said(app) == "(4, 'fine', False, 0.1)"
    assert not link_of(app)


@pytest.mark.parametrize("opened", [False, True])
def test_a_story_resets_what_is_not_drawn(opened: bool) -> None:
    app = put(app_with(size="10", on="true", rate="1.0"), opened=opened)
    app.button(key="reset").click().run()
    assert said(app) == "(8, 'small', False, 0.1)"
    assert link_of(app) == {"size": "8", "grid": "small"}
    assert put(app, opened=True).slider(key="size").value == 8


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ({"size": "5", "on": "yes", "rate": "0.2", "grid": "none"}, "(6, 'fine', False, 0.1)"),
        ({"size": "999", "on": "1", "rate": "nan"}, "(10, 'fine', False, 0.1)"),
        ({"size": "inf", "on": "", "rate": "[["}, "(4, 'fine', False, 0.1)"),
    ],
)  # fmt: skip
def test_nonsense_in_a_link_is_brought_to_what_is_allowed(
    link: dict[str, str], expected: str
) -> None:
    app = app_with(**link)
    assert said(app) == expected
    assert said(put(app, opened=True)) == expected
