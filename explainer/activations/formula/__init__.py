"""Formulas in x as text: read by a small grammar of our own, computed by PyTorch, shown as LaTeX.

Nothing of the text is ever executed: names are looked up in the tables of `functions.py`, and every
other name is refused.
"""

from explainer.activations.formula.formula import Formula
from explainer.activations.formula.parser import (
    MOST_LETTERS,
    MOST_NESTED,
    FormulaError,
    parse,
)

__all__ = ["MOST_LETTERS", "MOST_NESTED", "Formula", "FormulaError", "parse"]
