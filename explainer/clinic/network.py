"""The network of a case: dense layers, with batch norm before each activation or without."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor
from torch.nn.functional import batch_norm, linear

from explainer.clinic.case import LAST, RELU, SIGMOID, TANH, Case

ACTIVATIONS = {RELU: torch.relu, SIGMOID: torch.sigmoid, TANH: torch.tanh}
ENDS = {SIGMOID: (0.0, 1.0), TANH: (-1.0, 1.0)}
"""Between which flat ends an activation lies."""
INPUTS, CLASSES = 784, 10
KEPT, EPSILON = 0.9, 1e-5
"""How much of batch norm's running statistics stays at each step, and what its variance adds."""


class Network:
    """Weights `(out, in)` and biases `(out,)` of each layer, drawn by the case's seed.

    With batch norm each hidden layer has a scale and a shift beside them, and running mean and
    variance. `layer_of` tells the layer of each of the `parameters`.
    """

    def __init__(self, case: Case) -> None:
        random = torch.Generator().manual_seed(case.seed)
        self.case = case
        self.weights: list[Tensor] = []
        self.biases: list[Tensor] = []
        self.norms: list[tuple[Tensor, Tensor]] = []
        self.running: list[tuple[Tensor, Tensor]] = []
        sizes = (INPUTS, *case.widths, CLASSES)
        for layer, (into, out) in enumerate(pairwise(sizes)):
            weights = torch.randn(out, into, generator=random) * case.gain / into**0.5
            if layer == len(case.widths):
                weights *= LAST
            if case.equal:
                weights = torch.full((out, into), case.equal / into)
            biases = torch.zeros(out)
            if layer == case.dead[0]:
                biases += case.dead[1]
            self.weights.append(weights.requires_grad_())
            self.biases.append(biases.requires_grad_())
            if case.normed and layer < len(case.widths):
                ones, zeros = torch.ones(out), torch.zeros(out)
                self.norms.append((ones.requires_grad_(), zeros.requires_grad_()))
                self.running.append((torch.zeros(out), torch.ones(out)))

    @property
    def parameters(self) -> list[list[Tensor]]:
        """What is learned, layer by layer."""
        norms = [*map(list, self.norms), *[[]] * (len(self.weights) - len(self.norms))]
        return [
            [weights, biases, *norm]
            for weights, biases, norm in zip(self.weights, self.biases, norms, strict=True)
        ]

    def forward(self, inputs: Tensor, *, training: bool, learn: bool = False) -> list[Tensor]:
        """What each layer gives for inputs `(…, N, 784)`: the last, `(…, N, 10)`, are logits.

        In `training` mode batch norm takes mean and variance of the N pictures, and with `learn`
        (then inputs are `(N, 784)`) keeps them among the running ones; otherwise it takes those.
        """
        given, found = inputs, []
        for layer, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            given = linear(given, weights, biases)
            if layer < len(self.norms):
                given = self._normed(layer, given, training=training, learn=learn)
            if layer < len(self.weights) - 1:
                given = ACTIVATIONS[self.case.activation](given)
            found.append(given)
        return found

    def _normed(self, layer: int, given: Tensor, *, training: bool, learn: bool) -> Tensor:
        (scale, shift), (mean, variance) = self.norms[layer], self.running[layer]
        if learn or not training:
            flat = given.view(-1, given.shape[-1])
            found = batch_norm(flat, mean, variance, scale, shift, learn, 1 - KEPT, EPSILON)
            return found.view(given.shape)
        mean = given.mean(-2, keepdim=True)  # of each batch by itself; of one picture, itself
        variance = given.var(-2, unbiased=False, keepdim=True)
        return (given - mean) / (variance + EPSILON).sqrt() * scale + shift
