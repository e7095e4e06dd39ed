"""How a recipe learns, as source: optimiser, schedule, and one step with all that joins it."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.recipe import Recipe
from explainer.training.recipe.schedules import PLATEAU_FACTOR, PLATEAU_PATIENCE, SCHEDULES
from explainer.training.script.task import Task

FAST = "x.clone(memory_format=torch.channels_last)"


def constants(recipe: Recipe) -> Iterator[str]:
    """The numbers of the recipe that a reader may want to turn, by name."""
    training, held = recipe.training, recipe.regularisation
    yield f"LEARNING_RATE = {training.learning_rate!r}"
    if "MOMENTUM" in _options(recipe):
        yield f"MOMENTUM = {training.momentum!r}"
    named = (
        ("L1", held.l1_subgradient or held.l1_proximal, "times the sum of |w|"),
        ("L2", held.l2, "half of it times the sum of w²"),
        ("WEIGHT_DECAY", held.weight_decay, "times the learning rate: what a step takes off"),
        ("LABEL_SMOOTHING", held.label_smoothing, "the share of each label spread over all"),
        ("MAX_NORM", held.max_norm, "of the weights that lead to one unit"),
        ("PATIENCE", held.patience, "steps to wait for a lower validation loss"),
        ("CLIP_NORM", training.clip_norm, "the longest gradient a step may have"),
        ("CLIP_VALUE", training.clip_value, "the largest that one of its values may be"),
    )
    for name, value, comment in named:
        if value:
            yield f"{name} = {value!r}  # {comment}"
    if held.l1_subgradient and held.l1_proximal:
        yield f"L1_PROXIMAL = {held.l1_proximal!r}  # the same, by the proximal step"


def learning_source(task: Task) -> Iterator[str]:
    """The blocks of source: optimiser and schedule, and one step."""
    yield _optimiser(task.recipe)
    yield from _schedule(task.recipe)
    yield _step(task)


def watches(recipe: Recipe) -> bool:
    """Whether the schedule wants to hear of each validation loss."""
    return SCHEDULES[recipe.training.schedule].watches


def _options(recipe: Recipe) -> str:
    """Without momentum there is nothing to look ahead to, and `torch.optim.SGD` says so."""
    return OPTIMISERS[recipe.training.optimiser].torch_options if recipe.training.momentum else ""


def _optimiser(recipe: Recipe) -> str:
    method, lines = OPTIMISERS[recipe.training.optimiser], []
    if _uses_weights(recipe):
        lines.append(
            "weights = [p for p in model.parameters() if p.dim() > 1]  # no biases and no norms"
        )
    parameters = "model.parameters()"
    decay = recipe.regularisation.weight_decay
    if method.decays and decay:
        lines.append("others = [p for p in model.parameters() if p.dim() <= 1]")
        lines.append('groups = [{"params": weights}, {"params": others, "weight_decay": 0.0}]')
        parameters = "groups"
    options = _options(recipe)
    if method.decays:
        options += f", weight_decay={'WEIGHT_DECAY' if decay else 0.0}"
    call = f"optimiser = torch.optim.{method.torch_class}({parameters}, lr=LEARNING_RATE{options})"
    return "\n".join([*lines, call])


def _schedule(recipe: Recipe) -> Iterator[str]:
    if watches(recipe):
        yield "\n".join(
            [
                "# Halves the learning rate when the validation loss has not fallen"
                f" {PLATEAU_PATIENCE + 1} times in a row.",
                "plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(",
                f"    optimiser, factor={PLATEAU_FACTOR}, patience={PLATEAU_PATIENCE},"
                " threshold=0, eps=0",
                ")",
            ]
        )
    elif source := SCHEDULES[recipe.training.schedule].source:
        yield source
        yield "scheduler = torch.optim.lr_scheduler.LambdaLR(optimiser, factor)"


def _uses_weights(recipe: Recipe) -> bool:
    held = recipe.regularisation
    used = (held.l1_subgradient, held.l1_proximal, held.l2, held.weight_decay, held.max_norm)
    return any(used)


def _step(task: Task) -> str:
    recipe, convolutions = task.recipe, KINDS[task.recipe.network.kind].convolutions
    smoothing = ", label_smoothing=LABEL_SMOOTHING"
    smoothed = smoothing if recipe.regularisation.label_smoothing else ""
    lines = [
        "def learn(rows):",
        '    """One step down the gradient of the batch."""',
        "    x, y = train_inputs[rows], train_labels[rows]",
        *(["    x, y = augment(x, y)"] if task.augmentation else []),
        *([f"    x = {FAST}  # fast on a CPU"] if convolutions else []),
        f"    loss = {task.examples.task.code()[0]}(model(x), y{smoothed})",
        *_penalties(recipe),
        "    optimiser.zero_grad()",
        "    loss.backward()",
        *_clipped(recipe),
        *_around(recipe),
    ]
    if SCHEDULES[recipe.training.schedule].source:
        lines.append("    scheduler.step()")
    return "\n".join(lines)


def _penalties(recipe: Recipe) -> Iterator[str]:
    if recipe.regularisation.l1_subgradient:
        yield "    loss = loss + L1 * sum(weight.abs().sum() for weight in weights)"
    if recipe.regularisation.l2:
        yield "    loss = loss + L2 / 2 * sum(weight.square().sum() for weight in weights)"


def _clipped(recipe: Recipe) -> Iterator[str]:
    if recipe.training.clip_norm:
        yield "    nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)"
    if recipe.training.clip_value:
        yield "    nn.utils.clip_grad_value_(model.parameters(), CLIP_VALUE)"


def _around(recipe: Recipe) -> Iterator[str]:
    """The step of the optimiser, and what goes before and after it, outside the gradient."""
    held = recipe.regularisation
    decays = bool(held.weight_decay) and not OPTIMISERS[recipe.training.optimiser].decays
    if decays or held.l1_proximal:
        yield '    rate = optimiser.param_groups[0]["lr"]'
    if decays:
        yield "    with torch.no_grad():"
        yield "        for weight in weights:"
        yield "            weight *= 1 - rate * WEIGHT_DECAY"
    yield "    optimiser.step()"
    if held.l1_proximal or held.max_norm:
        yield "    with torch.no_grad():"
        yield "        for weight in weights:"
    if held.l1_proximal:
        strength = "L1_PROXIMAL" if held.l1_subgradient else "L1"
        limit = f"rate * {strength}"
        yield f"            weight -= weight.clamp(-{limit}, {limit})  # towards 0, and stop"
    if held.max_norm:
        yield "            weight.copy_(torch.renorm(weight, 2, 0, MAX_NORM))  # row by row"
