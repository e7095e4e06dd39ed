"""The yardstick of the races: a recipe trained as a tutorial would, by PyTorch alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explainer.training.data.splits import Prepared
from explainer.training.recipe.recipe import Recipe, Regularisation


def plain_rate(recipes: Sequence[Recipe], data: Prepared, seconds: float) -> float:
    """Steps of a model per second; each recipe gets its share of the time, warm-up not counted."""
    steps, took = 0, 0.0
    for recipe in recipes:
        loop = plain_loop(recipe, data)
        for _ in range(3):
            next(loop)
        settle(data)
        started = time.perf_counter()
        while time.perf_counter() - started < seconds / len(recipes):
            next(loop)
            steps += 1
        settle(data)
        took += time.perf_counter() - started
    return steps / took


def settle(data: Prepared) -> None:
    """Wait until the GPU on which `data` lie has done all that it was asked."""
    if data.train_inputs.is_cuda:
        torch.cuda.synchronize()


def plain_loop(recipe: Recipe, data: Prepared) -> Iterator[None]:
    """Train one recipe as a tutorial would, without end."""
    held, training = recipe.regularisation, recipe.training
    device = data.train_inputs.device
    model = plain_network(recipe, data).to(device)
    weights = [one for one in model.parameters() if one.dim() > 1]
    others = [one for one in model.parameters() if one.dim() == 1]
    groups: list[dict[str, Any]] = [
        {"params": weights, "weight_decay": held.l2},
        {"params": others},
    ]
    optimiser = torch.optim.SGD(groups, lr=training.learning_rate, momentum=training.momentum)
    while True:
        order = torch.randperm(len(data.train_labels), device=device)
        for rows in torch.split(order, training.batch_size):
            logits = model(data.train_inputs[rows])
            wanted = data.train_labels[rows]
            loss = F.cross_entropy(logits, wanted, label_smoothing=held.label_smoothing)
            if held.l1_subgradient:
                loss = loss + held.l1_subgradient * sum(one.abs().sum() for one in weights)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            with torch.no_grad():
                for one in weights if held.l1_proximal or held.weight_decay else []:
                    after_step(one, held, training.learning_rate)
            yield


def after_step(weight: Tensor, held: Regularisation, rate: float) -> None:
    """Proximal step and decoupled decay, tensor by tensor."""
    if held.weight_decay:
        weight.mul_(1 - rate * held.weight_decay)
    if held.l1_proximal:
        weight.copy_(F.softshrink(weight, rate * held.l1_proximal))


def plain_network(recipe: Recipe, data: Prepared) -> nn.Sequential:
    """The network with PyTorch's own layers in the usual order."""
    network, drop = recipe.network, recipe.regularisation.dropout
    layers: list[nn.Module] = []
    if network.kind == "cnn":
        channels, size = data.shape[0], network.kernel_size
        for block in range(network.blocks):
            outputs = network.channels * 2**block
            layers += [nn.Conv2d(channels, outputs, size, padding=size // 2), nn.ReLU()]
            layers.append(nn.MaxPool2d(2))
            channels = outputs
        layers += [nn.Flatten(), nn.Dropout(drop)] if drop else [nn.Flatten()]
    else:
        layers.append(nn.Flatten())
        for _ in range(network.depth):
            layers += [nn.LazyLinear(network.width), nn.ReLU()]
            layers += [nn.Dropout(drop)] if drop else []
    layers.append(nn.LazyLinear(len(data.classes)))
    model = nn.Sequential(*layers)
    model(data.train_inputs[:2])
    return model
