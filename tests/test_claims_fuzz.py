"""Random claims: whatever is typed, the answer is a report or a clear error; and what is proved holds in numbers."""

from __future__ import annotations

import math
import os
import sys
import time
from typing import Any

import mpmath
import pytest
import sympy as sp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import derive
from derive.errors import DeriveError
from tests.shared import examples

RUN: list[str] = []
_RUNS_CODE = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect", "shutil.rmtree", "exec")
# fmt: off
WORDS = st.sampled_from([
    *("z", "y", "exp", "log", "sigmoid", "where", "Piecewise", "sum", "(", ")", "[", "]", "{", "}", ",", "+", "-", "*"),
    *("/", "**", "1", "0", "2.5", "1e400", "0.1", "1/2", ">", "<=", "==", "&", "|", "!", "~", ".", "=", ":", ";", "'"),
    *("lambda", "__import__", "os", "eval", "import", "True", "None", "nan", "oo", "I", "π", "σ", "²", "\x00", "np."),
    *("#", "z[i]", "diff", "one-hot", "0..n-1", "positive", "poisson", "9**9**9", "if", "else", "for", " ", "\n", "\\"),
])
# fmt: on
TYPED = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=25).map("".join))


def listen(event: str, _: Any) -> None:
    """An audit hook: is code run while a claim is read?"""
    if LISTENING and any(event.startswith(e) for e in _RUNS_CODE):
        RUN.append(event)


LISTENING: list[bool] = []
sys.addaudithook(listen)
derive.check("z**2", "2*z", wrt="z")  # what has to be imported is


def answered(*claim: Any, **options: Any) -> bool:
    """Is there a report, or an error with a message?"""
    try:
        return derive.check(*claim, **options, dtypes=(), budget=0.5).status in ("proved", "refuted", "unknown")
    except DeriveError as error:
        return bool(str(error))


@given(TYPED, TYPED, st.one_of(st.none(), TYPED), st.one_of(st.just("z"), TYPED))
@settings(
    max_examples=int(os.environ.get("DERIVE_EXAMPLES", examples(150, 60))),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_whatever_is_typed(loss: str, gradient: str, hessian: str | None, wrt: str) -> None:
    """A report or a `DeriveError`, soon, and no code is run."""
    start = time.monotonic()
    LISTENING.append(True)
    try:
        assert answered(loss, gradient, hessian, wrt)
    finally:
        LISTENING.clear()
    assert RUN == []
    assert time.monotonic() - start < 30


@given(TYPED, TYPED, TYPED, TYPED)
@settings(max_examples=examples(80, 40), deadline=None)
def test_whatever_is_typed_beside_the_formulas(domain: str, name: str, where: str, distribution: str) -> None:
    """The same for domains, names and distributions."""
    several: list[dict[str, Any]] = [
        {"domain": {"y": domain}},
        {"domain": {name: "real"}},
        {"where": {"p": where}},
        {"where": {name: "z"}},
        {"distribution": distribution},
        {"convention": domain},
        {"reduction": where},
        {"hessian_kind": name},
    ]
    for options in several:
        assert answered("exp(z) - y*z", "exp(z) - y", wrt="z", **options)


Z, Y = sp.symbols("z y", real=True)


def losses(depth: int) -> st.SearchStrategy[sp.Expr]:
    """Smooth losses with a value everywhere."""
    leaf = st.sampled_from([Z, Z, Y, Z - Y, Z * Y, sp.Integer(2), sp.Rational(1, 2)])
    if depth == 0:
        return leaf
    inner = losses(depth - 1)
    return st.one_of(
        leaf,
        st.tuples(inner, inner).map(lambda p: p[0] + p[1]),
        st.tuples(inner, inner).map(lambda p: p[0] * p[1]),
        inner.map(sp.tanh),
        inner.map(lambda a: sp.log(1 + a**2)),
        inner.map(lambda a: sp.sqrt(1 + a**2)),
        inner.map(lambda a: 1 / (1 + sp.exp(-a))),
        inner.map(lambda a: a**2),
    )


CHANGES = (
    lambda g: g,
    lambda g: g,
    lambda g: -g,
    lambda g: 2 * g,
    lambda g: g + sp.Rational(1, 1000),
    lambda g: g * (1 + sp.Rational(1, 10**6)),
    lambda g: g.subs(Y, -Y),
    lambda g: g.subs(Z, 2 * Z),
    lambda g: g * sp.tanh(Z),
    lambda g: sp.diff(g, Z),
)


@given(losses(2), st.sampled_from(CHANGES), st.integers(0, 3))
@settings(max_examples=examples(80, 40), deadline=None)
def test_what_is_proved_holds_and_what_is_refuted_does_not(loss: sp.Expr, change: Any, seed: int) -> None:
    """The derivative by SymPy, as it is or changed: the verdict agrees with mpmath's differences of the loss."""
    claimed = change(sp.diff(loss, Z))
    if Z not in loss.free_symbols:
        return
    report = derive.check(str(loss), str(claimed), wrt="z", domain={"y": "real"}, dtypes=())
    f, g = (sp.lambdify((Z, Y), e, "mpmath") for e in (loss, claimed))
    places = [(0.37 + seed, -1.21), (-2.2, 0.81 + seed), (0.05, 2.93)]
    with mpmath.workdps(30):
        gaps = [abs(mpmath.diff(lambda z, y=y: f(z, y), mpmath.mpf(x)) - g(mpmath.mpf(x), y)) for x, y in places]
    assert all(math.isfinite(float(gap)) for gap in gaps)
    if report.status == "proved":
        assert max(gaps) < 1e-12, (loss, claimed)
    if max(gaps) > 1e-9:
        assert report.status == "refuted", (loss, claimed, report.status)
    for claim in report.claims:
        if claim.witness is not None:
            assert claim.witness.left != claim.witness.right


@pytest.mark.parametrize("size", [10_000, 100_000, 1_000_000])
def test_long_input_is_answered_soon(size: int) -> None:
    """Brackets, sums and towers of any length."""
    for text in ("(" * size + "z" + ")" * size, "z" + "+z" * size, "z" + "**2" * size, "-" * size + "z", "[" * size):
        start = time.monotonic()
        assert answered(text, "1", wrt="z")
        assert time.monotonic() - start < 20
