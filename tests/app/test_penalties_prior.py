"""The Bayesian reading: densities, what follows from them in words, and the biases."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from explainer.live_pictures import LivePicture
from explainer.regularisation.prior import Belief, GaussianPrior, LaplacePrior, Prior, likelihood
from tests.app.reading import arrays_of, html_of, message_to, section_of, text_of, unpacked

PRIOR = "penalties.prior"
PLACES = np.linspace(-3, 3, 1201)


def section() -> None:
    from explainer.ui.penalties.prior import prior_section

    prior_section()


def opened(**query: str) -> AppTest:
    """The section, as a link of these sliders opens it."""
    return section_of(section, **{f"penalties__prior__{name}": at for name, at in query.items()})


def test_the_chart_has_likelihood_priors_and_posteriors() -> None:
    app = opened(alone="-0.8", count="25", noise="0.5", width="0.7")
    belief = Belief(-0.8, 25, 0.5, 0.7)
    key = f"{PRIOR}.curves"
    data = next(e.proto.bytes for e in app.get("bidi_component") if e.key == key)
    header, (said, *posteriors) = unpacked(data)
    np.testing.assert_allclose(said.reshape(2, -1)[1], likelihood(belief, PLACES))
    priors: tuple[Prior, ...] = (GaussianPrior(belief), LaplacePrior(belief))
    for values, of, line in zip(posteriors, priors, header["curves"][1:], strict=True):
        np.testing.assert_allclose(values.reshape(2, -1)[0], of.prior(PLACES))
        np.testing.assert_allclose(values.reshape(2, -1)[1], of.posterior(PLACES))
        ((place, top),) = line["points"][1]
        assert place == pytest.approx(of.mode)
        assert top >= values.reshape(2, -1)[1].max() - 1e-9


def test_a_highest_point_at_zero_is_said_with_the_samples_near_it() -> None:
    app = opened()
    text, html = text_of(app), html_of(app)
    assert "at **exactly 0**" in text
    assert "0.471" in text
    assert "and 0 are 0" in text
    laplace = LaplacePrior(Belief(0.4, 10, 1.0, 0.3))
    near = 100 * np.mean(np.abs(laplace.samples()) < 0.01)
    assert f"{near:.1f} % are nearer to 0 than 0.01" in text
    assert "<td>1.11</td><td>0.471</td>" in html
    assert "<td>0.111</td><td>0.0471</td>" in html


def test_data_that_say_more_than_the_prior_move_the_highest_point() -> None:
    app = opened(alone="1")
    assert "the posterior is highest at 0.529, nearer to 0 than ŵ by 0.471" in text_of(app)


def test_a_drag_is_answered_with_the_densities_of_the_moved_values() -> None:
    app = opened()
    offered: LivePicture = app.session_state[f"{PRIOR}.live"]
    header, found = unpacked(offered.render({"count": 100}, 4))
    assert header["number"] == 4
    wanted = LaplacePrior(Belief(0.4, 100, 1.0, 0.3)).posterior(PLACES)
    np.testing.assert_allclose(found[2].reshape(2, -1)[1], wanted)


def test_a_free_bias_keeps_its_error_and_a_penalised_one_does_not() -> None:
    app = opened()
    free, penalised = arrays_of(app, "penalties.bias")
    np.testing.assert_allclose(free, free[0])
    assert penalised[-1] > 2.5 * free[-1]
    assert "targets moved up by 5 leave the error of the first fit at" in text_of(app)
    assert message_to(app, "penalties.bias.curves")["at"] == 5
