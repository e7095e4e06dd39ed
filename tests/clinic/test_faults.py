"""What the words of each fault say is seen in its run, and the rules name it.

At a seed that neither words nor rules were written for.
"""

import math
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from explainer.clinic.case import case_with
from explainer.clinic.doctor import diagnosis
from explainer.clinic.faults import FAULTS, HEALTHY
from explainer.clinic.record import Looks, Record
from explainer.clinic.run import run
from explainer.words import in_words

SEED = 4711
CHANCE = math.log(10)
LATE = (HEALTHY, "summed", "twice", "few", "noise", "shifted", "leak")
"""What shows itself later than the others."""


@cache
def short(fault: str) -> Record:
    return run(case_with(fault, SEED), 150 if fault in LATE else 80)


def looks(record: Record) -> Looks:
    assert record.looks is not None
    return record.looks


def test_a_healthy_run_begins_near_the_loss_of_guessing_and_fresh_pictures_agree() -> None:
    record = short(HEALTHY)
    assert abs(record.validation_loss[0] - CHANCE) < 0.25
    assert record.validation_accuracy[-1] > 0.8
    assert abs(looks(record).fresh_accuracy - looks(record).batched_accuracy) < 0.05


def test_with_too_high_a_rate_a_first_step_is_longer_than_the_weights_and_the_loss_leaps() -> None:
    record = short("rate-high")
    assert record.step_ratios[0].max() > 1
    assert not record.validation_loss[1] < record.validation_loss[0] + 0.3
    assert record.dead[0, :-1].max() < 0.2


def test_with_too_low_a_rate_all_layers_creep_though_the_gradient_is_a_healthy_one() -> None:
    record = short("rate-low")
    assert record.step_ratios.max() < 2e-3
    np.testing.assert_allclose(record.gradient_norms[0], short(HEALTHY).gradient_norms[0])
    fell = -np.diff(record.validation_loss)
    assert (fell > 0).mean() > 0.8
    assert 0 < record.validation_loss[0] - record.validation_loss[-1] < 0.3
    wobble = np.diff(record.train_loss)
    assert 0.3 < (wobble > 0).mean() < 0.7
    assert np.abs(wobble).mean() > 3 * fell.mean()


def test_a_run_up_the_gradient_guesses_at_best_and_its_loss_rises_by_small_steps() -> None:
    record = short("ascent")
    assert record.validation_accuracy.max() < 0.2
    assert record.step_ratios[0].max() < 0.1
    finite = record.train_loss[np.isfinite(record.train_loss)]
    assert finite[-1] > finite[0] + 0.2


def test_gradients_never_zeroed_grow_while_the_loss_falls_and_then_it_climbs() -> None:
    record = short("summed")
    norms = np.linalg.norm(record.gradient_norms, axis=1)
    assert norms[2] > 2 * norms[0]
    assert record.validation_loss[1] < record.validation_loss[0]
    assert not record.validation_loss[-1] < record.validation_loss.min() + 0.3


def test_a_frozen_layer_does_not_move_though_it_has_a_gradient() -> None:
    record, layer = short("frozen"), case_with("frozen", SEED).frozen
    assert (record.step_ratios[:, layer] == 0).all()
    assert (record.gradient_norms[:, layer] > 0).all()
    assert (np.delete(record.step_ratios, layer, 1) > 0).all()


def test_with_softmax_twice_no_picture_costs_less_than_1_46_or_more_than_2_46() -> None:
    record = short("twice")
    least, most = math.log(math.e + 9) - 1, math.log(math.e + 9)
    assert least < record.train_loss[-1]
    assert 2.3 < looks(record).worst_losses[0] <= most + 1e-6
    assert abs(record.train_loss[-1] + record.train_accuracy[-1] - most) < 0.15


def test_sorted_batches_show_one_digit_or_two_and_validation_stays_below() -> None:
    record = short("sorted")
    assert len(np.unique(looks(record).batch_labels)) <= 2
    assert record.validation_accuracy[-6:].mean() < record.train_accuracy[-6:].mean() - 0.2


def test_few_pictures_are_learned_by_heart_and_fresh_ones_agree_with_validation() -> None:
    found = looks(short("few"))
    assert found.training_accuracy == 1
    assert found.fresh_accuracy < 0.8
    assert abs(found.fresh_accuracy - found.batched_accuracy) < 0.06


def test_with_wrong_labels_validation_does_better_than_training() -> None:
    record = short("noise")
    assert record.validation_accuracy[-6:].mean() > record.train_accuracy[-6:].mean() + 0.1
    found = looks(record)
    assert (found.worst_labels != found.worst_answers).all()


def test_with_shifted_labels_validation_stays_at_guessing() -> None:
    record = short("shifted")
    assert record.validation_accuracy[-6:].mean() < 0.16
    assert record.train_loss[-1] > 2


def test_dead_units_give_ln_10_to_the_third_digit_and_no_gradient_before_them() -> None:
    record, layer = short("dead"), case_with("dead", SEED).dead[0]
    assert record.dead[0, layer] > 0.9
    assert abs(record.validation_loss[0] - CHANCE) < 1e-3
    assert record.gradient_norms[0, : layer + 1].max() < 1e-2


