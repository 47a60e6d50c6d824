"""Joint losses: every one × every check, and what is true of all derivations holds of them, block by block."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import catalog, compiled
from derive import symbols as s
from derive.blockwise import joint_derivations
from derive.certificate import Agreement, Certificate, CheckedDerivation
from derive.certificate_json import dumps, loads
from derive.cli import main
from derive.compiled.joint import functions
from derive.compiled.joint_kernels import KERNELS
from derive.errors import CatalogError, DataError, DerivationError, TermError
from derive.gradcheck.joint import Reference
from derive.gradcheck.joint_samples import samples
from derive.gradcheck.joint_values import value
from derive.render import html, latex, markdown, text
from derive.replay import replay_text
from derive.rules.contraction import matrix_products
from derive.terms.bridge import from_sympy
from derive.terms.term import MATRIX_HEADS, at, make, sym
from derive.terms.text import parse_formula
from derive.verify import derivations, verify
from tests.shared import agreement_of, certificate_of, few

NAMES = catalog.joint_names()
every_loss = pytest.mark.parametrize("name", NAMES)
STEPS = {
    "gradient": "chain rule, partial derivatives(, multiply out and cancel)?, matrix products",
    "hessian": "derivative of a sum, chain rule(, partial derivatives)?(, multiply out and cancel)?, matrix products",
}


def parts(name: str, kind: str) -> list[CheckedDerivation]:
    """The gradients, or the parts of the Hessian."""
    return [d for d in certificate_of(name).derivations if d.kind == kind]


@every_loss
def test_every_step_is_justified_and_proved(name: str) -> None:
    """Each rule, applied again, gives its step, and each step is proved, for every m, n and K."""
    steps = [(d.name, n, step) for d in certificate_of(name).derivations for n, step in enumerate(d.steps, 1)]
    assert len(steps) >= 11
    assert [(d, n, step.verdict) for d, n, step in steps if not step.ok] == []


@every_loss
def test_proofs_statements_and_numbers_agree(name: str) -> None:
    """The whole check is green, and only with the numbers."""
    c, agreement = certificate_of(name), agreement_of(name)
    assert [(check.name, check.worst) for check in agreement.checks if not check.ok] == []
    assert [(s.name, s.verdict) for s in c.statements if not s.ok] == []
    assert replace(c, agreement=agreement).ok
    assert c.status == "unknown"


@every_loss
@pytest.mark.parametrize("kind", STEPS)
def test_the_same_four_steps(name: str, kind: str) -> None:
    """Each gradient and each part of the Hessian, to a whole matrix; what has nothing to cancel takes a step less."""
    blocks = len(catalog.load_joint(name).blocks)
    assert len(parts(name, kind)) == (blocks if kind == "gradient" else blocks * (blocks + 1) // 2)
    for d in parts(name, kind):
        assert re.fullmatch(STEPS[kind], ", ".join(step.rule for step in d.steps))
        assert [step.result.head in MATRIX_HEADS for step in d.steps] == [False] * (len(d.steps) - 1) + [True]


@every_loss
def test_the_start_is_computed_from_the_cost(name: str) -> None:
    """A gradient starts from ∂J by an entry of its block, a part of the Hessian from the entry of a gradient."""
    c = certificate_of(name)
    entries = [d.steps[-2].result for d in parts(name, "gradient")]
    for d, block in zip(parts(name, "gradient"), catalog.load_joint(name).blocks, strict=True):
        assert d.start == make("diff", c.cost, at(block.name, *(sym(str(i)) for i in block.first)))
    assert all(d.start.args[0] in entries for d in parts(name, "hessian"))


@every_loss
def test_convex_or_not_has_a_verdict(name: str) -> None:
    """A certificate of convexity in all parameters together, or a witness against it."""
    found = {s.name: s for s in certificate_of(name).statements}
    convex = catalog.load_joint(name).convex
    assert found["convex" if convex else "not-convex"].verdict.status == ("proved" if convex else "refuted")


@every_loss
def test_compiled_is_what_was_derived(name: str, value_of: Callable[..., Any]) -> None:
    """On data, the stable code has the values of the final matrix formulas, read by the tests' own evaluator."""
    sample = samples(name)[-1]
    f, m = functions(catalog.load_joint(name)), len(sample.X)
    named = {**sample.parameters, **sample.arrays, "X": sample.X, "m": m, "n": sample.X.shape[1], "K": sample.classes}
    gradient = f.gradient(sample.parameters, sample.X, *sample.data)
    for d, (_, got) in zip(parts(name, "gradient"), gradient.items(), strict=True):
        wanted = value_of(d.steps[-1].result, named)
        assert got == pytest.approx(np.reshape(wanted, got.shape), rel=1e-9, abs=1e-9)
    hessian = f.hessian(sample.parameters, sample.X, *sample.data)
    for d, (_, whole) in zip(parts(name, "hessian"), hessian.items(), strict=True):
        for c, e in np.ndindex(3, 3) if whole.ndim == 4 else [(0, 0)]:
            block = whole[:, c, :, e] if whole.ndim == 4 else whole
            wanted = value_of(d.steps[-1].result, {**named, "c": c, "d": e})
            assert block == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", few([n for n in NAMES if n != "ordinal"], ["multinomial", "gaussian-log-variance"]))
