"""Stories to begin with: a plan, what to watch, what is seen and why."""

from __future__ import annotations

from dataclasses import dataclass

from explainer.gradients.landscape.plan import PATH, SurveyPlan
from explainer.gradients.landscape.setup import Setup
from explainer.registry import Registry
from explainer.story import Story
from explainer.words import N_


@dataclass(frozen=True, kw_only=True)
class LandscapePreset(Story):
    """A story with the survey that shows it."""

    plan: SurveyPlan


PRESETS = Registry[LandscapePreset](
    N_("story"),
    LandscapePreset(
        slug="path",
        title=N_("The path down"),
        watch=N_(
            "**Watch** the path on its own best plane, which runs down into the bowl. Then compare "
            "two losses: that of the network and that of its foot on the plane."
        ),
        seen=N_(
            "The two best directions hold more than nine tenths of the path (of its squared "
            "distances from the end), and yet half of the checkpoints are more than three tenths "
            "off the plane. At four in five of them the true loss is higher than the loss of its "
            "foot: the drawn line runs through places that training never saw."
        ),
        why=N_(
            "Each batch pushes the weights to and fro in many directions at once. The plane keeps "
            "the common drift and averages the rest away. That two directions hold so much is no "
            "sign of a simple path: a random walk of as many steps has nine tenths in its best "
            "plane too (8/π² · 10/9 = 0.90; compare Antognini and Sohl-Dickstein 2018)."
        ),
        plan=SurveyPlan(Setup(layers=8), directions=PATH),
    ),
    LandscapePreset(
        slug="skips",
        title=N_("With and without skips"),
        watch=N_(
            "**Watch** two networks of 20 layers, the same but for the skips: how low the loss is "
            "at the centre, how sharp the minimum, and how alike the two bowls are otherwise."
        ),
        seen=N_(
            "With most seeds, the loss at the end with skips is less than a twentieth of that "
            "without, and λ less than a tenth; now and then one of the last steps throws a network "
            "up again, so try other seeds. The planes themselves look alike: two bowls, of which "
            "about a tenth lies below a loss of 1. Nothing here is chaotic."
        ),
        why=N_(
            "A skip hands the gradient past its two layers as well as through them, and training "
            "gets further in the same 200 steps. The mountains and cracks of the famous pictures "
            "without skips belong to networks of 56 layers and more; at 20 layers Li et al. (2018) "
            "saw a bowl, too."
        ),
        plan=SurveyPlan(Setup(layers=20, batch_norm=True), "skips"),
    ),
    LandscapePreset(
        slug="batch-norm",
        title=N_("Batch norm"),
        watch=N_(
            "**Watch** how steeply the loss rises with and without batch norm, and λ. Then switch "
            "off “Batch norm measures anew” under Plane settings, and watch the second picture "
            "close in."
        ),
        seen=N_(
            "With batch norm, measuring each layer's mean and variance at every point, half of the "
            "plane lies below a loss of about 3, without it only below 6 or more, and λ is a tenth "
            "or less. With the running averages instead, the very same weights have about half as "
            "much of the plane below a loss of 1."
        ),
        why=N_(
            "Measured anew, batch norm takes back much of what a changed filter does to the scale "
            "of its maps, which makes the loss smoother (Santurkar et al. 2018). Averages kept "
            "from training fit the trained weights alone. Both pictures are true, of two different "
            "losses: what training descends, and what the finished network has."
        ),
        plan=SurveyPlan(Setup(layers=8), "norm", recomputed=True),
    ),
    LandscapePreset(
        slug="batches",
        title=N_("Small and large batches"),
        watch=N_(
            "**Watch** two answers to one question, which minimum is flatter: the light area of "
            "the picture, and λ in the table."
        ),
        seen=N_(
            "The picture says that the small batches ended in the flatter place: more than twice "
            "the area lies below a loss of 1. λ says the opposite: the small batches have the "
            "larger. On validation neither is clearly ahead."
        ),
        why=N_(
            "Keskar et al. (2017) found that large batches end in sharp minima. Here the large "
            "ones have got further in their 400 steps, to a loss near 0, and there the curvature "
            "fades with the loss; the picture looks a whole filter length away, λ no distance at "
            "all. Sharpness is not one thing, so ask how it was measured."
        ),
        plan=SurveyPlan(Setup(layers=8, batch_norm=True, steps=400), "batch"),
    ),
    LandscapePreset(
        slug="rescaled",
        title=N_("Sharp, flat, or the same?"),
        watch=N_(
            "**Watch** the two networks' losses, their planes, and λ. The second is the first with "
            "the outputs of some layers multiplied by 8, and the weights behind them divided by 8."
        ),
        seen=N_(
            "Both give every picture the same logits, the two planes agree at every point, and "
            "λ differs by a factor of more than ten."
        ),
        why=N_(
            "ReLU passes a positive factor through, so the function stays the same while the "
            "weights, and derivatives with respect to them, change: sharpness alone can be "
            "rescaled away (Dinh et al. 2017). Scaling the directions filter by filter takes the "
            "factor out again. Under Plane settings, choose the length “As a whole”, and the "
            "planes part, too."
        ),
        plan=SurveyPlan(Setup(layers=8), "rescaled"),
    ),
    LandscapePreset(
        slug="planes",
        title=N_("One plane can mislead"),
        watch=N_(
            "**Watch** six random planes through one network: how much they agree, where the path "
            "is, and the curvature along their directions beside λ."
        ),
        seen=N_(
            "All six show the same bowl. The path is a dot at the centre: the network was never "
            "less than 99 % off these planes. And the curvature along each of the twelve "
            "directions is less than a hundredth of λ: the most strongly curved direction is in no "
            "picture."
        ),
        why=N_(
            "In thousands of dimensions a random direction is nearly at a right angle to anything "
            "in particular, to the path and to the most strongly curved direction as well. So "
            "random planes agree with each other, and agree in what they miss. Switch to the path "
            "of training and look again."
        ),
        plan=SurveyPlan(Setup(layers=8), planes=6, points=25),
    ),
)
