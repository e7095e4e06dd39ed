from __future__ import annotations

import pytest
import torch

from explainer.gradients.attribution.target import (
    PREDICTED,
    RUNNER_UP,
    ClassLogit,
    Difference,
    Ranked,
    Score,
    Target,
    resolve,
)

LOGITS = torch.tensor([[1.0, 4.0, -2.0, 3.0]])


@pytest.mark.parametrize(
    ("target", "score"),
    [
        (ClassLogit(2), Score(2)),
        (PREDICTED, Score(1)),
        (RUNNER_UP, Score(3)),
        (Ranked(4), Score(2)),
        (Difference(PREDICTED, RUNNER_UP), Score(1, 3)),
        (Difference(ClassLogit(0), PREDICTED), Score(0, 1)),
    ],
)
def test_a_target_means_fixed_classes_once_the_logits_are_known(
    target: Target, score: Score
) -> None:
    assert resolve(target, LOGITS) == score
    assert resolve(score.target(), -LOGITS) == score


@pytest.mark.parametrize("target", [ClassLogit(-1), ClassLogit(4), Ranked(0), Ranked(5)])
def test_a_class_or_rank_that_is_not_there_is_named(target: Target) -> None:
    with pytest.raises(ValueError, match=r"-1|4|0|5"):
        resolve(target, LOGITS)


def test_the_difference_of_a_class_and_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="are 1"):
        resolve(Difference(PREDICTED, ClassLogit(1)), LOGITS)


def test_a_score_is_a_logit_or_the_difference_of_two() -> None:
    both = torch.cat([LOGITS, 2 * LOGITS])
    assert Score(1).of(both).tolist() == [4, 8]
    assert Score(1, 3).of(both).tolist() == [1, 2]


def test_the_probability_of_a_difference_is_that_among_its_two_classes() -> None:
    probabilities = LOGITS.softmax(dim=1)[0]
    assert Score(1).probability(LOGITS).item() == pytest.approx(probabilities[1].item())
    among_two = (probabilities[1] / (probabilities[1] + probabilities[3])).item()
    assert Score(1, 3).probability(LOGITS).item() == pytest.approx(among_two)