def test_a_certificate_survives_its_file(name: str) -> None:
    """Written and read back it is the same, and a replay finds the same verdicts (of `ordinal`, in 10 s)."""
    c = certificate_of(name)
    assert loads(dumps(c)) == c
    again = replay_text(dumps(c), budget=20.0)
    assert [v.status for found in again.verdicts for v in found] == [v.status for v in c.verdicts]
    assert [v.status for v in again.statements] == [s.verdict.status for s in c.statements]


@pytest.mark.parametrize("name", few(NAMES))
def test_every_output_prints_it(name: str) -> None:
    """As text of 80 columns, LaTeX in which braces close, Markdown and a page; gradients say by which block."""
    c = replace(certificate_of(name), agreement=agreement_of(name))
    shown = text.render(c)
    assert max(map(len, shown.splitlines())) <= 80
    assert shown.count("✓ proved") == len(c.verdicts) + len(c.statements)
    typeset = latex.render(c, standalone=True)
    assert typeset.count("{") == typeset.count("}")
    assert "✅" in markdown.render(c)
    assert "<math" in html.render(c)
    several = len(catalog.load_joint(name).blocks) > 1
    assert (r"\nabla_{\theta} J" in typeset) == several
    assert ("∇J = " in shown) == (not several)


@every_loss
def test_the_record_is_complete(name: str) -> None:
    """Title, reference, description, link, words for every name, and a file that is data."""
    loss, c = catalog.load_joint(name), certificate_of(name)
    entry = next(e for e in catalog.entries(catalog.JOINT) if e.name == name)
    assert entry.title == loss.title == c.title
    assert all([loss.reference, loss.description, loss.link, loss.constant_to_optimal_zero, loss.data])
    described = {symbol.name: symbol for symbol in c.symbols}
    assert set(c.domain) <= set(described)
    assert all(symbol.says for symbol in c.symbols)
    assert name in KERNELS
    path = Path(__file__).parents[1] / "derive" / "joint" / f"{name.replace('-', '_')}.py"
    kinds = {type(node).__name__ for node in ast.parse(path.read_text(encoding="utf-8")).body[1:]}
    assert kinds <= {"Import", "ImportFrom", "Assign"}


