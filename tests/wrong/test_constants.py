"""A variable with the name of a constant: a formula in text means the number, so nothing is decided of the variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

import derive
from derive.errors import DeriveError


@pytest.mark.parametrize(
    "said",
    [
        {"loss": "pi*z", "gradient": "4*atan(1)", "wrt": "z", "domain": {"pi": "(0, 1)"}},
        {"loss": "pi*z", "gradient": "pi", "wrt": "z", "where": {"pi": "sigmoid(a)"}},
        {"loss": "E*z", "gradient": "exp(1)", "wrt": "z", "domain": {"E": "positive", "z": "real"}},
    ],
)
def test_a_constant_has_no_range_and_no_formula(said: dict[str, Any]) -> None:
    """π·z has the gradient 4 atan 1; for a share of zeros called pi that would be no proof, so it is an error."""
    with pytest.raises(DeriveError, match=r"in a formula, (pi|E) is a constant; give the variable another name"):
        derive.check(**said)


def share_of_zeros(pi: float) -> Callable[..., Any]:
    """An objective with a parameter that is called pi."""

    def objective(y_true: Any, y_pred: Any) -> Any:
        return pi * (y_pred - y_true), pi * np.ones_like(y_pred)

    return objective


@pytest.mark.parametrize("parameters", [(), ("pi",)])
def test_a_parameter_of_code_is_not_taken_for_a_constant(parameters: tuple[str, ...]) -> None:
    """The loss says π and the code 3/10: both may be right, so nothing is refuted."""
    with pytest.raises(DeriveError, match="parameters: in a formula, pi is a constant"):
        derive.check_objective(share_of_zeros(0.3), "pi*(z - y)**2/2", parameters=parameters)


def test_the_constant_itself_is_no_variable() -> None:
    """Code that has π as a parameter, under its own name, is read as before."""
    assert derive.check_objective(share_of_zeros(np.pi), "pi*(z - y)**2/2").status == "proved"
    assert derive.check_objective(share_of_zeros(np.pi), "3*(z - y)**2/2").status == "refuted"
    assert derive.check("e*z", "e", wrt="z", domain={"e": "positive"}).ok


@pytest.mark.parametrize("name", ["pi", "E"])
def test_the_prover_decides_nothing_of_it(name: str) -> None:
    """A text would mean the number; a symbol of SymPy is the variable."""
    with pytest.raises(DeriveError, match="constant"):
        derive.prove(f"log({name})", "0", {name: "(0, 1)"})
    p = sp.Symbol(name)
    assert derive.prove(sp.log(p**2) / 2, sp.log(p), {name: "(0, 1)"}).status == "proved"