def test_units_that_start_equal_have_a_twin_for_ever() -> None:
    record = short("equal")
    alive = record.alike[:, :-1]
    assert (alive[np.isfinite(alive)] > 0.9).all()
    assert abs(record.validation_loss[0] - CHANCE) < 0.01
    assert record.validation_accuracy[-1] < 0.45


def test_vanishing_gradients_shrink_towards_the_input_and_only_the_last_layer_moves() -> None:
    record = short("vanishing")
    assert (np.diff(record.gradient_norms[0, 1:]) > 0).all()
    assert record.gradient_norms[0, 0] < 0.1 * record.gradient_norms[0, -1]
    assert record.step_ratios[0, -1] > 10 * record.step_ratios[0, 0]


def test_large_first_weights_stand_at_the_flat_ends_and_begin_above_guessing() -> None:
    record = short("saturated")
    assert record.saturated[0, :-1].min() > 0.5
    assert record.train_loss[0] > CHANCE + 0.4


def test_a_small_network_is_as_poor_in_training_as_in_validation() -> None:
    record = short("small")
    assert min(record.units) < 4
    assert abs(record.train_accuracy[-6:].mean() - record.validation_accuracy[-6:].mean()) < 0.08
    assert record.train_accuracy[-6:].mean() < 0.8


def test_validation_prepared_otherwise_is_worse_and_its_inputs_differ() -> None:
    found = looks(short("scaled"))
    (mean, deviation), (other, others) = found.training_input, found.validation_input
    assert abs(other - mean) > 0.3 or not 0.8 < others / deviation < 1.25
    assert found.fresh_accuracy > found.batched_accuracy + 0.05
    assert found.alone_accuracy == found.batched_accuracy


def test_validation_pictures_in_training_do_better_than_fresh_ones() -> None:
    found = looks(short("leak"))
    assert found.batched_accuracy > found.fresh_accuracy + 0.06


def test_batch_norm_in_training_mode_only_guesses_on_single_pictures() -> None:
    found = looks(short("batch-norm"))
    assert found.alone_accuracy < 0.2
    assert found.batched_accuracy > 0.4
    assert found.fresh_accuracy > found.batched_accuracy


@pytest.mark.parametrize("fault", FAULTS.slugs)
def test_the_rules_name_a_fault_early_with_all_instruments(fault: str) -> None:
    assert diagnosis(short(fault))[0].slug == fault


@pytest.mark.parametrize("fault", FAULTS.slugs)
def test_what_the_rules_say_has_no_number_of_a_machine(fault: str) -> None:
    for one in diagnosis(short(fault)):
        assert not re.search(r"\de[-+]?\d|nan|inf", " ".join(map(in_words, one.reasons)))


def test_a_gap_by_chance_makes_neither_prepared_otherwise_nor_a_leak() -> None:
    noise, few = short("noise"), short("few")
    below = looks(noise).fresh_accuracy - 0.08
    luckless = replace(looks(noise), batched_accuracy=below, alone_accuracy=below)
    assert diagnosis(replace(noise, looks=luckless))[0].slug == "noise"
    lucky = looks(few).fresh_accuracy + 0.08
    assert (
        diagnosis(replace(few, looks=replace(looks(few), batched_accuracy=lucky)))[0].slug == "few"
    )


def test_a_second_reason_says_nothing_that_the_first_has_said() -> None:
    said = [in_words(one) for one in diagnosis(short("batch-norm"))[0].reasons]
    assert len(said) == 1
    numbers = [
        re.findall(r"[\d.]+ %", in_words(one)) for one in diagnosis(short("leak"))[0].reasons
    ]
    assert len(numbers) == 2
    assert not set(numbers[0]) & set(numbers[1])


@pytest.mark.parametrize("fault", FAULTS.slugs)
def test_the_instrument_of_a_fault_and_the_curves_are_enough_to_name_it(fault: str) -> None:
    assert diagnosis(short(fault), (FAULTS[fault].instrument,))[0].slug == fault


def test_from_the_curves_alone_a_frozen_layer_is_not_seen_and_by_the_steps_it_is() -> None:
    assert diagnosis(short("frozen"), ())[0].slug != "frozen"
    assert diagnosis(short("frozen"), ("steps",))[0].slug == "frozen"


def test_a_suspect_says_every_rule_that_speaks_for_it_and_comes_in_order() -> None:
    found = diagnosis(short("leak"))
    assert len(found[0].reasons) > 1
    assert "fresh pictures" in found[0].reasons[0]
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert found[-1].slug == HEALTHY


def test_a_record_of_nothing_but_nan_is_diagnosed() -> None:
    record = short(HEALTHY)
    names = ("train_loss", "validation_loss", "gradient_norms", "step_ratios", "dead", "alike")
    lost = {name: np.full_like(getattr(record, name), np.nan) for name in names}
    assert diagnosis(replace(record, **lost))
