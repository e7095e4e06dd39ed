"""The division of the examples as source: the parts of `splits.py`, drawn in the same way."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import torch
from torch import Tensor

from explainer.training.data.copies import copies
from explainer.training.data.splits import SMALLEST_STD
from explainer.training.script.loading import groups_source, loading_source, needs_data_file
from explainer.training.script.task import Task

TAKE = '''def take(rows, count):
    """`count` of the rows, the first of each class in its proportion; and those that are left."""
    classes = labels[rows]
    sizes = classes.bincount()
    shares, rest = count * sizes // len(rows), count * sizes % len(rows)
    largest = rest.argsort(descending=True, stable=True)  # the method of largest remainders
    shares[largest[: count - shares.sum()]] += 1
    seen = F.one_hot(classes).cumsum(0).gather(1, classes[:, None])[:, 0]  # of its class so far
    taken = seen <= shares[classes]
    return rows[taken], rows[~taken]'''


TAKE_ANY = '''def take(rows, count):
    """`count` of the rows, the first; and those that are left."""
    return rows[:count], rows[count:]'''


COPIES = '''def first_of_each(rows):
    """Of the rows the first one of each group of copies."""
    _, first = np.unique(groups[rows].numpy(), return_index=True)
    return rows[np.sort(first)]


def with_copies(rows, chosen):
    """Of the rows those that are chosen or copies of them; and those that are left."""
    taken = torch.isin(groups[rows], groups[chosen])
    return rows[taken], rows[~taken]'''


def data_source(task: Task) -> Iterator[str]:
    """The blocks of source: examples, their division, and what the network sees of them."""
    yield TAKE if task.classes else TAKE_ANY
    title = " ".join(task.examples.title.split())  # of one's own: any name, but on one line
    head = textwrap.wrap(f"The data: {title}.", 90, initial_indent="# ", subsequent_indent="# ")
    yield "\n".join([*head, loading_source(task.examples)])
    if task.split.keep_copies_together:
        yield f"# Copies of an example have the same number.\n{groups_source(task.examples)}"
        yield COPIES
    yield _division(task)
    yield _normaliser(task)
    yield _parts(task)


def _division(task: Task) -> str:
    """`train`, `validation` and `test`; the test part first, so that it stays the same."""
    seed = "SEED" if task.split.seed == task.seed else repr(task.split.seed)
    parts, whole = task.parts, len(task.examples)
    lines = [
        "# Rows to learn from, to validate on and to test on"
        + (", each with the same mix of classes." if task.classes else "."),
        f"division = torch.Generator().manual_seed({seed})",
        "rest = torch.randperm(len(labels), generator=division)",
    ]
    if task.examples.test_from is not None:
        before = f"test_from = {task.examples.test_from}"
        lines += [] if "test_from =" in loading_source(task.examples) else [before]
        lines.append("test, rest = rest[rest >= test_from], rest[rest < test_from]")
        if task.split.keep_copies_together:
            lines.append("_, rest = with_copies(rest, test)  # none of a test example")
    elif len(parts.test):
        lines.append(_taken(task, "test", parts.test))
    lines.append(_taken(task, "validation", parts.validation))
    left = whole - len(parts.test) - len(parts.validation)
    smaller = len(parts.train) < left
    if task.split.keep_copies_together:  # with another seed another number may be left
        smaller = task.split.train_size is not None
    lines.append(f"train, _ = take(rest, {len(parts.train)})" if smaller else "train = rest")
    lines.append("train = train[torch.randperm(len(train), generator=division)]")
    return "\n".join(lines)


def _taken(task: Task, name: str, rows: Tensor) -> str:
    """The line that takes a part from the rest."""
    if not task.split.keep_copies_together:
        return f"{name}, rest = take(rest, {len(rows)})"
    count = len(set(copies(task.examples)[rows].tolist()))
    return f"{name}, rest = with_copies(rest, take(first_of_each(rest), {count})[0])"


def _normaliser(task: Task) -> str:
    pictures = task.examples.pictures
    others, keep = ("(0, 2, 3)", ", keepdim=True") if pictures else ("0", "")
    lines = [
        "# Mean and spread of each channel, of the examples to learn from alone.",
        f"std, mean = torch.std_mean(inputs[train], {others}, correction=0{keep})",
    ]
    if _has_still_channel(task):
        lines.append(f"std[std < {SMALLEST_STD}] = 1  # a channel that never changes")
    return "\n".join(lines)


def _has_still_channel(task: Task) -> bool:
    """Pictures of the libraries change in every channel; whatever else may not, is looked at."""
    examples = task.examples
    if examples.pictures and not needs_data_file(examples):
        return False
    kept = [0, *range(2, examples.inputs.dim())]
    spread = torch.std(examples.inputs[task.parts.train], kept, correction=0)
    return bool((spread < SMALLEST_STD).any())


def _parts(task: Task) -> str:
    normalised = "(inputs[{part}] - mean) / std"
    lines = []
    lines.append(f"train_inputs, train_labels = {normalised.format(part='train')}, labels[train]")
    lines += _noise(task)
    lines.append(f"validation_inputs = {normalised.format(part='validation')}")
    lines.append("validation_labels = labels[validation]")
    if len(task.parts.test):
        lines.append(f"test_inputs, test_labels = {normalised.format(part='test')}, labels[test]")
    return "\n".join(lines)


def _noise(task: Task) -> list[str]:
    share, classes = task.split.label_noise, task.classes
    count = round(share * len(task.parts.train))
    if not count:
        return []
    return [
        f"wrong = torch.randperm(len(train), generator=division)[:{count}]"
        f"  # {share:.0%} get another label",
        f"moves = torch.randint(1, {max(2, classes)}, (len(train),), generator=division)",
        f"train_labels[wrong] = (train_labels[wrong] + moves[wrong]) % {classes}",
    ]
