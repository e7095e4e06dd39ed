"""The glossary: one entry a term, and each term explained where it stands first."""

from __future__ import annotations

import re

import pytest

from explainer.topics import TOPICS
from explainer.ui.common.prose import explained, parts, terms
from explainer.words import ENGLISH
from tests.app.reading import app_at, text_of

MEANINGS = {one.name: one.meaning for one in terms()}


def linked(text: str) -> list[str]:
    """The terms that `text` explains, by their names."""
    return re.findall(r"\]\(#term-([^ )]+) \"", text)


def test_a_term_has_one_entry_and_no_form_two() -> None:
    forms = [form.lower() for one in terms() for form in one.forms]
    assert len(forms) == len(set(forms))
    assert all(re.search(r"[.)]$", one.meaning) for one in terms())


def test_a_term_is_explained_where_it_stands_first_and_not_in_a_formula() -> None:
    text = "# Stride\nA `stride`, $stride$ and [stride](x): the\nstride, Receptive\nfields."
    assert explained(text, ENGLISH) == text.replace(
        "the\nstride", f'the\n[stride](#term-stride "{MEANINGS["stride"]}")'
    )
    shown = explained("Strides of **feature\nmaps**; a feature map. Strides.", ENGLISH)
    assert linked(shown) == ["stride", "feature-map"]
    assert shown.endswith("**; a feature map. Strides.")


def test_the_meaning_of_a_term_is_the_title_of_a_link() -> None:
    assert f'(#term-logit "{MEANINGS["logit"]}")' in explained("one logit", ENGLISH)


@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_the_prose_of_every_page_explains_terms_each_once(slug: str) -> None:
    found = linked(explained("\n\n".join(parts(slug).values()), ENGLISH))
    assert found
    assert len(found) == len(set(found))
    assert set(found) <= {name.replace(" ", "-") for name in MEANINGS}


@pytest.mark.parametrize("slug", [topic.slug for topic in TOPICS])
def test_a_sentence_alone_in_bold_is_in_the_lines_that_a_telephone_shows(slug: str) -> None:
    for name, text in parts(slug).items():
        for number, paragraph in enumerate(text.split("\n\n")):
            bold = [found.end() for found in re.finditer(r"(?s)\*\*(?=[A-Z]).+?\*\*", paragraph)]
            reach = 115 if number else 230
            assert len(bold) != 1 or bold[0] <= reach or name == "question", paragraph


def test_a_page_explains_a_term_once_and_again_after_a_rerun() -> None:
    app = app_at("filters")
    first = linked(text_of(app))
    assert "bias" in first
    assert len(first) == len(set(first))
    app.run()
    assert linked(text_of(app)) == first


def test_the_glossary_lists_all() -> None:
    text = text_of(app_at("glossary"))
    assert all(f"**{name}**  \n{meaning}" in text for name, meaning in MEANINGS.items())


def test_a_link_may_leave_out_the_text_and_a_control() -> None:
    app = app_at("filters", hide="text,filters.kernel,<b>")
    question = parts("filters")["question"]
    assert question.split(".")[0] not in text_of(app)
    styles = [one.proto.body for one in app.get("html")]
    assert "<style>.st-key-filters-kernel { display: none }</style>" in styles
