"""What a network of the training lab says of the pictures that its race validates on."""

from __future__ import annotations

import numpy as np

from explainer.metrics.scores import Scored
from explainer.training.engine.run import Evaluation, Run
from explainer.training.instruments.copies import indices, shown, twin, validation
from explainer.training.instruments.mistakes import outputs


def of_run(run: Run) -> Scored | None:
    """Of the first 512 validation pictures, those left out whose logits are no numbers.

    None where the examples are points, or where no logit is a number.
    """
    if len(run.data.shape) != 3:
        return None
    inputs, labels = validation(run, Evaluation.validation_examples)
    logits = outputs(twin(run).model, inputs).astype(float)
    known = np.isfinite(logits).all(axis=1)
    if not known.any():
        return None
    pictures = shown(run.data, inputs)[known]
    return Scored(logits[known], indices(labels)[known], pictures, run.data.classes)
