"""PyTorch and JAX without these libraries: what is recognised, and what is said where they are missing.

What needs them is in tests/libraries.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from derive.errors import EXIT_BAD_INPUT, MissingExtraError
from derive.frontends import frontend, recognise
from derive.frontends._summands import choice, decided, summands
from derive.frontends._wide import widened
from derive.objective import check_objective
from derive.terms.term import num, sym
from derive.terms.text import parse_formula
from derive.tracing.cells import Cell


def loss(z: Any, y: Any) -> Any:
    """Any function."""
    return z * y


@pytest.mark.parametrize(("library", "module"), [("torch", "torch"), ("jax", "jax")])
def test_a_library_that_is_missing(library: str, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what to install, and the exit code is that of bad input."""
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        MissingExtraError, match=f"not installed; install it with: python -m pip install {module}"
    ) as caught:
        check_objective(loss, "z*y", library=library)
    assert caught.value.exit_code == EXIT_BAD_INPUT


def test_what_is_recognised_without_the_library() -> None:
    """Classes by the names of what they come from, functions by the modules that their code uses."""
    base = type("Function", (), {"__module__": "torch.autograd.function"})
    module = type("Module", (), {"__module__": "torch.nn.modules.module", "__call__": loss})
    custom = type("custom_vjp", (), {"__module__": "jax._src.custom_derivatives", "__call__": loss})
    assert recognise(type("Mine", (base,), {})) == "torch"
    assert recognise(type("Mine", (module,), {})()) == "torch"
    assert recognise(custom()) == "jax"


@pytest.mark.parametrize("library", ["torch", "jax"])
def test_functions_are_recognised_by_what_they_use(library: str) -> None:
    """A function whose code names the library is for it, but not the objective of a booster that uses it inside."""
    names = {"lib": ModuleType(library)}
    code = "def f(x, y):\n    return lib.exp(x)\n"
    code += "def objective(preds, dtrain):\n    return lib.exp(preds), dtrain.get_label()\n"
    exec(code, names)
    assert frontend(library).recognises(names["f"])
    assert not frontend(library).recognises(names["objective"])
    assert not frontend(library).recognises(loss)


def test_float32_constants_are_the_numbers_that_they_were() -> None:
    """A constant that was rounded to float32 is read as what it was rounded from; others as their shortest decimal."""
    known = [np.pi, np.log(2), 1 / np.sqrt(2 * np.pi), -np.sqrt(2), 0.1, 1e-7, 1 / 3, 2.0, -0.3]
    assert widened(np.array(known, np.float32)).tolist() == known
    assert widened(np.array([0.1])).tolist() == [0.1]


def test_the_shape_of_a_sum() -> None:
    """Summands with the numbers in front of them, through brackets and factors."""
    assert summands(parse_formula("2*(x + y) - x")) == summands(parse_formula("x + 2*y")) + summands(
        parse_formula("0*x")
    )
    assert summands(parse_formula("x*y")) != summands(parse_formula("x + y"))


def test_choices_that_the_labels_decide() -> None:
    """With a label the choice is made, and NaN on one side leaves no value there."""
    t = parse_formula("Piecewise((a, Eq(y, 0)), (b, Eq(y, 1)), (c, True))")
    assert [decided(t, {"y": num(k)}) for k in range(3)] == [sym("a"), sym("b"), sym("c")]
    positive = parse_formula("Piecewise((1, x > 0), (0, True))").args[1]
    assert choice(positive, Cell(sym("a")), Cell(None)).args == (sym("a"), positive)
    assert choice(positive, Cell(None), Cell(sym("a"))).args[0] == sym("a")
