"""Going back in a race: what is kept, going on from there to the last bit, and branches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import torch

from explainer.training.augmentation.pipeline import step
from explainer.training.data.splits import Prepared
from explainer.training.engine.devices import ALL_AT_ONCE, Device, device
from explainer.training.engine.race import Race, Settings
from explainer.training.engine.rewind import kept_steps
from explainer.training.engine.rewind.branch import BRANCH
from explainer.training.engine.rewind.kept_steps import EVENLY, RECORD_BYTES
from explainer.training.engine.run import Run
from explainer.training.engine.run_group import Way
from explainer.training.instruments.mistakes import answers
from explainer.training.instruments.next_step import next_batch, next_drops
from explainer.training.instruments.weights import weigh
from explainer.training.measurement.run_record import Status
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.measurement.weight_frames import MOST_FRAMES
from explainer.training.recipe.recipe import Network, Recipe, Regularisation, Training

CPU, AHEAD = device("cpu"), Device("cpu", "A GPU", ALL_AT_ONCE, Way.AHEAD)
MLP = Network(kind="mlp", depth=1, width=16)
CNN = Network(kind="cnn", blocks=1, channels=4, width=8)
SHORT = Training(steps=120, learning_rate=0.02)
KEPT = Settings(kept_steps=40)

EXACT = {
    "momentum": Recipe(MLP, training=SHORT),
    "adam": Recipe(MLP, training=replace(SHORT, optimiser="adam", learning_rate=0.003)),
    "dropout": Recipe(MLP, Regularisation(dropout=0.5), SHORT),
    "dropconnect": Recipe(MLP, Regularisation(dropconnect=0.3), SHORT),
    "augmentation": Recipe(CNN, training=SHORT, augmentation=(step("shift"), step("noise"))),
    "batch norm": Recipe(replace(CNN, batch_norm=True), training=SHORT),
    "stochastic pooling": Recipe(replace(CNN, pooling="stochastic"), training=SHORT),
    "cosine": Recipe(MLP, training=replace(SHORT, schedule="cosine")),
    "plateau": Recipe(MLP, training=replace(SHORT, schedule="plateau", learning_rate=0.5)),
    "early stopping": Recipe(MLP, Regularisation(patience=60), replace(SHORT, learning_rate=0.2)),
}


def race(
    data: Prepared, *recipes: Recipe, settings: Settings = KEPT, where: Device = CPU, seeds: int = 1
) -> Race:
    return Race(recipes, data, seeds=range(seeds), settings=settings, device=where)


def run_out(one: Race, steps: int = 0) -> Snapshot:
    """Let the race do so many steps, or all if they are 0."""
    one.step(steps) if steps else one.play()
    while one.has_work:
        one.run_slice(0.05)
    return one.snapshot


def loss_of(seen: Snapshot) -> float:
    """The last validation loss of the first run."""
    return float(seen.runs[0].curves.validation_loss[-1])


def asked(one: Race, what: Any) -> Any:
    """What the worker answers."""
    while one.has_work:
        one.run_slice(0)
    return what.result(timeout=0)


def ends(one: Race) -> list[list[str]]:
    """All that a race comes to, run by run, to the last bit."""

    def question(runs: Sequence[Run]) -> list[str]:
        return [str([one.tolist() for one in run.model.state_dict().values()]) for run in runs]

    runs = run_out(one).runs
    curves = ("step", "batch_loss", "validation_loss")
    return [
        [
            *(str(getattr(run.curves, name).tolist()) for name in curves),
            str((run.step, run.status, run.explanation, run.last, run.best, run.test)),
            str([mark for mark in run.marks if mark.what != BRANCH]),
            weights,
        ]
        for run, weights in zip(runs, asked(one, one.ask(question)), strict=True)
    ]


def assert_goes_on(data: Prepared, *recipes: Recipe, at: int = 64, **how: Any) -> None:
    """A branch without a change ends as the race that it leaves, and so does a branch of it."""
    one = race(data, *recipes, **how)
    wanted = ends(one)
    branch = asked(one, one.branch(at))
    assert (branch.snapshot.step, branch.snapshot.fork.step) == (at, at)
    run_out(branch, 20)
    later = asked(branch, branch.branch(at + 20))
    assert later.snapshot.step == at + 20
    assert ends(branch) == wanted
    assert ends(later) == wanted


@pytest.mark.parametrize("name", EXACT)
def test_going_on_from_a_kept_step_gives_the_same_numbers(name: str, few_digits: Prepared) -> None:
    assert_goes_on(few_digits, EXACT[name])


@pytest.mark.parametrize("where", [CPU, AHEAD], ids=["in turn", "ahead"])
def test_a_stack_goes_on_from_a_kept_step_with_the_same_numbers(
    where: Device, few_digits: Prepared
) -> None:
    network = replace(CNN, batch_norm=True, pooling="stochastic")
    recipes = [
        Recipe(network, held, replace(SHORT, optimiser="adam", schedule=schedule), steps)
        for held, schedule, steps in (
            (Regularisation(dropout=0.5), "cosine", ()),
            (Regularisation(map_dropout=0.2, l1_proximal=1e-3), "plateau", (step("shift"),)),
            (Regularisation(label_smoothing=0.1), "constant", (step("mixup"),)),
        )
    ]
    one = race(few_digits, *recipes, where=where)
    assert one.snapshot.groups in ((3,), (2, 1))
    assert_goes_on(few_digits, *recipes, where=where)


def test_a_race_that_keeps_its_steps_gives_the_numbers_of_one_that_does_not(
    few_digits: Prepared,
) -> None:
    recipes = EXACT["dropout"], EXACT["cosine"]
    assert ends(race(few_digits, *recipes)) == ends(race(few_digits, *recipes, settings=Settings()))


def test_early_steps_are_kept_closely_and_the_rest_evenly(few_digits: Prepared) -> None:
    tiny = Recipe(Network(kind="mlp", depth=0), training=replace(SHORT, steps=100_000))
    one = race(few_digits, tiny, settings=Settings(kept_steps=20))
    for length in (100, 1000, 3000):
        steps = [kept.step for kept in run_out(one, length - one.snapshot.step).kept]
        assert len(steps) <= 20
        assert {0, 1} < set(steps)
        assert steps == sorted(steps)
        assert all(now.bit_count() < 2 or now % EVENLY == 0 for now in steps)
    gaps = [after - before for before, after in pairwise(steps)]
    assert sum(now < 100 for now in steps) >= 4
    assert max(gaps) <= 3000 / 6
    assert all(kept.whole for kept in one.snapshot.kept)


def with_room(steps: float, data: Prepared, recipe: Recipe) -> Settings:
    """Settings for a run with momentum that leave room for so many steps that are kept whole."""
    bare = run_out(race(data, recipe, settings=Settings()))
    whole = 3 * bare.checkpoint_bytes + RECORD_BYTES
    film = bare.runs[0].film
    more = (MOST_FRAMES - len(film)) * film[0][1].nbytes
    rest = bare.history_bytes + more + bare.checkpoint_bytes
    return Settings(kept_steps=40, most_bytes=rest + int(steps * whole))


def test_what_is_kept_stays_within_the_bytes_of_the_race(few_digits: Prepared) -> None:
    """Much room: all whole. Little: some for a look. Less: looks alone. None: nothing is kept."""
    recipe = Recipe(Network(kind="mlp", width=64), training=replace(SHORT, steps=300))
    found = []
    for room in (13.0, 4.0, 1.8, 0.9):
        settings = with_room(room, few_digits, recipe)
        kept = run_out(race(few_digits, recipe, settings=settings))
        assert kept.history_bytes + kept.checkpoint_bytes <= settings.most_bytes
        found.append((sum(one.whole for one in kept.kept), len(kept.kept)))
    (all_whole, count), (some, of), (none, looks), (_, at_all) = found
    assert all_whole == count == 10
    assert 1 <= some < of
    assert none == 0 < looks
    assert at_all == 0


def seen(runs: Sequence[Run]) -> list[Any]:
    """What instruments see of runs: weights, answers, the next batch and its masks."""
    (report,) = weigh(runs, recipes=1, epsilon=1e-3, reach=1.0)
    found = answers(runs[0])
    batch = next_batch(runs[0])
    drops = next_drops(runs[0])
    assert batch is not None
    arrays: list[Any] = [
        report.counts,
        found.confidence,
        found.confusion,
        batch.augmented,
        drops[0].kept,
    ]
    return [report.layers, *(array.tolist() for array in arrays)]


def test_what_is_looked_at_is_what_was_there(few_digits: Prepared) -> None:
    recipe = Recipe(CNN, Regularisation(dropout=0.5), SHORT, (step("shift"), step("noise")))
    one = race(few_digits, recipe)
    assert run_out(one, 64).step == 64
    then, wanted = one.snapshot, asked(one, one.ask(seen))
    run_out(one)
    one.set_learning_rate(0, 0.5)
    now = asked(one, one.ask(seen))
    assert asked(one, one.ask(seen, at=70)) == wanted
    found = asked(one, one.at(70))
    assert (found.step, found.finished) == (64, False)
    assert [(run.step, run.status, run.best) for run in found.runs] == [
        (run.step, run.status, run.best) for run in then.runs
    ]
    assert found.runs[0].curves.validation_loss.tolist()[-1] != then.runs[0].learning_rate
    assert found.runs[0].learning_rate == 0.02
    assert [frame[0] for frame in found.runs[0].film] == [frame[0] for frame in then.runs[0].film]
    assert asked(one, one.ask(seen)) == now
    assert asked(one, one.at(10_000)).step == 120


def test_a_look_is_nearly_what_was_there_and_no_zero_comes_or_goes(few_digits: Prepared) -> None:
    sparse = Recipe(MLP, Regularisation(l1_proximal=0.01, l2=0.5), SHORT)
    one = race(few_digits, sparse, settings=with_room(1.8, few_digits, sparse))
    last = run_out(one).kept[-1]
    assert not last.whole

    def weights(runs: Sequence[Run]) -> torch.Tensor:
        return torch.cat([one.detach().flatten().clone() for one in runs[0].model.parameters()])

    looked = asked(one, one.ask(weights, at=last.step))
    again = race(few_digits, sparse, settings=Settings())
    run_out(again, last.step)
    exact = asked(again, again.ask(weights))
    assert torch.equal(looked == 0, exact == 0)
    assert 0 < (exact == 0).sum() < len(exact)
    torch.testing.assert_close(looked, exact, rtol=0.004, atol=0)
    with pytest.raises(ValueError, match="every run has ended"):
        asked(one, one.branch(64))


def test_a_branch_has_the_past_of_its_parent_and_a_future_of_its_own(few_digits: Prepared) -> None:
    one = race(few_digits, EXACT["momentum"], Recipe(MLP, training=SHORT), seeds=2)
    run_out(one)
    old = one.snapshot
    slower = Recipe(MLP, Regularisation(dropout=0.5), replace(SHORT, learning_rate=0.002))
    branch = asked(one, one.branch(60, [slower, old.recipes[1]]))
    start = branch.snapshot
    assert (start.step, start.playing, start.fork.step, start.fork.parents) == (
        64,
        False,
        64,
        (0, 1),
    )
    assert [kept.step for kept in start.kept] == [0, 1, 2, 4, 8, 16, 32, 64]
    end = run_out(branch)
    assert end.fork
    assert [run.curves.validation_loss.tolist() for run in end.fork.runs] == [
        run.curves.validation_loss.tolist() for run in old.runs
    ]
    for place, run in enumerate(end.runs):
        before = old.runs[place].curves
        shared = int((before.step <= 64).sum())
        assert run.curves.step[:shared].tolist() == before.step[:shared].tolist()
        assert run.curves.validation_loss[:shared].tolist() == (
            before.validation_loss[:shared].tolist()
        )
        assert (run.last != old.runs[place].last) == (place < 2)
        assert [(mark.step, mark.what) for mark in run.marks] == [(64, BRANCH)]
        assert run.learning_rate == (0.002 if place < 2 else 0.02)
    assert asked(branch, branch.at(32)).recipes == old.recipes
    assert asked(branch, branch.ask(lambda runs: [run.step for run in runs], at=32)) == [32] * 4


def test_a_dial_stays_where_it_was_turned_unless_the_recipe_turns_it(few_digits: Prepared) -> None:
    one = race(few_digits, EXACT["momentum"])
    run_out(one, 10)
    one.set_learning_rate(0, 0.04)
    one.set_strength(0, "l2", 0.1)
    run_out(one)
    recipe = EXACT["momentum"]
    for changed, rate, l2 in (
        (recipe, 0.04, 0.1),
        (replace(recipe, training=replace(SHORT, learning_rate=0.001)), 0.001, 0.1),
        (replace(recipe, regularisation=Regularisation(l2=0.3)), 0.04, 0.3),
    ):
        (run,) = asked(one, one.branch(64, [changed])).snapshot.runs
        assert (run.learning_rate, dict(run.strengths)["l2"]) == (rate, l2)


def test_another_optimiser_starts_with_a_fresh_memory(few_digits: Prepared) -> None:
    """Adam's first step is as long as its learning rate, in every weight that has a gradient."""
    one = race(few_digits, EXACT["momentum"])
    run_out(one)
    adam = replace(EXACT["momentum"], training=replace(SHORT, optimiser="adam", learning_rate=0.01))

    def weights(runs: Sequence[Run]) -> torch.Tensor:
        return runs[0].model.get_parameter("out.weight").detach().clone()

    branch = asked(one, one.branch(64, [adam]))
    before = asked(branch, branch.ask(weights))
    run_out(branch, 1)
    moved = (asked(branch, branch.ask(weights)) - before).abs()
    assert moved[moved > 1e-4].median() == pytest.approx(0.01, rel=1e-3)


