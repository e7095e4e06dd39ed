"""Stories to begin with: a plan, what to watch, what is seen and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explainer.gradients.landscape import findings
from explainer.gradients.landscape.plan import PATH, SurveyPlan
from explainer.gradients.landscape.setup import Setup
from explainer.gradients.landscape.views import Snapshot
from explainer.registry import Registry
from explainer.story import Story
from explainer.words import N_


@dataclass(frozen=True, kw_only=True)
class LandscapePreset(Story):
    """A story with the survey that shows it; `told` says what is seen from its numbers."""

    plan: SurveyPlan
    told: Callable[[Snapshot], str]


PRESETS = Registry[LandscapePreset](
    N_("story"),
    LandscapePreset(
        slug="path",
        title=N_("The path down"),
        watch=N_(
            "**Watch** the path on its own best plane, which runs down into the bowl. Then compare "
            "two losses: that of the network and that of its projection onto the plane."
        ),
        told=findings.path,
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
            "at the centre, how sharp the minimum, and what the two bowls look like otherwise."
        ),
        told=findings.skips,
        why=N_(
            "A skip hands the gradient past its two layers as well as through them, and training "
            "gets further in the same 200 steps. The mountains and cracks of the famous pictures "
            "without skips belong to networks of 56 layers and more; at 20 layers Li et al. (2018) "
            "saw a bowl, too."
        ),
        plan=SurveyPlan(Setup(layers=20, batch_norm=True, learning_rate=0.02), "skips", points=25),
    ),
    LandscapePreset(
        slug="batch-norm",
        title=N_("Batch norm"),
        watch=N_(
            "**Watch** how steeply the loss rises with and without batch norm, and λmax. Then "
            "switch off *Batch norm measures anew* under Plane settings, and watch the second "
            "picture close in."
        ),
        told=findings.batch_norm,
        why=N_(
            "Measured anew, batch norm takes back much of what a changed filter does to the scale "
            "of its maps, which makes the loss smoother (Santurkar et al. 2018). Averages kept "
            "from training fit the trained weights alone: with them the very same weights have "
            "about half as much of the plane below a loss of 1. Both pictures are true, of two "
            "different losses: what training descends, and what the finished network has."
        ),
        plan=SurveyPlan(Setup(layers=8), "norm", recomputed=True),
    ),
    LandscapePreset(
        slug="batches",
        title=N_("Small and large batches"),
        watch=N_(
            "**Watch** two answers to one question, which minimum is flatter: the light area of "
            "the picture, and λmax in the table."
        ),
        told=findings.batches,
        why=N_(
            "Keskar et al. (2017) found that large batches end in sharp minima. Here the large "
            "ones have got further in their 400 steps, to a loss near 0, and there the curvature "
            "fades with the loss; the picture looks a whole filter length away, λmax no distance "
            "at all. Sharpness is not one thing, so ask how it was measured."
        ),
        plan=SurveyPlan(Setup(layers=8, batch_norm=True, steps=400), "batch"),
    ),
    LandscapePreset(
        slug="rescaled",
        title=N_("Sharp, flat, or the same?"),
        watch=N_(
            "**Watch** the two networks' losses, their planes, and λmax. The second is the first "
            "with the outputs of some layers multiplied by 8, and the weights behind them divided "
            "by 8."
        ),
        told=findings.rescaled,
        why=N_(
            "ReLU passes a positive factor through, so the function stays the same while the "
            "weights, and derivatives with respect to them, change: sharpness alone can be "
            "rescaled away (Dinh et al. 2017). Scaling the directions filter by filter takes the "
            "factor out again. Under Plane settings, choose the length *As a whole*, and the "
            "planes part, too."
        ),
        plan=SurveyPlan(Setup(layers=8), "rescaled"),
    ),
    LandscapePreset(
        slug="planes",
        title=N_("One plane can mislead"),
        watch=N_(
            "**Watch** six random planes through one network: how much they agree, where the path "
            "is, and the curvature along their directions beside λmax."
        ),
        told=findings.several_planes,
        why=N_(
            "In thousands of dimensions a random direction is nearly at a right angle to anything "
            "in particular, to the path and to the most strongly curved direction as well. So "
            "random planes agree with each other, and agree in what they miss. Switch to the path "
            "of training and look again."
        ),
        plan=SurveyPlan(Setup(layers=8), planes=6, points=25),
    ),
)