def test_the_published_formulas() -> None:
    """The matrix forms, as they are printed in textbooks."""
    found = {name: text.render(certificate_of(name)) for name in NAMES}
    assert "∇J = 1/m · Xᵀ(P − Y)" in found["multinomial"]
    assert "∇²_{cd} J = 1/m · Xᵀ diag([(δ_{cd} − p_{id})·p_{ic}]" in found["multinomial"]
    assert "∇J = 1/m · Xᵀ [diag(exp(z)) (Rᵀ(e/S)) − e]" in found["cox"]
    assert "∇_η J = 1/(2m) · Xᵀ [1 − exp(−u) ⊙ (z − y)²]" in found["gaussian-log-variance"]
    assert "∇²_{θη} J = 1/m · Xᵀ diag(exp(−u) ⊙ (y − z)) X" in found["gaussian-log-variance"]
    assert "∇_θ J = 1/m · Xᵀ(g/p)" in found["ordinal"]


def test_the_command_line_knows_them() -> None:
    """`list` and `show` take them by name, a misspelt one is suggested, and data are refused with a reason."""
    run = CliRunner().invoke
    listed = run(main, ["list"]).output
    assert all(f"  {name} " in listed for name in NAMES)
    assert all(listed.count(f"  {name} ") == 1 for name in NAMES)
    missing = run(main, ["show", "multinomal"])
    assert (missing.exit_code, "did you mean 'multinomial'?" in missing.stderr) == (2, True)
    assert not set(NAMES) & {*catalog.names(), *catalog.theorem_names()}


def test_data_of_the_user_are_refused() -> None:
    """A table has one target; these losses have several columns of targets or parameters."""
    with pytest.raises(DataError, match="leave the data out"):
        verify(catalog.load_joint("gaussian-log-variance"), data=object())