def test_one_recipe_may_branch_into_several(few_digits: Prepared) -> None:
    plain, wide = replace(EXACT["momentum"], name="Plain"), Recipe(CNN, training=SHORT, name="CNN")
    one = race(few_digits, plain, wide, seeds=2)
    run_out(one)
    copies = [
        replace(plain, name="Plain copy", training=replace(SHORT, learning_rate=0.002)),
        replace(wide, augmentation=(step("shift"),)),
    ]
    branch = asked(one, one.branch(32, [plain, *copies]))
    assert branch.snapshot.fork.parents == (0, 0, 1)
    losses = [loss_of(end) for end in (run_out(branch), one.snapshot)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)  # other stacks round otherwise
    assert asked(branch, branch.at(8)).recipes == (plain, plain, wide)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"network": replace(MLP, width=17)}, "Recipe 1 cannot go on from there: .* another shape"),
        ({"network": replace(MLP, batch_norm=True)}, "another shape"),
        ({"network": CNN}, "another shape"),
        ({"training": replace(SHORT, steps=60)}, "ends after 60 steps, .* begins at step 64"),
    ],
)
def test_a_recipe_that_cannot_go_on_is_refused(
    changed: dict[str, Any], sentence: str, few_digits: Prepared
) -> None:
    one = race(few_digits, EXACT["momentum"])
    run_out(one)
    with pytest.raises(ValueError, match=sentence):
        asked(one, one.branch(64, [replace(EXACT["momentum"], **changed)]))


