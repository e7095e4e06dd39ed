"""What a reader predicts at the end of each page, and where the page shows it.

Every answer is worked out by the test of this file.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from explainer.words import N_


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A question about what the page shows.

    `answer` is the place of the right one among `options`, `why` its reason, and `query` what the
    link to the page says, so that it shows it.
    """

    question: str
    options: tuple[str, ...]
    answer: int
    why: str
    query: dict[str, str] = field(default_factory=dict)


PREDICTIONS: dict[str, Prediction] = {
    "filters": Prediction(
        question=N_(
            "A 3 × 3 box, nine weights of 1/9, is applied twice. Which single kernel does the same?"
        ),
        options=(
            N_("A 5 × 5 kernel with its largest weight in the middle"),
            N_("A 3 × 3 box, for a mean stays a mean"),
            N_("A 5 × 5 box, 25 weights of 1/25"),
        ),
        answer=0,
        why=N_(
            "The middle pixel is in all nine windows that are averaged, a corner pixel in one: the "
            "weights are 9/81 in the middle and 1/81 in the corners."
        ),
        query={"filters.kernel": "box", "filters.size": "3", "filters.tab": "two-in-a-row"},
    ),
    "why_convolution": Prediction(
        question=N_(
            "The picture becomes twice as wide and twice as high, and so do the feature maps. How "
            "many times as many weights has the layer?"
        ),
        options=(
            N_("Dense 4 times, convolution 4 times"),
            N_("Dense 16 times, convolution as many as before"),
            N_("Dense 4 times, convolution as many as before"),
        ),
        answer=1,
        why=N_(
            "A dense layer has a weight for each pair of an input and an output, and there are 4 "
            "times as many of both. A convolution has its window, wherever it lies."
        ),
        query={"why_convolution.side": "512"},
    ),
    "feature_maps": Prediction(
        question=N_(
            "After two 3 × 3 convolutions a number sees 5 × 5 pixels. Max pooling of 2 × 2 and a "
            "third 3 × 3 convolution follow. How many does it see now?"
        ),
        options=(N_("7 × 7"), N_("8 × 8"), N_("10 × 10"), N_("12 × 12")),
        answer=2,
        why=N_(
            "Pooling makes it 6 × 6, and from there on neighbours are two pixels apart: a 3 × 3 "
            "window reaches two pixels further on each side, not one."
        ),
        query={"feature_maps.network": "vgg", "feature_maps.layer": "conv2_1"},
    ),
    "attribution": Prediction(
        question=N_(
            "Integrated gradients go from black to the picture. What do all pixels of the map add "
            "up to?"
        ),
        options=(
            N_("The logit of the class"),
            N_("The logit of the picture less the logit of black"),
            N_("1, as probabilities do"),
        ),
        answer=1,
        why=N_(
            "The integral of a gradient along a way is the difference between its ends "
            "(completeness; Sundararajan et al. 2017). With finitely many steps it is nearly so."
        ),
        query={"attribution.method": "integrated-gradients"},
    ),
    "activations": Prediction(
        question=N_("At 0 the sigmoid has the slope 0.25. Which has it at 6?"),
        options=(N_("About 0.1"), N_("About 0.02"), N_("About 0.0025")),
        answer=2,
        why=N_("The slope is σ(1 − σ), and σ(6) is 0.9975: a hundredth of the steepest is left."),
        query={"activations.functions": "sigmoid", "activations.x": "6"},
    ),
    "depth": Prediction(
        question=N_(
            "Thirty layers of ReLU, 256 units each, weights with Xavier's variance 1/n. How much "
            "of the gradient's length reaches the first layer?"
        ),
        options=(
            N_("Nearly all of it"),
            N_("About half"),
            N_("About a thousandth"),
            N_("Less than a ten-thousandth"),
        ),
        answer=3,
        why=N_(
            "ReLU stops half of the gradient's square at every layer, so its length is multiplied "
            "by 0.7, twenty-nine times. He's 2/n is made to take that back."
        ),
        query={"depth.preset": "xavier-or-he"},
    ),
    "gradient_check": Prediction(
        question=N_(
            "In float64 a central difference is computed with ε of 10⁻⁵, then with 10⁻⁹. What "
            "becomes of its error?"
        ),
        options=(
            N_("It gets more than a hundred times larger"),
            N_("It gets smaller, for ε is nearer to 0"),
            N_("It stays about the same"),
        ),
        answer=0,
        why=N_(
            "Below the best ε rounding rules: the difference of two nearly equal losses is off by "
            "about one rounding, and that is divided by ε."
        ),
        query={"gradient_check.epsilon": "1e-9"},
    ),
    "landscape": Prediction(
        question=N_(
            "All weights into one ReLU layer are multiplied by 8, those out of it divided by 8. "
            "The network computes the same. What does λmax do?"
        ),
        options=(
            N_("It stays the same, as the loss does"),
            N_("It changes, by more than a factor of ten"),
        ),
        answer=1,
        why=N_(
            "The loss is the same, but its derivatives are with respect to the weights: a step of "
            "the same length means 8 times more to the weights that were divided "
            "(Dinh et al. 2017)."
        ),
        query={"landscape.preset": "rescaled"},
    ),
    "training_lab": Prediction(
        question=N_(
            "The same network trains on 40 examples, and on 1,000. In which case is its training "
            "loss lower after the same number of steps?"
        ),
        options=(N_("With 40 examples"), N_("With 1,000 examples")),
        answer=0,
        why=N_(
            "Forty are soon learned by heart. The training loss says nothing of what was "
            "understood: the validation loss is the higher one there."
        ),
        query={"training_lab.digits.train_size": "40"},
    ),
    "metrics": Prediction(
        question=N_(
            "One person in a thousand is ill. A test finds 99 % of the ill, and calls 1 % of the "
            "healthy ill as well. Of all who are called ill, how many are?"
        ),
        options=("99 %", "50 %", "9 %", "1 %"),
        answer=2,
        why=N_(
            "Of 100,000 people 99 of the 100 ill are found, and 999 of the 99,900 healthy are "
            "called ill with them: 99 of 1,098."
        ),
        query={"metrics.tab": "cost"},
    ),
    "penalties": Prediction(
        question=N_(
            "A weight is 0.001, and λ is the same for both. Which penalty pulls harder at it?"
        ),
        options=(N_("L1"), N_("L2"), N_("Both pull equally")),
        answer=0,
        why=N_(
            "L1 pulls with λ, however small the weight; L2 pulls with λ times the weight, a "
            "thousandth of that. So L1 brings small weights to 0, and L2 leaves them alone."
        ),
        query={"penalties.tab": "force"},
    ),
    "dropout": Prediction(
        question=N_(
            "While it learns, a unit is dropped with probability 0.3, and nothing is divided. By "
            "what is it multiplied at test time, so that what it gives is right on average?"
        ),
        options=("0.3", "0.7", "1"),
        answer=1,
        why=N_(
            "By the keep probability, 1 − 0.3: so often the unit was there. At one half nobody "
            "notices a mix-up; at 0.3 it costs, as the part on test time shows."
        ),
        query={"dropout.tab": "test_time"},
    ),
    "optimisers": Prediction(
        question=N_(
            "On a bowl of curvature λ, gradient descent blows up where the learning rate is larger "
            "than 2/λ. From which rate on does it with Nesterov’s momentum, at β = 0.9?"
        ),
        options=("20/λ", "3.8/λ", "2/λ", "1.36/λ"),
        answer=3,
        why=N_(
            "The limit is (2 + 2β)/((1 + 2β)λ): looking ahead makes it *lower* than that of plain "
            "gradient descent. Heavy-ball momentum has 2(1 + β)/λ, which is 3.8/λ."
        ),
        query={"optimisers.tab": "limit"},
    ),
    "losses": Prediction(
        question=N_(
            "Nine points lie 1 above or below a line, a tenth lies 10 above it. Which share of all "
            "the pull on the line is the tenth point’s, with squared error?"
        ),
        options=("10 %", "34 %", "53 %", "92 %"),
        answer=2,
        why=N_(
            "A point’s pull is the derivative of its loss, which for squared error grows with the "
            "distance: 10 of 9 + 10. With absolute error it would be a tenth. (Of the *loss* it "
            "has 92 %.)"
        ),
        query={},
    ),
    "clinic": Prediction(
        question=N_(
            "A network for ten classes knows nothing yet: all its logits are 0. At which "
            "cross-entropy does a healthy curve begin?"
        ),
        options=("0.1", "1", "2.3", "10"),
        answer=2,
        why=N_(
            "Each class has probability 1/10, and −log(1/10) = ln 10 ≈ 2.303. A first loss far "
            "above it says that the first weights or the inputs are too large."
        ),
        query={"clinic.tab": "order"},
    ),
    "overfitting": Prediction(
        question=N_(
            "Noise with a standard deviation of 0.3 lies on everything that is measured. A curve "
            "passes exactly through all points it was fitted to. What is the least mean squared "
            "error on new measurements that any curve can have?"
        ),
        options=("0", "0.03", "0.09", "0.3"),
        answer=2,
        why=N_(
            "Even the truth itself misses new measurements by their noise, σ² = 0.3² on average. "
            "That is the Bayes error; an error of 0 on the points one fitted says nothing of it."
        ),
    ),
    "splits": Prediction(
        question=N_(
            "A network gets 90 of 100 test pictures right. Between which shares may the accuracy "
            "lie that it would have on all such pictures, with 95 % confidence?"
        ),
        options=("89.5 – 90.5 %", "87 – 93 %", "82 – 95 %", "70 – 99 %"),
        answer=2,
        why=N_(
            "The exact binomial interval is 82.4 to 95.1 %. For a fifth of its width one needs "
            "25 times as many pictures: the number counts, not the percentage that is set aside."
        ),
        query={"splits.tab": "how_large"},
    ),
    "augmentation": Prediction(
        question=N_(
            "A pipeline flips every second picture, and makes every tenth grey, each on its own. "
            "Which share of the samples is the picture as it was?"
        ),
        options=("40 %", "45 %", "50 %", "90 %"),
        answer=1,
        why=N_(
            "Half of them are not flipped, and of these nine tenths are not made grey: 0.5 × 0.9. "
            "With every further transformation fewer samples are left as they were."
        ),
    ),
}
