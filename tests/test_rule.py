"""Rules: registered once, never idle, each with a formula and an explanation."""

from __future__ import annotations

import pytest
import sympy as sp

from derive.errors import RuleDoesNotApply
from derive.rule import RULES, Rule, load_rules, rule
from derive.symbols import z

UNCHANGED = Rule("idle", "a = a", "Nothing.", (), lambda e: e)


def test_every_rule_explains_itself() -> None:
    """Each has its name, its formula and one sentence, and is found under its name."""
    rules = load_rules()
    assert len(rules) >= 9
    for name, found in rules.items():
        assert RULES[name] is found
        assert found.name == name == found.rewrite.__name__.replace("_", " ")
        assert "=" in found.formula
        assert found.says.endswith(".")


@pytest.mark.parametrize("found", load_rules().values(), ids=lambda r: r.name)
def test_no_rule_gives_back_what_it_was_given(found: Rule) -> None:
    """Where there is nothing to rewrite, a rule raises."""
    with pytest.raises(RuleDoesNotApply):
        found(z)


def test_a_rule_that_changes_nothing_raises_with_its_formula_and_the_expression() -> None:
    """The message shows the rule, its formula and what it was given."""
    with pytest.raises(RuleDoesNotApply, match=r"the rule idle \(a = a\) finds nothing to rewrite in z"):
        UNCHANGED(z)


def test_two_rules_of_one_name_are_an_error() -> None:
    """A certificate names a rule; the name must say which."""

    def chain_rule(expr: sp.Expr) -> sp.Expr:
        """Another one."""
        return expr

    load_rules()
    with pytest.raises(ValueError, match="two rules are called 'chain rule'"):
        rule("a = b")(chain_rule)


def test_a_rule_without_an_explanation_is_an_error() -> None:
    """The docstring is printed with every step."""

    def unexplained(expr: sp.Expr) -> sp.Expr:
        return expr

    with pytest.raises(ValueError, match="has no docstring"):
        rule("a = b")(unexplained)
    assert "unexplained" not in RULES
