"""The run of a case as a script of its own in plain PyTorch, with a comment where the fault is."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np

from explainer.clinic.case import BATCH, DEVIATION, LAST, MEAN, RELU, SIGMOID, STEPS, TANH, Case
from explainer.clinic.network import CLASSES, INPUTS
from explainer.clinic.pictures import FRESH, VALIDATION, digits
from explainer.clinic.training import EVERY

FILE = "deepglass_digits_5000.npz"
FAULT = "  # the fault"
LAYERS = {RELU: "nn.ReLU()", TANH: "nn.Tanh()", SIGMOID: "nn.Sigmoid()"}

SCRIPT = '''"""Case {seed} of the clinic: {what}."""

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

SEED, STEPS = {seed}, {steps}
RATE = {rate!r}{rate_note}
WIDTHS = {sizes}{width_note}
GAIN = {gain!r}{gain_note}

with np.load("{file}") as data:  # download it beside this script
    pixels, labels = torch.tensor(data["pixels"]) / 255, torch.tensor(data["labels"])
random = np.random.default_rng(SEED)
rows = random.permutation(len(labels))
validation, rest = rows[:{validation}], rows[{learned_from}:]
training = {training}
given = labels[training]
{labels}
inputs = (pixels[training] - {mean}) / {deviation}
validation_inputs = ({validation_pixels} - {mean}) / {deviation}{pixel_note}

generator = torch.Generator().manual_seed(SEED)
blocks = []
for number, (into, out) in enumerate(zip(WIDTHS[:-1], WIDTHS[1:])):
    linear, last = nn.Linear(into, out), number == len(WIDTHS) - 2
    weights = torch.randn(out, into, generator=generator) * GAIN / into**0.5
    linear.weight.data = weights * {small} if last else weights
    nn.init.zeros_(linear.bias)
{start}    blocks.append(linear if last else nn.Sequential({hidden})){sigmoid_note}
model = nn.Sequential(*blocks{softmax}){softmax_note}
optimizer = torch.optim.SGD({parameters}, lr=RATE)
size = min({batch}, len(training))
train_losses, validation_losses = [], []

for step in range(STEPS):
    epoch, place = divmod(step, len(training) // size)
{order}
    batch = order[place * size :][:size]
    loss = cross_entropy(model(inputs[batch]), given[batch])
    train_losses.append(loss.item())
    if step % {every} == 0:
        with torch.no_grad():
{validate}
            validation_losses.append(cross_entropy(outputs, labels[validation]).item())
            right = (outputs.argmax(1) == labels[validation]).float().mean()
        print(f"step {{step}}: loss {{loss:.3f}}, in validation {{validation_losses[-1]:.3f}}, "
              f"{{100 * right:.1f}} % right")
{step}'''

EVAL = """            model.eval()
            outputs = model(validation_inputs)
            model.train()"""


def script(case: Case, steps: int = STEPS) -> str:
    """It reads `FILE` and leaves `train_losses` of each step and `validation_losses`."""
    scale, shift = case.validation_pixels
    return SCRIPT.format(
        seed=case.seed, steps=steps, what=_what(case), rate=case.rate, file=FILE, mean=MEAN,
        deviation=DEVIATION, sizes=(INPUTS, *case.widths, CLASSES), validation=VALIDATION,
        learned_from=VALIDATION + FRESH, small=LAST, gain=case.gain, batch=BATCH, every=EVERY,
        rate_note=_note(case.fault in ("rate-high", "rate-low")),
        width_note=_note(case.fault == "small"),
        training=_training(case), labels=_labels(case),
        validation_pixels="pixels[validation]"
        if (scale, shift) == (1, 0)
        else f"({scale:g} * pixels[validation] + {shift:g})",
        pixel_note=_note((scale, shift) != (1, 0)),
        gain_note=_note(case.fault == "saturated"), start=_start(case), hidden=_hidden(case),
        sigmoid_note=_note(case.fault == "vanishing"),
        softmax=", nn.Softmax(1)" if case.twice else "", softmax_note=_note(case.twice),
        parameters=_parameters(case), order=_order(case), validate=_validate(case),
        step=_step(case),
    )  # fmt: skip


@cache
def data() -> bytes:
    """The .npz that a script reads: pixels `(5000, 784)` of 0 to 255, and labels."""
    pixels, labels = digits()
    written = BytesIO()
    np.savez_compressed(
        written, pixels=(pixels * 255).round().byte().numpy(), labels=labels.numpy()
    )
    return written.getvalue()


def _what(case: Case) -> str:
    mode = "with batch norm" if case.normed else "without batch norm"
    return f"{case.layers} dense layers {mode}, {case.training:,} pictures, plain SGD"


def _note(wrong: bool) -> str:
    return FAULT if wrong else ""


def _training(case: Case) -> str:
    leaked = round(case.leaked * VALIDATION)
    if leaked:
        return f"np.concatenate([validation[:{leaked}], rest])[:{case.training}]{FAULT}"
    return f"rest[:{case.training}]{_note(case.fault == 'few')}"


def _labels(case: Case) -> str:
    count = round(case.wrong * case.training)
    if count:
        return (
            f"wrong = random.permutation(len(given))[:{count}]{FAULT}: these get another digit\n"
            f"given[wrong] = (given[wrong] + torch.tensor(random.integers(1, 10, {count}))) % 10\n"
        )
    if case.shifted:
        return f"given = given.roll(1){FAULT}: each has the label of the one before\n"
    if case.in_order:
        by_digit = "by_digit = given.argsort(stable=True)  # as many a file lies\n"
        return by_digit + "training, given = training[by_digit], given[by_digit]\n"
    return ""


def _start(case: Case) -> str:
    layer, bias = case.dead
    if case.equal:
        return f"    nn.init.constant_(linear.weight, {case.equal!r} / into){FAULT}\n"
    if bias:
        return (
            f"    if number == {layer}:\n        nn.init.constant_(linear.bias, {bias!r}){FAULT}\n"
        )
    return ""


def _hidden(case: Case) -> str:
    norm = ["nn.BatchNorm1d(out)"] if case.normed else []
    return ", ".join(["linear", *norm, LAYERS[case.activation]])


def _parameters(case: Case) -> str:
    if case.frozen < 0:
        return "model.parameters()"
    return (
        "[  # the fault: one layer is missing\n"
        f"    one for number, block in enumerate(model) if number != {case.frozen}"
        " for one in block.parameters()\n]"
    )


def _order(case: Case) -> str:
    if case.in_order:
        return f"    order = np.arange(len(training)){FAULT}: never shuffled"
    return "    order = np.random.default_rng([SEED, epoch]).permutation(len(training))"


def _validate(case: Case) -> str:
    if not case.validation_batch:
        return EVAL
    return (
        "            # the fault: no model.eval(), so each batch goes by its own mean\n"
        f"            parts = validation_inputs.split({case.validation_batch})\n"
        "            outputs = torch.cat([model(part) for part in parts])"
    )


def _step(case: Case) -> str:
    zero = "    # the fault: no optimizer.zero_grad()\n" if case.summed else (
        "    optimizer.zero_grad()\n"
    )  # fmt: skip
    back = f"    (-loss).backward(){FAULT}\n" if case.ascending else "    loss.backward()\n"
    return f"{zero}{back}    optimizer.step()\n"
