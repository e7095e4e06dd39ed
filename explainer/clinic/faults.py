"""What can be wrong with a run: what was done, what gives it away, and what mends it."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.registry import Registry
from explainer.words import N_


@dataclass(frozen=True)
class Fault:
    """A fault in words; `instrument` is the slug of the one that shows it best.

    `group` is the part of the training where it sits, `alike` the slugs of the faults that its
    curves are most easily taken for, `plain` whether it is among the first to learn.
    """

    slug: str
    title: str
    group: str
    wrong: str
    sign: str
    cure: str
    instrument: str
    alike: tuple[str, ...]
    plain: bool = False


HEALTHY = "healthy"
NONE, DATA, STEP, NETWORK, EVALUATION = "none", "data", "step", "network", "evaluation"
GROUPS = {
    NONE: N_("Nothing"), DATA: N_("The data"), STEP: N_("The step"),
    NETWORK: N_("The network"), EVALUATION: N_("The evaluation"),
}  # fmt: skip

FAULTS = Registry[Fault](
    N_("fault"),
    Fault(
        HEALTHY, N_("Nothing is wrong"), NONE,
        N_("Nothing was done wrong: data, step, network and evaluation are as they should be."),
        N_(
            "Loss falls and accuracy rises on both parts, and fresh pictures agree with "
            "validation; a small gap between the parts is no fault. A layer that is missing from "
            "the optimiser can look the same: the steps tell."
        ),
        N_("There is nothing to mend; more pictures are what closes the gap that is left."),
        "fresh", ("frozen",), plain=True,
    ),
    Fault(
        "rate-high", N_("Learning rate too high"), STEP,
        N_("The learning rate is 30 to 120 times what it should be: each step overshoots."),
        N_(
            "The loss leaps up within the first steps and then overflows or stays at ln 10 ≈ 2.30 "
            "or above; the first step of a layer is longer than its weights. Units may be dead "
            "in the end, but they were not at the start. Gradients that are never zeroed end "
            "alike, but begin well."
        ),
        N_("Divide the rate by ten until the loss falls from the first steps on."),
        "steps", ("summed", "dead"), plain=True,
    ),
    Fault(
        "rate-low", N_("Learning rate too low"), STEP,
        N_("The learning rate is a hundred to four hundred times too small."),
        N_(
            "Neither loss gets anywhere: validation falls a little, step by step, while training "
            "only wobbles. Every layer’s step is about a thousandth of its weights or less, though "
            "its gradient is as large as in a healthy run. Vanishing gradients look alike, but "
            "there the last layer does move."
        ),
        N_("Multiply the rate by ten for as long as the loss falls steadily; a range test helps."),
        "steps", ("vanishing", "twice"), plain=True,
    ),
    Fault(
        "ascent", N_("Sign of the step wrong"), STEP,
        N_("The gradient is added where it should be subtracted, here by small steps."),
        N_(
            "The loss rises from the first steps on, ever faster, and no more than guessing is "
            "right, often less: the network learns to be wrong. Too high a rate makes the loss "
            "rise as well, but by a leap, and its first step is longer than the weights."
        ),
        N_("Subtract the gradient; where something is to grow, minimise its negative."),
        "steps", ("rate-high",), plain=True,
    ),
    Fault(
        "summed", N_("Gradients never zeroed"), STEP,
        N_("The gradients are never set to zero: each step is taken with the sum of all so far."),
        N_(
            "The run begins like a healthy one, even faster, then the loss turns and climbs; the "
            "gradient of the step grows several times over in the first ten steps, while the loss "
            "falls. Too high a rate ends alike, but leaps up at once."
        ),
        N_("Call optimizer.zero_grad() before each backward pass."),
        "gradients", ("rate-high", "dead"),
    ),
    Fault(
        "frozen", N_("A layer missing from the optimiser"), STEP,
        N_("The parameters of one layer were never given to the optimiser."),
        N_(
            "The curves look healthy, or a little slow, since the other layers learn around it; "
            "only the steps tell: those of one layer are exactly 0, while its gradient is not. "
            "It is easily mistaken for a run with nothing wrong."
        ),
        N_("Give the optimiser model.parameters(), and check that a step changes each of them."),
        "steps", (HEALTHY,),
    ),
    Fault(
        "twice", N_("Softmax before cross-entropy"), STEP,
        N_("The network ends with softmax, and the cross-entropy takes softmax a second time."),
        N_(
            "The loss stays high though the accuracy rises: together they make about 2.46. No "
            "picture can cost less than 1.46 nor more than 2.46, not even the worst. Too low a "
            "rate is as slow, but its accuracy stays low with it."
        ),
        N_("Give the cross-entropy the logits; take softmax only where probabilities are shown."),
        "worst", ("rate-low", "small"),
    ),
    Fault(
        "sorted", N_("Batches sorted by digit"), DATA,
        N_("The training part is sorted by digit and never shuffled."),
        N_(
            "The training loss is low, but leaps whenever the next digit comes; validation swings "
            "far below, and the last batch shows one digit or two. A rate too high swings as "
            "well, but its batches are mixed."
        ),
        N_("Shuffle the training part before each epoch: shuffle=True."),
        "batch", ("rate-high", "scaled"),
    ),
    Fault(
        "few", N_("Too few training pictures"), DATA,
        N_("There are 40 to 100 training pictures, which the network learns by heart."),
        N_(
            "Training is soon perfect, while validation stands still far below, and fresh "
            "pictures agree with validation. Validation prepared otherwise, or asked with batch "
            "norm in training mode, leaves a gap too, but there fresh pictures do better."
        ),
        N_("More pictures, or augmented ones; penalties and stopping early are the next best."),
        "fresh", ("scaled", "batch-norm"), plain=True,
    ),
    Fault(
        "noise", N_("Many wrong labels"), DATA,
        N_("Three to five in ten training labels are another digit’s; validation’s are right."),
        N_(
            "Validation does better than training, and the costliest training pictures show one "
            "digit and are labelled another. A network that is too small is as poor in training, "
            "but no better in validation."
        ),
        N_("Look at the costliest pictures, and mend their labels or leave them out."),
        "worst", ("small", "twice"),
    ),
    Fault(
        "shifted", N_("Labels shifted against pictures"), DATA,
        N_("In the file each training picture has the label of the one before: a row off."),
        N_(
            "Training stays near ln 10 ≈ 2.30 for long and then learns a little by heart; "
            "validation stays at guessing and its loss rises. In the batch, labels have nothing "
            "to do with pictures; since it is shuffled, the shift itself cannot be seen there. "
            "Dead units also stay at ln 10, but learn nothing in training either."
        ),
        N_("Shuffle pictures and labels together, and look at a batch before training."),
        "batch", ("rate-low", "vanishing", "dead"),
    ),
    Fault(
        "dead", N_("Dead units"), NETWORK,
        N_("The biases of one hidden layer start so low that its ReLU units give 0 to nearly all."),
        N_(
            "The loss begins at ln 10 ≈ 2.303 to the third digit and stays there, or leaves late; "
            "before the first step nearly all units of one layer are dead, and with them the "
            "gradients before it. Vanishing gradients look alike, but all units answer."
        ),
        N_("Start biases at 0; a leaky ReLU keeps a slope where it is negative."),
        "units", ("vanishing", "equal", "rate-low"),
    ),
    Fault(
        "equal", N_("All weights start equal"), NETWORK,
        N_("All weights start at the same number, so the units of a layer are copies for ever."),
        N_(
            "The loss begins at ln 10, falls and stops far from 0, with two or three answers in "
            "ten right: every unit has a twin. A network that is too small stops as well, but its "
            "units differ."
        ),
        N_("Draw the weights at random; biases may start equal."),
        "units", ("small", "dead"),
    ),
    Fault(
        "vanishing", N_("Vanishing gradients"), NETWORK,
        N_("Four or five layers of sigmoids in a row: each slope is ¼ at most, and they multiply."),
        N_(
            "The loss stays near ln 10 ≈ 2.30; the gradient shrinks from layer to layer towards "
            "the input, and only the last layer moves. Too low a rate looks alike, but there all "
            "layers creep; dead units have no gradient at all."
        ),
        N_("ReLU, with weights of deviation √(2/inputs) (He et al. 2015); or skip connections."),
        "gradients", ("dead", "rate-low", "shifted"),
    ),
    Fault(
        "saturated", N_("Weights start too large"), NETWORK,
        N_("The weights start 5 to 9 times too large, so the tanh units stand at their flat ends."),
        N_(
            "The loss begins well above ln 10 ≈ 2.30 and falls slowly; before the first step most "
            "answers of each hidden layer are at a flat end. Too low a rate is slow as well, but "
            "begins near ln 10."
        ),
        N_("Draw weights of deviation 1/√inputs for tanh (LeCun et al. 1998)."),
        "units", ("small", "rate-low"),
    ),
    Fault(
        "small", N_("Network too small"), NETWORK,
        N_("One hidden layer has two or three units, and everything has to pass through it."),
        N_(
            "Training and validation are equally poor and stay together, and one layer has a "
            "handful of units at most. Wrong labels keep training as poor, but not validation; "
            "equal weights do too, but there the units are twins."
        ),
        N_("Widen the narrowest layer until the training loss can fall."),
        "units", ("equal", "twice", "noise"), plain=True,
    ),
    Fault(
        "scaled", N_("Validation prepared otherwise"), EVALUATION,
        N_("The validation pixels are inverted, or of 0 to 255, or of half the contrast."),
        N_(
            "Training and fresh pictures are as they should be, validation is far worse; mean and "
            "deviation of its inputs are not those of training. Too few pictures leave such a gap "
            "too, but their inputs agree."
        ),
        N_("Prepare both parts by one function, with the numbers of the training part."),
        "batch", ("batch-norm", "few", "sorted"),
    ),
    Fault(
        "leak", N_("Validation pictures in training"), EVALUATION,
        N_("Most of the validation pictures are among the training pictures."),
        N_(
            "Validation keeps up with training to the last few percent, which is too good to be "
            "true: fresh pictures do far worse. In a healthy run validation and fresh pictures "
            "agree."
        ),
        N_("Divide before anything else, look for copies, and believe the lower number."),
        "fresh", (HEALTHY,),
    ),
    Fault(
        "batch-norm", N_("Batch norm left in training mode"), EVALUATION,
        N_("Validation takes batch norm’s mean and variance from the few pictures at hand."),
        N_(
            "Training is healthy, validation lower; asked one picture at a time the network only "
            "guesses, since each picture is its own mean. (PyTorch’s BatchNorm1d refuses a batch "
            "of one picture; BatchNorm2d takes it without a warning.) Validation prepared "
            "otherwise looks alike, but there single pictures do no worse."
        ),
        N_("Call model.eval() before validation, and model.train() after it."),
        "fresh", ("scaled", "few"),
    ),
)  # fmt: skip
