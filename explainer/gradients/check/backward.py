"""The same network backward, by hand, one rule a line; a fault is a rule that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from explainer.gradients.check.network import W1, W2, Array, Pass, Problem


@dataclass(frozen=True)
class Rules:
    """Each line of the backward pass, as a function of what stands in it.

    `pull` is the penalty's own gradient, 2 λ W.
    """

    logits: Callable[[Array, Array], Array] = lambda p, y: (p - y) / len(y)
    output_weights: Callable[[Array, Array, Array], Array] = lambda h, d2, pull: h.T @ d2 + pull
    output_bias: Callable[[Array], Array] = lambda d2: d2.sum(axis=0)
    hidden: Callable[[Array, Array], Array] = lambda d2, weights: d2 @ weights.T
    slope_at: Callable[[Pass], Array] = lambda found: found.h
    hidden_weights: Callable[[Array, Array, Array], Array] = lambda x, d1, pull: x.T @ d1 + pull
    hidden_bias: Callable[[Array], Array] = lambda d1: d1.sum(axis=0)
    total: Callable[[Array], Array] = lambda gradient: gradient


RIGHT = Rules()


def backward(theta: Array, given: Problem, found: Pass, rules: Rules = RIGHT) -> Array:
    """dL/dθ by the chain rule, flat as `theta`, from what the forward pass `found`."""
    w1, w2 = W1.of(theta), W2.of(theta)
    strength = theta.dtype.type(2 * given.penalty)
    d2 = rules.logits(found.p, given.targets)
    d_w2 = rules.output_weights(found.h * found.mask, d2, strength * w2)
    d_b2 = rules.output_bias(d2)
    d_h = rules.hidden(d2, w2) * found.mask
    d1 = d_h * given.nonlinearity.slope(rules.slope_at(found))
    d_w1 = rules.hidden_weights(given.x, d1, strength * w1)
    d_b1 = rules.hidden_bias(d1)
    return rules.total(np.concatenate((d_w1.ravel(), d_b1, d_w2.ravel(), d_b2)))
