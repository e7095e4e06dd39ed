"""How a recipe learns, as source: optimiser, schedule, and one step with all that joins it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from explainer.training.recipe.kinds import KINDS
from explainer.training.recipe.optimisers import OPTIMISERS
from explainer.training.recipe.penalties import PENALTIES, Penalty, When
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
        *((one.constant, getattr(held, one.slug), one.comment) for one in PENALTIES),
        ("LABEL_SMOOTHING", held.label_smoothing, "the share of each label spread over all"),
        ("MAX_NORM", held.max_norm, "of the weights that lead to one unit"),
        ("PATIENCE", held.patience, "steps to wait for a lower validation loss"),
        ("CLIP_NORM", training.clip_norm, "the longest gradient a step may have"),
        ("CLIP_VALUE", training.clip_value, "the largest that one of its values may be"),
    )
    for name, value, comment in named:
        if value:
            yield f"{name} = {value!r}  # {comment}"


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
    return any(_used(recipe, When)) or bool(recipe.regularisation.max_norm)


def _used(recipe: Recipe, when: Iterable[When]) -> Iterator[Penalty]:
    """The penalties of the recipe that act then."""
    for entry in PENALTIES:
        if entry.when in when and getattr(recipe.regularisation, entry.slug):
            yield entry


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
    for entry in _used(recipe, [When.IN_THE_GRADIENT]):
        yield f"    loss = loss + {entry.source}"


def _clipped(recipe: Recipe) -> Iterator[str]:
    if recipe.training.clip_norm:
        yield "    nn.utils.clip_grad_norm_(model.parameters(), CLIP_NORM)"
    if recipe.training.clip_value:
        yield "    nn.utils.clip_grad_value_(model.parameters(), CLIP_VALUE)"


def _around(recipe: Recipe) -> Iterator[str]:
    """The step of the optimiser, and what goes before and after it, outside the gradient."""
    before, after = (
        [entry.source for entry in _used(recipe, [when]) if not _done_by_optimiser(recipe, entry)]
        for when in (When.BEFORE_THE_STEP, When.AFTER_THE_STEP)
    )
    if before or after:
        yield '    rate = optimiser.param_groups[0]["lr"]'
    yield from _for_each_weight(before)
    yield "    optimiser.step()"
    if recipe.regularisation.max_norm:
        after.append("weight.copy_(torch.renorm(weight, 2, 0, MAX_NORM))  # row by row")
    yield from _for_each_weight(after)


def _done_by_optimiser(recipe: Recipe, entry: Penalty) -> bool:
    """`torch.optim.AdamW` decays by itself."""
    return entry.slug == "weight_decay" and OPTIMISERS[recipe.training.optimiser].decays


def _for_each_weight(statements: list[str]) -> Iterator[str]:
    if statements:
        yield "    with torch.no_grad():"
        yield "        for weight in weights:"
        yield from (f"            {one}" for one in statements)
