"""Theorems: every statement is decided as it is claimed, prints, and is decided again from the file alone."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from flint import arb
from mpmath import mp
from scipy.optimize import minimize

from derive import catalog, theorem
from derive.certificate import Proved
from derive.certificate_json import dumps, loads
from derive.cli import main
from derive.errors import CatalogError, CertificateError, FormulaError
from derive.prove.ask import ask
from derive.prove.limits import DELTA, T
from derive.prove.minimum import METHOD
from derive.render import latex, markdown, text
from derive.replay import replay_text
from derive.terms.text import parse_formula
from derive.theorem import Statement, Theorem
from derive.theorems import logistic_squared_error
from tests.shared import certificate_of
from tests.shared import theorem_of as certificate

NAMES = [e.name for e in catalog.entries(catalog.THEOREMS)]


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_decided_as_it_is_claimed(name: str) -> None:
    """None is refuted or left open, there is at least one, and each says something of its own."""
    c = certificate(name)
    assert [s.name for s in c.statements if not s.ok] == []
    assert c.status == "proved"
    assert c.statements
    assert len({s.name for s in c.statements}) == len(c.statements)
    assert all(s.says for s in c.statements)
    c.raise_for_status()


@pytest.mark.parametrize("name", NAMES)
def test_every_theorem_prints(name: str) -> None:
    """As text of 80 columns, as LaTeX in which braces and environments close, as Markdown; each statement is there."""
    c = certificate(name)
    printed = text.render(c)
    assert max(map(len, printed.splitlines())) <= 80
    assert printed.count("✓ proved") == len(c.statements)
    typeset = latex.render(c, standalone=True)
    assert typeset.count("{") == typeset.count("}")
    assert typeset.count(r"\begin{align*}") == typeset.count(r"\end{align*}") >= len(c.statements)
    assert markdown.render(c).count("✅ proved") == len(c.statements)


@pytest.mark.parametrize("name", NAMES)
def test_a_theorem_is_decided_again_from_its_file(name: str) -> None:
    """The file is read back as the same certificate, and every statement comes out again."""
    c = certificate(name)
    written = dumps(c)
    assert loads(written) == c
    again = replay_text(written)
    assert again.status == "proved"
    assert [v.status for v in again.statements] == [s.verdict.status for s in c.statements]


def test_an_edited_statement_is_refused() -> None:
    """Whoever writes another formula, question or expectation into a file cannot make it come out."""
    c = certificate("combine")
    first, second, *rest = c.statements
    for edited in (
        replace(first, terms=(first.terms[0], parse_formula("-log(1 - h)"))),
        replace(first, question="positive", terms=(parse_formula("h - 1"),)),
        replace(first, domain={"h": "(0, 1)", "y": "{0}"}),
    ):
        with pytest.raises(CertificateError, match=r"edited|hold together"):
            replay_text(dumps(replace(c, statements=(edited, second, *rest)))).raise_for_status()


def test_a_theorem_without_statements_is_refused() -> None:
    """Nothing to check is not proved, neither as a certificate nor as a file; nor is a loss made a theorem."""
    empty = replace(certificate("combine"), statements=())
    assert empty.status == "unknown"
    for broken in (empty, replace(empty, kind="loss"), replace(certificate("combine"), kind="loss")):
        with pytest.raises(CertificateError, match="a theorem has statements only"):
            replay_text(dumps(broken))


def test_statements_of_a_loss_are_shown_with_it() -> None:
    """A theorem that is named like a loss adds its statements to the certificate of the loss."""
    c = certificate_of("logistic")
    names = [s.name for s in c.statements]
    assert {"curvature", "convex", "weights", "lipschitz"} <= set(names)
    assert "logistic" not in catalog.theorem_names()
    wrong = replace(c.statements[-1], expected="refuted")
    assert replace(c, statements=(wrong,)).status == "refuted"


def test_the_command_line_knows_theorems() -> None:
    """`show`, `verify` and `list` take them by name; a misspelt one is suggested."""
    run = CliRunner().invoke
    assert "update-rule" in run(main, ["list"]).output
    assert run(main, ["verify", "combine"]).output.endswith("combine: proved; 4 of 4 statements proved\n")
    assert "−y·ln(h)" in run(main, ["show", "combine", "--format", "text"]).output
    missing = run(main, ["show", "combne"])
    assert (missing.exit_code, "did you mean 'combine'?" in missing.stderr) == (2, True)
    assert run(main, ["verify", "combine", "--data", "x.csv", "--target", "y"]).exit_code == 2


def test_a_broken_theorem_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose THEOREM has another name is an error that says which file."""
    from derive.theorems import combine

    monkeypatch.setattr(combine, "THEOREM", replace(combine.THEOREM, name="other"))
    with pytest.raises(CatalogError, match=r"combine\.py"):
        catalog.theorem("combine")
    bad = Theorem("x", "X", "", (Statement("s", "s", "equal", ("x +", "x")),))
    with pytest.raises(FormulaError, match="statement 's'"):
        theorem.certify(bad)


def test_the_minima_are_where_others_find_them() -> None:
    """SciPy's search from both boxes ends in the enclosures, and at mpmath's digits the gradient there is zero."""
    x, y = np.array(logistic_squared_error.SAMPLES, dtype=float).T

    def cost(t: np.ndarray) -> float:
        return float(np.mean((1 / (1 + np.exp(-t[0] - t[1] * x)) - y) ** 2) / 2)

    found = {s.name: s for s in certificate("logistic-squared-error").statements}
    for name, start in (("first-minimum", [1.7, -0.6]), ("second-minimum", [0, 0])):
        best = minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-12, "fatol": 1e-16})
        verdict = found[name].verdict
        assert isinstance(verdict, Proved)
        assert verdict.method == METHOD
        place, value = verdict.notes
        a, b = (arb(part) for part in re.findall(r"\[.*?\]", place))
        assert [float(a), float(b)] == pytest.approx(best.x, abs=1e-6)
        assert float(arb(re.findall(r"\[.*?\]", value)[0])) == pytest.approx(best.fun, abs=1e-10)
        with mp.workdps(30):
            slope = mp.diff(lambda u, b=float(b): _cost(u, b), float(a))
        assert abs(slope) < 1e-9


def _cost(a: float, b: float) -> float:
    return sum((1 / (1 + mp.exp(-a - b * x)) - y) ** 2 for x, y in logistic_squared_error.SAMPLES) / 12


def test_a_modulus_is_what_it_says() -> None:
    """Sampled: where h is within δ of its limit, the cost is within ε."""
    limits = [s for s in certificate("split-cost").statements if s.question == "limit"]
    assert len(limits) == 2
    for s in limits:
        for epsilon in (1e-3, 0.5, 3.0):
            delta = 1 - np.exp(-epsilon)
            for t in (1e-6, 0.5, 0.999999):
                h = 1 - delta * t if s.name.startswith("one") else delta * t
                assert abs(-np.log(h if s.name.startswith("one") else 1 - h)) < epsilon
    assert (DELTA, T) == ("delta", "t")


def test_unknown_questions_are_errors() -> None:
    """A question that is none, or has the wrong number of terms, is an error and no answer."""
    from derive.domain import Domain
    from derive.errors import TermError

    for question, terms in (("likely", ["x"]), ("equal", ["x"]), ("minimum", ["x"]), ("limit", ["x", "x"])):
        with pytest.raises(TermError):
            ask(question, [parse_formula(t) for t in terms], Domain({}))