def test_a_race_that_has_ended_goes_on_where_a_recipe_has_more_steps(few_digits: Prepared) -> None:
    one = race(few_digits, EXACT["momentum"])
    run_out(one)
    with pytest.raises(ValueError, match="nothing goes on from step 120"):
        asked(one, one.branch(120))
    longer = replace(EXACT["momentum"], training=replace(SHORT, steps=200))
    (run,) = run_out(asked(one, one.branch(120, [longer]))).runs
    assert (run.step, run.status) == (200, Status.FINISHED)
    straight = run_out(race(few_digits, longer, settings=Settings()))
    assert loss_of(straight) == float(run.curves.validation_loss[-1])


def test_a_race_that_is_reset_has_no_past(few_digits: Prepared) -> None:
    one = race(few_digits, EXACT["momentum"])
    run_out(one, 70)
    branch = asked(one, one.branch(64))
    branch.reset()
    found = run_out(branch, 2)
    assert (found.fork, [kept.step for kept in found.kept]) == (None, [0, 1, 2])
    assert found.runs[0].marks == ()


def test_a_race_that_has_no_memory_to_keep_its_steps_goes_on_without(
    few_digits: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = race(few_digits, EXACT["momentum"])
    assert run_out(one, 40).kept

    def full(*_: object) -> None:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(kept_steps, "keep", full)
    end = run_out(one)
    assert (end.step, end.kept, end.runs[0].status) == (120, (), Status.FINISHED)
