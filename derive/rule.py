"""A rule: a function from expression to expression, with its formula and its side conditions.

A rule only proposes: what it gives is proved afterwards, by means that know no rule.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derive.errors import RuleDoesNotApply

Rewrite = Callable[[Any], Any]


@dataclass(frozen=True)
class Rule:
    """A named rewriting. Calling it gives another expression, or raises `RuleDoesNotApply`."""

    name: str
    formula: str
    says: str
    conditions: tuple[str, ...]
    rewrite: Rewrite

    def __call__(self, expr: sp.Expr) -> sp.Expr:
        """The rewritten expression; never the one it was given.

        Raises `RuleDoesNotApply` where there is nothing to rewrite or a side condition does not hold.
        """
        result = self.attempt(expr)
        if result is None:
            raise RuleDoesNotApply(f"the rule {self.name} ({self.formula}) finds nothing to rewrite in {expr}"[:400])
        return result

    def attempt(self, expr: sp.Expr) -> sp.Expr | None:
        """The rewritten expression, or None where there is nothing to rewrite."""
        result = self.rewrite(expr)
        return None if result == expr else result


#: name -> rule, of the rule files imported so far; `load_rules` imports them all
RULES: dict[str, Rule] = {}


def rule(formula: str, *conditions: str) -> Callable[[Rewrite], Rule]:
    """Make a function `Expr -> Expr` a rule. Its name is the function's, and what it says is its docstring's start."""

    def register(rewrite: Rewrite) -> Rule:
        name = rewrite.__name__.replace("_", " ")
        if name in RULES:
            raise ValueError(f"two rules are called {name!r}: {RULES[name].rewrite.__module__}, {rewrite.__module__}")
        if not rewrite.__doc__:
            raise ValueError(f"the rule {name!r} has no docstring; its first line is printed with every step")
        says = rewrite.__doc__.splitlines()[0].strip()
        RULES[name] = Rule(name, formula, says, conditions, rewrite)
        return RULES[name]

    return register


def load_rules(package: str = "derive.rules") -> dict[str, Rule]:
    """Import every rule file; all rules by name."""
    folder = importlib.import_module(package)
    for module in pkgutil.iter_modules(folder.__path__):
        importlib.import_module(f"{package}.{module.name}")
    return dict(sorted(RULES.items()))
