"""One table: every loss of the catalog × every check. A new loss needs no new test."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive import catalog
from derive import symbols as s
from derive.certificate import CheckedDerivation, Refuted
from derive.certificate_json import dumps, loads
from derive.derivation import derivations, gradient, hessian, lemmas
from derive.domain import REAL as ALL
from derive.domain import parse_range
from derive.errors import DeriveError
from derive.functions import sigmoid
from derive.gradcheck.samples import targets
from derive.loss import Loss
from derive.render import text
from derive.render._fold import fold
from derive.replay import replay_text
from derive.rule import RULES
from derive.terms.bridge import from_sympy
from derive.terms.term import MATRIX_HEADS, at, make, num, sym
from derive.verify import verify
from tests.shared import agreement_of as agreement
from tests.shared import certificate_of as certificate
from tests.shared import few

NAMES = catalog.names()
every_loss = pytest.mark.parametrize("name", NAMES)
_SHORTER = "(multiply out and cancel|cancel)"
STEPS = {
    "gradient": f"chain rule, partial derivatives, {_SHORTER}, matrix form",
    "hessian": f"derivative of a sum, chain rule(, partial derivatives)?(, {_SHORTER})?, matrix form",
}


def sample(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """Four samples with targets and raw predictions that the loss is meant for, and numbers for its parameters."""
    loss = catalog.load(name)
    y = np.resize([t for t in targets(loss.interval_y_true) if t < 2], 4)
    moved = np.abs if loss.interval_z != ALL else np.asarray
    numbers = {k: float(v) for k, v in loss.defaults.items()}
    return {**data, **numbers, "y": y, "X": moved(data["X"]), "theta": moved(data["theta"])}


def part(name: str, kind: str) -> CheckedDerivation:
    """The gradient or the Hessian."""
    return next(d for d in certificate(name).derivations if d.kind == kind)


@every_loss
def test_every_step_is_justified_and_proved(name: str) -> None:
    """Each rule, applied again, gives its step, and each step is proved."""
    steps = [(d.name, n, step) for d in certificate(name).derivations for n, step in enumerate(d.steps, 1)]
    assert len(steps) >= 11
    assert [(d, n, step.verdict) for d, n, step in steps if not step.ok] == []


@every_loss
def test_proofs_and_numbers_agree(name: str) -> None:
    """The whole check: everything proved, and the compiled formulas agree with finite differences."""
    found = replace(certificate(name), agreement=agreement(name))
    assert agreement(name).checks
    assert found.ok, [c for c in agreement(name).checks if not c.ok]


@every_loss
def test_every_statement_is_as_it_says(name: str) -> None:
    """Convex in z with a proof, or not convex with a witness; and whatever else the loss states."""
    found = certificate(name).statements
    assert [(s.name, s.verdict) for s in found if not s.ok] == []
    assert {"convex-in-z", "not-convex-in-z"} & {s.name for s in found}
    witness = [s.verdict.witness for s in found if s.name == "not-convex-in-z" and isinstance(s.verdict, Refuted)]
    assert len(witness) == (not catalog.load(name).convex)


@every_loss
def test_without_numbers_nothing_is_green(name: str) -> None:
    """Proofs alone leave the status unknown: something was not checked."""
    assert certificate(name).status == "unknown"
    assert replace(certificate(name), derivations=()).status == "unknown"


@every_loss
@pytest.mark.parametrize("kind", STEPS)
def test_the_same_four_steps(name: str, kind: str) -> None:
    """Gradient and Hessian take four steps each, the Hessian one more where there is more to cancel, to a matrix."""
    found = part(name, kind)
    assert re.fullmatch(STEPS[kind], ", ".join(step.rule for step in found.steps))
    assert [step.result.head in MATRIX_HEADS for step in found.steps] == [False] * (len(found.steps) - 1) + [True]


@every_loss
def test_the_start_is_computed_from_the_loss(name: str) -> None:
    """The gradient starts from ∂J/∂θⱼ, the Hessian from ∂/∂θₗ of the third step of the gradient."""
    first, second = part(name, "gradient"), part(name, "hessian")
    assert first.start == make("diff", certificate(name).cost, at("theta", sym("j")))
    assert second.start == make("diff", first.steps[2].result, at("theta", sym("l")))


@every_loss
def test_gradient_and_hessian_have_the_values_of_finite_differences(
    name: str, value_of: Callable[..., Any], data: dict[str, Any]
) -> None:
    """An independent witness: central differences of J at one point, by another reading of the terms."""
    data = sample(name, data)
    step, cost = 1e-4, certificate(name).cost

    def moved(*moves: tuple[int, float]) -> float:
        theta = data["theta"].copy()
        for index, by in moves:
            theta[index] += by
        return float(value_of(cost, {**data, "theta": theta}))

    first = value_of(part(name, "gradient").steps[-1].result, data)
    second = value_of(part(name, "hessian").steps[-1].result, data)
    for a in range(3):
        assert first[a, 0] == pytest.approx((moved((a, step)) - moved((a, -step))) / (2 * step), rel=1e-6, abs=1e-9)
        for b in range(3):
            around = [moved((a, p * step), (b, q * step)) * p * q for p in (1, -1) for q in (1, -1)]
            assert second[a, b] == pytest.approx(sum(around) / (4 * step**2), rel=1e-5, abs=1e-6)


@every_loss
def test_each_entry_in_between_has_the_value_of_the_matrix(
    name: str, value_of: Callable[..., Any], data: dict[str, Any]
) -> None:
    """The last step but one, entry by entry, has the values of the matrix in the last."""
    data = sample(name, data)
    for kind in STEPS:
        found = part(name, kind)
        whole = value_of(found.steps[-1].result, data)
        for place in np.ndindex(whole.shape):
            entry = value_of(found.steps[-2].result, {**data, **dict(zip("jl", place, strict=True))})
            assert whole[place] == pytest.approx(entry, rel=1e-12)


@every_loss
def test_the_cost_is_the_sum_of_the_losses(name: str, value_of: Callable[..., Any], data: dict[str, Any]) -> None:
    """J, as it is written, is 1/m Σ wᵢ ℓ(hᵢ, yᵢ) + λ/2m Σ_{k≥1} θₖ², computed from ℓ alone."""
    loss, data = catalog.load(name), sample(name, data)
    term, z = from_sympy(loss.of_raw_prediction), data["X"] @ data["theta"]
    one = [value_of(term, {**data, "z": a, "y": b}) for a, b in zip(z, data["y"], strict=True)]
    weights = data["w"] if loss.weighted else np.ones(4)
    expected = np.mean(weights * one)
    if loss.penalty == "l2":
        expected += data["lambda"] / 8 * np.sum(data["theta"][1:] ** 2)
    assert value_of(certificate(name).cost, data) == pytest.approx(expected, rel=1e-12)


@every_loss
def test_the_loss_of_a_perfect_prediction(name: str, value_of: Callable[..., Any]) -> None:
    """ℓ at its best prediction, plus the constant that was dropped, is proved to be 0; and ℓ is never less."""
    loss = catalog.load(name)
    assert ("best" in {s.name for s in certificate(name).statements}) == (loss.best_h is not None)
    value, numbers = from_sympy(loss.value), {k: float(v) for k, v in loss.defaults.items()}
    shares = (0.2, 0.5, 0.7)
    for y in [y for y in shares if Fraction(y) in loss.interval_y_true] if loss.best_h is not None else []:
        best = float(loss.best_h.xreplace({s.y: sp.Float(y), **loss.numbers({})}))
        lowest = value_of(value, {**numbers, "h": best, "y": y})
        assert all(value_of(value, {**numbers, "h": h, "y": y}) >= lowest - 1e-12 for h in shares)


@every_loss
def test_the_record_is_complete(name: str) -> None:
    """Title, reference, description, and the title is that of the file, where `derive list` reads it."""
    loss = catalog.load(name)
    entry = next(e for e in catalog.entries() if e.name == name)
    assert entry.title == loss.title == certificate(name).title
    assert all([loss.reference, loss.description, loss.link])
    assert loss.name == name


@every_loss
def test_what_a_reader_needs_is_in_the_certificate(name: str) -> None:
    """Every free name has a range and a description, arrays have a shape, and h is explained."""
    found = certificate(name)
    described = {symbol.name: symbol for symbol in found.symbols}
    assert set(found.domain) <= set(described)
    assert all(symbol.says for symbol in found.symbols)
    assert described["X"].shape == (sym("m"), sym("n"))
    assert "h" in {n.name for n in found.notation}
    assert all(step.formula and step.says for d in found.derivations for step in d.steps)
    assert {step.rule for d in found.derivations for step in d.steps} <= set(RULES)


@pytest.mark.parametrize("name", few(catalog.names()))
def test_a_certificate_survives_its_file(name: str) -> None:
    """Written and read back it is the same, and a replay finds the same verdicts."""
    text = dumps(certificate(name))
    assert loads(text) == certificate(name)
    again = replay_text(text)
    assert again.found == certificate(name)
    assert again.steps == len(certificate(name).verdicts)


def test_the_same_bytes_under_any_hash_seed() -> None:
    """Certificates do not depend on the order of sets or on the process; that of this one is another in each run."""
    some = ("tweedie", "quantile")
    code = "from derive import catalog, verify\nfrom derive.certificate_json import dumps\n"
    code += f"print(*(dumps(verify(catalog.load(n), numeric=False)) for n in {some}))"
    assert _output(code, "12345") == " ".join(dumps(certificate(name)) for name in some) + "\n"


def _output(code: str, seed: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, check=True)
    return done.stdout.decode()


def test_losses_are_data() -> None:
    """A loss file has a docstring, imports, perhaps a formula with a name, and one record: no function, no class."""
    for path in (Path(__file__).parents[1] / "derive" / "losses").glob("[!_]*.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        kinds = [type(node).__name__ for node in body]
        assert set(kinds[1:-1]) <= {"Import", "ImportFrom", "Assign"}, path.name
        assert kinds[-1] == "Assign", path.name


def test_the_published_derivation() -> None:
    """The lemmas and the four steps of the logistic gradient, as they are printed in textbooks."""
    loss = catalog.load("logistic")
    h = sigmoid(s.raw_prediction(s.i))
    text = [str(step.result).replace(str(h), "h").replace(str(h.args[0]), "z") for step in gradient(loss).steps]
    assert [d.name for d in lemmas(loss)] == ["sigmoid-derivative", "partial-z", "partial-h"]
    assert "Derivative(h, theta[j, 0])*y[i, 0]/h" in text[0]
    assert "(1 - y[i, 0])*Derivative(1 - h, theta[j, 0])/(1 - h)" in text[0]
    assert "(1 - h)*h*X[i, j]*y[i, 0]/h" in text[1]
    assert text[2] == "Sum((h - y[i, 0])*X[i, j], (i, 0, m - 1))/m"
    assert text[3] == "1/m*X.T*(Lambda(t, sigmoid(t)).(X*theta) - y)"


REAL = parse_range("real")
CUSTOM = [
    Loss(f"{name}{'-weighted' * weighted}", name, value, link, REAL, REAL, "link", sp.S.Zero, "-", "-", "l2", weighted)
    for weighted in (False, True)
    for name, value, link in [
        ("exponential", sp.exp(-s.y * s.h), s.z),
        ("logarithm", sp.log(1 + (s.h - s.y) ** 2), s.z),
        ("poisson", s.h - s.y * sp.log(s.h), sp.exp(s.z)),
        ("squared-sigmoid", (s.h - s.y) ** 2, sigmoid(s.z)),
        ("tanh", (sp.tanh(s.h) - s.y) ** 2 * s.h, s.z),
        ("power", (1 + s.h**2) ** sp.Rational(3, 2) * s.y, s.z),
    ]
]


@pytest.mark.parametrize("loss", few(CUSTOM, [CUSTOM[n] for n in (0, 5, 8)]), ids=lambda loss: loss.name)
def test_any_smooth_loss_is_derived(loss: Loss, value_of: Callable[..., Any], data: dict[str, Any]) -> None:
    """The generator knows no loss: others get a right gradient and Hessian too, and nothing of them is refuted."""
    found = verify(loss, numeric=False)
    assert all(step.justified for d in found.derivations for step in d.steps)
    assert {v.status for v in found.verdicts} <= {"proved", "unknown"}
    whole = value_of(found.derivations[-2].steps[-1].result, data)
    moved = [data["theta"] + 1e-5 * d for d in np.vstack([np.eye(3), -np.eye(3)])]
    costs = [value_of(found.cost, {**data, "theta": theta}) for theta in moved]
    assert whole[:, 0] == pytest.approx((np.array(costs[:3]) - costs[3:]) / 2e-5, rel=1e-6, abs=1e-8)


def test_the_numbers_of_another_loss_are_compared() -> None:
    """The reference knows every function that generated code has: squared error on σ(z), whose code has σ(z) − y."""
    loss = replace(CUSTOM[3], interval_y_true=parse_range("[0, 1]"), penalty="none")
    found = {check.name: check.ok for check in verify(loss).agreement.checks}
    assert all(found[name] for name in found if name.startswith(("cost", "gradient")))


def test_a_number_in_each_entry_is_printed_as_such() -> None:
    """Beside a vector, 1 stands for the column of ones; alone it keeps its size."""
    linex = replace(CUSTOM[0], value=sp.exp(s.h - s.y) - (s.h - s.y) - 1, penalty="none")
    assert "1/m · Xᵀ(exp(h − y) − 1)" in text.render(verify(linex, numeric=False))
    ones = make("entries", num(1), sym("i"), sym("j"), sym("m"), num(1))
    assert fold(ones) == ones
    assert fold(make("matadd", make("scale", num(-2), ones), make("matrix", sym("X"), sym("m"), num(1)))).args[
        0
    ] == num(-2)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        (
            "value",
            "(h - y)**2",
            "value is '(h - y)**2', which is no SymPy expression; write it in h, y of derive.symbols",
        ),
        ("value", (s.z - s.y) ** 2, "value has z, which is none of its variables"),
        ("value", s.h * sp.Symbol("y"), "value has y, which is none of its variables"),
        ("inverse_link", s.h, "inverse_link has h"),
        ("interval_y_true", "real", "interval_y_true is 'real', which is no range"),
    ],
)
def test_what_is_no_loss(field: str, value: Any, says: str) -> None:
    """A loss of somebody else is refused where it is made, with what is wrong and what to write."""
    with pytest.raises(DeriveError, match=re.escape(says)):
        replace(CUSTOM[0], **{field: value})


def test_gradient_and_hessian_belong_together() -> None:
    """The Hessian that is derived on its own is the one of the whole chain."""
    loss = catalog.load("logistic")
    assert derivations(loss)[-1] == hessian(loss)