def test_a_broken_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that holds another loss is an error that says which file; so is a name that is not there."""
    from derive.joint import cox

    monkeypatch.setattr(cox, "LOSS", catalog.load_joint("ordinal"))
    with pytest.raises(CatalogError, match=r"cox\.py"):
        catalog.load_joint("cox")
    with pytest.raises(CatalogError, match="did you mean 'ordinal'"):
        catalog.load_joint("ordnal")


def test_derivations_are_taken_block_by_block() -> None:
    """The public function gives those of a joint loss, too."""
    loss = catalog.load_joint("ordinal")
    assert derivations(loss) == joint_derivations(loss)
    assert [d.name for d in derivations(loss) if d.kind == "hessian"] == [
        "hessian-theta-theta",
        "hessian-theta-tau",
        "hessian-tau-tau",
    ]


def test_a_chain_of_sums_is_a_product() -> None:
    """Σᵢ Σᵣ eᵢ Rᵢᵣ xᵣⱼ is (Xᵀ Rᵀ e)ⱼ."""
    inner = sp.Sum(s.R[s.i, s.r] * s.X[s.r, s.j], (s.r, 0, s.m - 1))
    found = matrix_products(sp.Sum(s.e_vector[s.i, 0] * inner, (s.i, 0, s.m - 1)))
    assert found == sp.MatMul(1, s.X.T, s.R.T, s.e_vector)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e3, -1e3])
def test_no_raw_prediction_overflows(size: float) -> None:
    """At raw predictions of ±1000 everything is finite that float64 can hold, without a warning."""
    X = np.array([[1.0, 0.5], [0.0, 1.0], [1.0, -1.0]])
    data = {
        "multinomial": ({"Theta": size * np.array([[1.0, 0, -1], [0, 1, 0]])}, ([0, 1, 2],)),
        "ordinal": ({"theta": size * np.array([1.0, 0.1]), "tau": [-1.0, 2.0]}, ([0, 1, 2],)),
        "cox": ({"theta": size * np.array([1.0, 0.1])}, ([1, 1, 2], [1, 0, 1])),
        "gaussian-log-variance": ({"theta": [size, 0], "eta": [0.0, 1.0]}, ([0.0, 1.0, 2.0],)),
    }
    for name, (blocks, targets) in data.items():
        f = functions(catalog.load_joint(name))
        assert np.isfinite(f.cost(blocks, X, *targets))
        assert all(np.isfinite(g).all() for g in f.gradient(blocks, X, *targets).values())
        assert all(np.isfinite(h).all() for h in f.hessian(blocks, X, *targets).values())


def test_numbers_of_classes_are_one_hot_rows() -> None:
    """Both kinds of multinomial targets give the same, to the last bit."""
    f, X, theta = functions(catalog.load_joint("multinomial")), np.eye(3), {"Theta": np.arange(9.0).reshape(3, 3)}
    assert f.cost(theta, X, [0, 2, 1]) == f.cost(theta, X, np.eye(3)[[0, 2, 1]])
    assert (f.gradient(theta, X, [0, 2, 1])["Theta"] == f.gradient(theta, X, np.eye(3)[[0, 2, 1]])["Theta"]).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=2, max_size=12), st.integers(0, 2**32 - 1))
def test_cox_does_not_depend_on_the_order(times: list[int], seed: int) -> None:
    """Samples in another order, with ties, have the same J and ∇J; and J is the sum that is stated."""
    rng = np.random.default_rng(seed)
    time, m = np.array(times, dtype=float), len(times)
    X, event, theta = rng.normal(size=(m, 2)), rng.integers(0, 2, size=m), {"theta": rng.normal(size=2)}
    f, order = functions(catalog.load_joint("cox")), rng.permutation(m)
    z = X @ theta["theta"]
    stated = sum(event[i] * (np.log(np.exp(z[time >= time[i]]).sum()) - z[i]) for i in range(m)) / m
    assert f.cost(theta, X, time, event) == pytest.approx(stated, rel=1e-9, abs=1e-12)
    moved = f.gradient(theta, X[order], time[order], event[order])["theta"]
    assert f.gradient(theta, X, time, event)["theta"] == pytest.approx(moved, rel=1e-9, abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_hessians_are_positive_semidefinite_where_convex(K: int, seed: int) -> None:
    """For random data the whole Hessian of a convex joint loss has no eigenvalue below 0."""
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(7, 2)), rng.integers(0, K, size=7)
    H = functions(catalog.load_joint("multinomial")).hessian({"Theta": rng.normal(size=(2, K))}, X, y)
    whole = H["Theta", "Theta"].reshape(2 * K, 2 * K)
    assert np.linalg.eigvalsh(whole).min() > -1e-12
    tau = np.cumsum(rng.uniform(0.1, 1, size=K - 1))
    parts_of = functions(catalog.load_joint("ordinal")).hessian({"theta": rng.normal(size=2), "tau": tau}, X, y)
    top = np.hstack([parts_of["theta", "theta"], parts_of["theta", "tau"]])
    below = np.hstack([parts_of["theta", "tau"].T, parts_of["tau", "tau"]])
    assert np.linalg.eigvalsh(np.vstack([top, below])).min() > -1e-12


BAD = {
    "another block": ("cox", {"eta": [0.0]}, [[1.0]], ([1.0], [1]), "expected theta"),
    "no targets": ("cox", {"theta": [0.0]}, [[1.0]], ([1.0],), "expected time, event"),
    "X is no matrix": ("ordinal", {"theta": [0.0], "tau": [0.0]}, [1.0], ([1],), "must be a matrix"),
    "too few targets": ("ordinal", {"theta": [0.0], "tau": [0.0]}, [[1.0], [2.0]], ([1],), "one target a sample"),
    "theta is too long": ("ordinal", {"theta": [0.0, 1.0], "tau": [0.0]}, [[1.0]], ([1],), "expected \\(1,\\)"),
    "cut points that fall": ("ordinal", {"theta": [0.0], "tau": [1.0, 0.0]}, [[1.0]], ([1],), "must increase"),
    "no such class": ("ordinal", {"theta": [0.0], "tau": [1.0]}, [[1.0]], ([2],), "0 to 1"),
    "half a class": ("multinomial", {"Theta": [[0.0, 1.0]]}, [[1.0]], ([0.5],), "number of a class"),
    "not one-hot": ("multinomial", {"Theta": [[0.0, 1.0]]}, [[1.0]], ([[1, 1]],), "row 0 of Y is not one-hot"),
    "one class": ("multinomial", {"Theta": [[0.0]]}, [[1.0]], ([[1]],), "two classes or more"),
    "half an event": ("cox", {"theta": [0.0]}, [[1.0]], ([1.0], [0.5]), "an event is 1 or 0"),
    "missing": ("cox", {"theta": [np.nan]}, [[1.0]], ([1.0], [1]), "theta\\[0\\] is missing or infinite"),
    "words": ("cox", {"theta": ["a"]}, [[1.0]], ([1.0], [1]), "not an array of real numbers"),
    "ragged": ("cox", {"theta": [0.0]}, [[1.0], [1.0, 2.0]], ([1.0], [1]), "not an array of numbers"),
    "a matrix of targets": (
        "gaussian-log-variance",
        {"theta": [0.0], "eta": [0.0]},
        [[1.0]],
        ([[1.0]],),
        "one number a sample",
    ),
    "too large": (
        "gaussian-log-variance",
        {"theta": [1.0], "eta": [-1e4]},
        [[1.0]],
        ([0.0],),
        "too large for float64",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arrays_are_errors_that_say_what_to_do(case: str) -> None:
    """A message with the value and what is expected, and no traceback."""
    name, blocks, X, targets, said = BAD[case]
    with pytest.raises(DataError, match=said):
        functions(catalog.load_joint(name)).gradient(blocks, X, *targets)


def test_what_needs_one_raw_prediction_says_so() -> None:
    """A joint loss cannot be fitted, and has functions of its own: each message says what there is."""
    with pytest.raises(CatalogError, match="no single raw prediction: it can be shown and verified"):
        catalog.load("ordinal")
    for make_it in (compiled.cost, compiled.gradient, compiled.hessian):
        with pytest.raises(DerivationError, match=r"compiled\.joint\.functions"):
            make_it(catalog.load_joint("ordinal"))  # type: ignore[arg-type]  # that is what is asked


def test_losses_without_code_or_data_are_errors() -> None:
    """A joint loss of one's own has no kernel and no data to be compared on; both say so."""
    other = replace(catalog.load_joint("cox"), name="mine")
    with pytest.raises(DataError, match="no functions are compiled for 'mine'"):
        functions(other)
    with pytest.raises(DataError, match="no data to try"):
        samples("mine")
    with pytest.raises(TermError, match="cannot be compared"):
        value(parse_formula("tanh(x)"), {"x": 1})


