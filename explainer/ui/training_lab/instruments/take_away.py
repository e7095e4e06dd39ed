"""What a visitor takes along: the script of a recipe, the numbers, the best weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from explainer.service import Ticket
from explainer.training.data.data_set import Examples
from explainer.training.engine.race import Race
from explainer.training.engine.run import Run
from explainer.training.export import (
    best_weights,
    describe,
    file_stem,
    metrics_csv,
    metrics_json,
    zipped,
)
from explainer.training.measurement.snapshot import Snapshot
from explainer.training.script import data_file, needs_data_file, script
from explainer.ui.common.code import show_script
from explainer.ui.common.prose import escaped, say
from explainer.ui.training_lab.asking import NoAnswer, answer_now
from explainer.ui.training_lab.control import origin_of
from explainer.ui.training_lab.names import pick_recipe, set_by_hand
from explainer.ui.training_lab.plan import KEY, LabPlan
from explainer.words import _, told

CODE_HEIGHT = 420
PATIENCE_SECONDS = 30
COMMAND = "python -m explainer.training race race.json{data} --out DIR"


def take_away_tab(ticket: Ticket[Race], *, moving: bool) -> None:
    """Files first, then the code of one recipe."""
    say("training_lab", "take_away")
    origin, snapshot = origin_of(ticket), ticket.race.snapshot
    if origin is None:
        st.info(_("It is not known any more what this race was built from; start it again."))
        return
    plan, examples = origin
    if moving:
        st.caption(_("The files hold the race as it is when you press the button."))
    if snapshot.fork:
        st.caption(
            _(
                "This race left another at step {step}. The code and the command train its recipes"
                " from the beginning, so their curves are others.",
                step=f"{snapshot.fork.step:,}",
            )
        )
    if recipes := set_by_hand(snapshot):
        st.caption(
            escaped(
                _(
                    "Weights or biases were set by hand in: {recipes}. The files say which, to what"
                    " and when; the code and the command train without that.",
                    recipes=recipes,
                )
            )
        )
    _files(ticket, plan, examples)
    _code(snapshot, plan, examples)


def _files(ticket: Ticket[Race], plan: LabPlan, examples: Examples) -> None:
    with st.container(horizontal=True, gap="small"):
        for label, name, mime, make in (
            (_("Metrics, CSV"), "metrics.csv", "text/csv", partial(_csv, ticket)),
            (_("Race, JSON"), "race.json", "application/json",
             partial(_json, ticket, plan, examples)),
            (_("Best weights"), "weights.zip", "application/zip",
             partial(_weights, ticket, examples)),
        ):  # fmt: skip
            st.download_button(
                label, make, name, mime, key=f"{KEY}.save.{name}", on_click="ignore",
                icon=":material/download:",
            )  # fmt: skip
    command = COMMAND.format(data=" --data-folder FOLDER" if examples.origin == "own" else "")
    st.caption(_("The same race without a browser: {command}", command=f"`{command}`"))


def _csv(ticket: Ticket[Race]) -> str:
    return metrics_csv(ticket.race.snapshot)


def _json(ticket: Ticket[Race], plan: LabPlan, examples: Examples) -> str:
    return metrics_json(ticket.race.snapshot, describe(examples), plan.split)


def _weights(ticket: Ticket[Race], examples: Examples) -> bytes:
    def question(runs: Sequence[Run]) -> dict[str, bytes]:
        return best_weights(runs, describe(examples))

    try:
        return zipped(answer_now(ticket, question, seconds=PATIENCE_SECONDS))
    except (ValueError, NoAnswer) as error:  # a download has no other place for a sentence
        return zipped({"there-are-no-weights.txt": f"{told(error)}\n".encode()})


def _code(snapshot: Snapshot, plan: LabPlan, examples: Examples) -> None:
    index = pick_recipe(snapshot, "code_of")
    recipe, seed = snapshot.recipes[index], snapshot.seeds[0]
    code = script(recipe, examples, replace(plan.split, seed=seed), seed)
    dials = {"learning_rate", *(slug for slug, _ in snapshot.runs[0].strengths)}
    if any(mark.what in dials for run in snapshot.of_recipe(index) for mark in run.marks):
        st.caption(
            _(
                "This recipe was turned while it raced; the script has it as it began, so its curve"
                " parts from the one above where the mark is."
            )
        )
    row = show_script(KEY, code, file_stem(index, recipe), height=CODE_HEIGHT)
    if needs_data_file(examples):
        row.download_button(
            _("Its data, to lie beside it"), partial(data_file, examples), "data.npz",
            "application/octet-stream", key=f"{KEY}.save.data", on_click="ignore",
            icon=":material/database:",
        )  # fmt: skip
