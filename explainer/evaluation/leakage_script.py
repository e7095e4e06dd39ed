"""Each leak as a short script: one draw, with the leak, and closed by scikit-learn's means."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from explainer.evaluation.digit_pool import pool
from explainer.evaluation.leaks import (
    FOLDS,
    FRESH,
    SAMPLES,
    SCALED_FRESH,
    TAKEN,
    near_groups,
    with_copies,
    with_drift,
)

HEAD = '''"""One draw of a leak: {what}."""

import numpy as np
from sklearn.model_selection import {splitters}, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
{imports}
nearest = KNeighborsClassifier(1)
shuffled = KFold({folds}, shuffle=True, random_state=0)
'''
READ = """with np.load("{file}") as data:  # download it beside this script
    inputs, labels, patients = data["inputs"], data["labels"], data["patients"]
"""
TAIL = 'print(f"with the leak {reported.mean():.3f}, without it {closed.mean():.3f}")\n'
PIPELINE = """from sklearn.pipeline import make_pipeline
"""
BODIES = {
    "features": (
        "features chosen before the split", "KFold",
        "from sklearn.feature_selection import SelectKBest, f_classif\n" + PIPELINE,
        f"""generator = np.random.default_rng(0)
inputs = generator.standard_normal(({SAMPLES} + {FRESH}, 5000), dtype=np.float32)
labels = generator.permutation(np.arange({SAMPLES} + {FRESH}) % 2)[:{SAMPLES}]  # mean nothing
inputs = inputs[:{SAMPLES}, :{{setting}}].astype(float)

chosen = SelectKBest(f_classif, k={TAKEN}).fit_transform(inputs, labels)  # has seen all labels
reported = cross_val_score(nearest, chosen, labels, cv=shuffled)
pipeline = make_pipeline(SelectKBest(f_classif, k={TAKEN}), nearest)  # chooses in each fold
closed = cross_val_score(pipeline, inputs, labels, cv=shuffled)
""",
    ),
    "scaling": (
        "scaled before the split", "KFold",
        "from sklearn.preprocessing import StandardScaler\n" + PIPELINE,
        READ + """
scaled = StandardScaler().fit_transform(inputs)  # has seen the folds that test
reported = cross_val_score(nearest, scaled, labels, cv=shuffled)
pipeline = make_pipeline(StandardScaler(), nearest)  # learns its scale in each fold
closed = cross_val_score(pipeline, inputs, labels, cv=shuffled)
""",
    ),
    "copies": (
        "copies across the split", "GroupKFold, KFold", "",
        READ + """
reported = cross_val_score(nearest, inputs, labels, cv=shuffled)
together = GroupKFold({folds}, shuffle=True, random_state=0)  # `patients`: what is a copy of what
closed = cross_val_score(nearest, inputs, labels, groups=patients, cv=together)
""",
    ),
    "time": (
        "time shuffled", "KFold, TimeSeriesSplit", "",
        READ + """
reported = cross_val_score(nearest, inputs, labels, cv=shuffled)
closed = cross_val_score(nearest, inputs, labels, cv=TimeSeriesSplit({folds}))  # what comes next
""",
    ),
}  # fmt: skip
FILES = {slug: f"deepglass_{slug}.npz" for slug in BODIES if slug != "features"}


def leak_script(slug: str, setting: int) -> str:
    """The leak at a setting of its control; it leaves `reported` and `closed` in its names."""
    what, splitters, imports, body = BODIES[slug]
    given = {"folds": FOLDS, "setting": setting, "file": FILES.get(slug, "")}
    head = HEAD.format(what=what, splitters=splitters, imports=imports, **given)
    return head + body.format(**given) + TAIL


def leak_file(slug: str, setting: int) -> bytes:
    """What the script reads, as a file of NumPy's: the first draw of all."""
    rows = np.random.default_rng(0).permutation(len(pool()))
    if slug == "scaling":
        data = pool().at(rows[SCALED_FRESH : SCALED_FRESH + setting])
    elif slug == "copies":
        data = with_copies(0, setting)[0]
    else:
        data = with_drift(0, setting)[0]
    groups = near_groups(data.pictures) if slug == "copies" else data.groups
    written = BytesIO()
    np.savez_compressed(written, inputs=data.inputs, labels=data.labels, patients=groups)
    return written.getvalue()