def test_the_reference_knows_a_derivative() -> None:
    """Differences of J at one sample of two classes are those of the logistic loss."""
    sample = replace(samples("multinomial")[0], parameters={"Theta": np.array([[0.5, 0.0, -800.0]])})
    reference = Reference(from_sympy(catalog.load_joint("multinomial").cost), sample)
    p = 1 / (1 + np.exp(-0.5))
    assert reference.at() == pytest.approx(-np.log(p), rel=1e-14)
    assert reference.at(("Theta", (0, 0))) == pytest.approx(p - 1, rel=1e-14)
    assert reference.at(("Theta", (0, 0)), ("Theta", (0, 1))) == pytest.approx(-p * (1 - p), rel=1e-14)


def test_an_agreement_has_every_part() -> None:
    """Cost, gradient and Hessian are compared at corners and on data."""
    for name in NAMES:
        found: Agreement = agreement_of(name)
        assert {check.name.split(":")[0] for check in found.checks} == {"cost", "gradient", "hessian"}
        assert len(found.checks) == 6
    assert isinstance(certificate_of("cox"), Certificate)


def test_what_has_no_bias_does_not_speak_of_one() -> None:
    """Cut points, and a partial likelihood, take the place of the bias column."""
    for name in ("ordinal", "cox"):
        assert not any("bias" in symbol.says for symbol in certificate_of(name).symbols)
    assert any("(the bias)" in symbol.says for symbol in certificate_of("multinomial").symbols)
