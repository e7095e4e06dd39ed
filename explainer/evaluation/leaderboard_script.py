"""The robot of the leaderboard as a script of its own."""

from __future__ import annotations

from explainer.evaluation.contest import HIDDEN, MOST_DEVELOPMENT
from explainer.evaluation.ladder import STEPS
from explainer.evaluation.leaderboard import MOST_LOOKS, ROBOT

SCRIPT = '''"""A robot that knows nothing climbs a leaderboard (Blum and Hardt 2015)."""

import numpy as np

N, LOOKS, LADDER, SEED = {size}, {looks}, {ladder}, {seed}

# Even and odd take turns; the first N are the development set, the last {hidden} are hidden.
truth = np.arange({most} + {hidden}) % 2
coins = np.random.default_rng((SEED, {who})).integers(0, 2, (1 + {rows}, len(truth)), np.uint8)
right = coins == truth

vote = 2.0 * right[0] - 1  # one coin more, which breaks ties
board = None
for guess in right[1 : LOOKS + 1]:
    score = int(guess[:N].sum())
    news = True
    if LADDER:  # only what beats the board by more than a step is told, rounded to the step
        news = board is None or score * {steps} > (board + 1) * N
        if news:
            board = (2 * score * {steps} + N) // (2 * N)
    if news and 2 * score > N:
        vote += 2 * (2.0 * guess - 1)

development, hidden = (vote[:N] > 0).mean(), (vote[{most}:] > 0).mean()
print(f"after {{LOOKS:,}} looks {{100 * development:.1f}} % on the development set of {{N}},")
print(f"{{100 * hidden:.1f}} % on {{len(vote[{most}:]):,}} hidden digits")
'''


def script(seed: int, size: int, looks: int, *, ladder: bool) -> str:
    """It leaves `development` and `hidden`, the shares that the robot's vote has right."""
    return SCRIPT.format(
        size=size, looks=looks, ladder=ladder, seed=seed, who=ROBOT, hidden=HIDDEN,
        most=MOST_DEVELOPMENT, rows=MOST_LOOKS, steps=STEPS,
    )  # fmt: skip
