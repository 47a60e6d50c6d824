"""Stand-ins do what NumPy's arrays do: the terms that come out have the values that NumPy computes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from scipy import special, stats

from derive.domain import Domain
from derive.floating.library import meaning
from derive.prove.ball import Evaluator
from derive.prove.ball_functions import to_arb
from derive.prove.point import Point
from derive.prove.signals import GaveUp
from derive.terms.term import Term
from derive.tracing.calling import follow
from derive.tracing.stand_in import StandIn
from derive.tracing.unreadable import Unreadable
from tests.shared import examples

ROWS = 3
VALUES = {"a": (-1.5, 0.25, 2.0), "b": (0.5, 3.0, 0.75), "k": (0.0, 1.0, 1.0)}
DOMAIN = {f"k{i}": "{0, 1}" for i in range(1, ROWS + 1)}
Code = Callable[..., Any]


def terms(code: Code, domain: Mapping[str, str] = DOMAIN) -> Any:
    """What the code makes of stand-ins for a, b and k."""

    def call() -> Mapping[str, Any]:
        return {"out": code(*(StandIn.named([f"{n}{i}" for i in range(1, ROWS + 1)]) for n in "abk"))}

    return follow(code, call, Domain.of(domain)).values["out"]


def value(t: Term) -> float:
    """The value of a term at the point of `VALUES`."""
    from fractions import Fraction

    point = {f"{n}{i}": Fraction(v) for n, row in VALUES.items() for i, v in enumerate(row, 1)}
    return float(to_arb(Evaluator(Point(point, Domain.of(DOMAIN))).go(meaning(t))).mid())


def agrees(code: Code) -> None:
    """The values of the terms are those of the code."""
    same(code, terms(code))


def same(code: Code, made: Any) -> None:
    """The values of the terms that were made are those of the code."""
    wanted = np.asarray(code(*(np.array(VALUES[n]) for n in "abk")), float)
    assert made.shape == wanted.shape
    found = np.array([value(c.value) for c in made.reshape(-1)]).reshape(made.shape)
    assert np.allclose(found, wanted, rtol=1e-12, atol=1e-15)


def in_place(a: Any, b: Any, k: Any) -> Any:
    """Masks in place."""
    g = np.zeros(len(a))
    g[a > 0] = 2.5
    g[a <= 0] = (a * b)[a <= 0]
    g += b
    g[:2] -= 1
    g[-1] *= 3
    return g


def selections(a: Any, b: Any, k: Any) -> Any:
    """Selections on both sides, and their sums."""
    out = np.empty_like(a)
    m = a * b > 0.3
    out[m] = np.sqrt(a[m]) * 2 + b[m]
    out[~m] = -(a[~m] ** 2)
    return out / (a[m].sum() + b[~m].mean())


def views(a: Any, b: Any, k: Any) -> Any:
    """Slices are views, scalars are not."""
    t = np.stack([a, b], axis=1).copy()
    column = t[:, 0]
    column += 1
    x = t[0, 1]
    x += 5
    return t.T.reshape(3, 2).ravel(order="F")


def branches(a: Any, b: Any, k: Any) -> Any:
    """Loops and branches."""
    out = []
    for i in range(2):
        if k[i] == 1 and a[i] > 1:
            out.append(math.exp(a[i]))
        elif not a[i] > 0:
            out.append(max(b[i], 1.0, a[i]))
        else:
            out.append(abs(a[i]) if k[i] else 0.0)
    return np.array(out)


def ranks(a: Any, b: Any, k: Any) -> Any:
    """Sorting and indices that depend on the data."""
    order = np.argsort(b[:2])
    return a[order] * np.arange(2) + np.array([7.0, 9.0])[k[:2].astype(int)]


def same_memory(a: Any, b: Any, k: Any) -> Any:
    """What NumPy gives as a view, or as the array itself, is changed with it."""
    ways: list[Code] = [np.squeeze, np.ravel, np.atleast_1d, np.ascontiguousarray, lambda x: x.view(), lambda x: x.T]
    ways += [lambda x: np.asarray(x, dtype=float), lambda x: x.astype(float, copy=False), lambda x: x.swapaxes(0, 0)]
    ways += [
        lambda x: np.array(x, copy=None),
        lambda x: np.nan_to_num(x, copy=False),
        lambda x: x.reshape(-1, 1),
        np.flip,
    ]
    for i, way in enumerate(ways):
        g = a * b
        h = way(g)
        h += i + 1
        a = a + g
    for copied in (np.array(a), np.array(a, dtype=float), a.astype(float), a.flatten(), np.copy(a), np.nan_to_num(a)):
        np.subtract(copied, 7, out=copied)
    return a


def diagonal(a: Any, b: Any, k: Any) -> Any:
    """A function that changes its argument and gives nothing."""
    table = np.outer(a, b)
    np.fill_diagonal(table, a * 2)
    np.fill_diagonal(table[1:], 5.0)
    return table


CODES: dict[str, Code] = {
    "same memory": same_memory,
    "diagonal": diagonal,
    "conditions": lambda a, b, k: (
        ((a > 0) + (b > 0.6)) * 1.0
        + 3.0 * ((a > 0) * (b > 1))
        + np.sum([a > 0, b > 0.6], axis=0)
        + (0 + (a > 0) + (b > 0))
    ),
    "degrees of freedom": lambda a, b, k: (
        np.var(a, ddof=1) + b.std(ddof=2) + np.stack([a, b]).var(axis=1, ddof=1)[0] + np.std(a, axis=0, keepdims=True)
    ),
    "starts": lambda a, b, k: (
        np.sum(a, initial=2.0) + np.prod(b, initial=3.0) + a.max(initial=9.0) + np.minimum.reduce(a, initial=-4.0)
    ),
    "some entries": lambda a, b, k: (
        np.sum(a, where=[True, False, True])
        + np.prod(b, where=a > 0)
        + np.all(a > 0, where=b > 0.6)
        + np.any(a > 1, where=b > 1)
    ),
    "weights": lambda a, b, k: (
        np.average(np.stack([a, b]), axis=0, weights=[1, 3]) + np.average(np.outer(a, b), axis=1, weights=[1.0, 2, 3])
    ),
    "compressed": lambda a, b, k: np.compress(a > 0, b) + np.compress([True, False, True], a),
    "arithmetic": lambda a, b, k: -a + 2 * b**2 - b / 4 + 3 // 1 + (a - 1) * (1 - b),
    "powers": lambda a, b, k: b**a + np.power(b, 2.5) + 2**a + (-1) ** k + np.square(a) + np.cbrt(a),
    "elementary": lambda a, b, k: (
        np.exp(a) + np.log(b) + np.log1p(b) + np.expm1(a) + np.sqrt(b) + np.tanh(a) + np.cosh(a)
    ),
    "logarithms": lambda a, b, k: np.log2(b) + np.log10(b) + np.exp2(a) + np.logaddexp(a, b) + np.hypot(a, b),
    "rounding": lambda a, b, k: np.floor(a) + a // 1 + b % 0.5,
    "angles": lambda a, b, k: np.sin(a) + np.arctan(a) + np.arcsinh(b) + np.deg2rad(a),
    "choices": lambda a, b, k: np.maximum(a, b) + np.minimum(a, 1) + np.abs(a) + np.sign(a) + np.heaviside(a, 0.5),
    "clips": lambda a, b, k: np.clip(a, -1, 1) + a.clip(0) + np.clip(b, None, 1) + np.clip(a, -np.inf, 0.3),
    "masks": lambda a, b, k: (a < 0) * a + (a >= 0) * b + (a > b).astype(int) + 1 - (a != b),
    "logic": lambda a, b, k: np.where((a > 0) & ~(b > 1) | (k == 1), 1.0, np.where(np.logical_xor(a > 0, b > 1), 2, 3)),
    "select": lambda a, b, k: (
        np.select([a < 0, a < 1], [b, b * 2], default=-1) + np.piecewise(a, [a < 0], [1, lambda x: x])
    ),
    "sums": lambda a, b, k: (
        a.sum() + np.mean(b) + np.prod(b) + a.max() - np.min(a) + np.var(a) + b.std() + (a > 0).sum()
    ),
    "axes": lambda a, b, k: (
        np.sum(np.stack([a, b]), axis=0) + np.stack([a, b], axis=1).mean(axis=1, keepdims=True)[:, 0]
    ),
    "products": lambda a, b, k: np.outer(a, b) @ a + np.dot(a, b) + np.einsum("i,i->", a, b) + np.diag(a) @ b,
    "shapes": lambda a, b, k: np.concatenate([a, b]).reshape(2, 3, order="F").T.reshape(-1)[::2],
    "stacks": lambda a, b, k: np.hstack([a[:, None], b.reshape(-1, 1)])[:, ::-1] + np.column_stack([a, b]),
    "differences": lambda a, b, k: np.diff(np.cumsum(a)) + np.roll(a, 1)[1:] + np.repeat(a, 2)[:2],
    "scipy": lambda a, b, k: (
        special.expit(a) + special.gammaln(b) + special.xlogy(k, b) + special.digamma(b) + special.erf(a)
    ),
    "more of scipy": lambda a, b, k: (
        special.polygamma(1, b) + special.softmax(a) + special.logsumexp(a) + special.ndtr(a)
    ),
    "the normal": lambda a, b, k: (
        stats.norm.pdf(a, 1, 2) + stats.norm.cdf(a) + stats.norm.logpdf(a, scale=b) + stats.norm.sf(a)
    ),
    "losses of scipy": lambda a, b, k: (
        special.huber(1, a) + special.pseudo_huber(b, a) + special.log_expit(a) + special.log_ndtr(a)
    ),
    "logit": lambda a, b, k: (
        special.logit(special.expit(a)) + special.boxcox(b, 0.5) + special.entr(b) + special.kl_div(b, b + 1)
    ),
    "vectorize": lambda a, b, k: np.vectorize(lambda x, y: x if x > y else y)(a, b),
    "comprehension": lambda a, b, k: np.array([x * y for x, y in zip(a, b, strict=True)]) + sum(a),
    "averages": lambda a, b, k: np.average(a, weights=b) + np.ptp(a) + np.linalg.norm(a),
    "labels": lambda a, b, k: np.eye(2)[k.astype(int)] @ np.array([3.0, 4.0]) + np.ones_like(a) + np.full_like(a, 0.5),
    "in place": in_place,
    "selections": selections,
    "views": views,
    "branches": branches,
    "ranks": ranks,
}


@pytest.mark.parametrize("name", CODES)
def test_terms_have_the_values_of_numpy(name: str) -> None:
    """The same code on numbers and on stand-ins."""
    agrees(CODES[name])


OPERATIONS: tuple[Code, ...] = (
    lambda x, y: x + y,
    lambda x, y: x - 2 * y,
    lambda x, y: x * y,
    lambda x, y: x / (1 + y * y),
    lambda x, y: np.where(x < y, x, y * 0.5),
    np.maximum,
    lambda x, y: np.tanh(x) * (y > 0),
    lambda x, y: np.exp(-np.abs(x)) + y,
)


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6))
@settings(max_examples=examples(40, 20), deadline=None)
def test_programs_have_the_values_of_numpy(program: list[tuple[int, int, int]]) -> None:
    """Random programs of a few operations, each on what was made before."""

    def code(a: Any, b: Any, k: Any) -> Any:
        made = [a, b, k]
        for operation, i, j in program:
            made.append(OPERATIONS[operation](made[i % len(made)], made[j % len(made)]))
        return made[-1] + 0 * a

    made = terms(code)
    try:
        same(code, made)
    except GaveUp:  # the evaluator cannot tell two equal values apart, so it decides no branch between them
        reject()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (lambda a, b, k: np.array([int(x) for x in a]), r"int\(\) of something that depends on the data"),
        (lambda a, b, k: np.array([1.0, 2.0])[a.astype(int)], "cuts digits off"),
        (lambda a, b, k: np.linalg.inv(np.outer(a, b)), "np.inv is not a function"),
        (lambda a, b, k: np.interp(a, [0, 1], [0, 1]), "np.interp is not a function"),
        (lambda a, b, k: a & b, "conditions are needed"),
        (lambda a, b, k: np.empty(3) + a, "was not given a value"),
        (lambda a, b, k: a / 0, "division by 0"),
        (lambda a, b, k: np.where(a > 0, np.inf, a), "an infinite number is used"),
        (lambda a, b, k: a if a > 0 else b, "a single number is needed"),
        (lambda a, b, k: a.frobnicate(), "frobnicate"),
        (lambda a, b, k: np.add.accumulate(a), "accumulate"),
        (lambda a, b, k: np.mean(a, where=b > 0.6), "`where` of the mean"),
        (lambda a, b, k: np.max(a, where=b > 0.6, initial=0), "`where` of the maximum"),
        (lambda a, b, k: np.std(a, 0, None, None, 1), "have no names"),
        (lambda a, b, k: np.var(a, ddof=3), "ddof=3"),
        (lambda a, b, k: np.average(a, weights=b, returned=True), "returned"),
        (lambda a, b, k: np.linalg.norm(np.outer(a, b), 2), "ord=2"),
        (lambda a, b, k: a.view(np.int64), "the bytes of numbers"),
        (lambda a, b, k: np.array([a[:1], b]), "different shapes"),
        (lambda a, b, k: a + "x", "TypeError"),
        (lambda a, b, k: special.zeta(a), "zeta is not a function"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(code: Code, why: str) -> None:
    """The error names this file, the line and the reason."""
    with pytest.raises(Unreadable, match=why) as caught:
        terms(code)
    assert caught.value.file == __file__
    assert caught.value.line == code.__code__.co_firstlineno


def test_each_entry_knows_the_line_that_made_it() -> None:
    """Also where it is moved, cast, or put in place afterwards."""

    def code(a: Any, b: Any, k: Any) -> Any:
        first = a + b
        second = np.exp(first)
        out = np.zeros(3)
        out[0] = 1.5
        out[1:] = second[1:]
        return out.reshape(-1, 1).astype(float)[:, 0]

    start = code.__code__.co_firstlineno
    lines = [cell.place[1] - start for cell in terms(code)]
    assert lines == [4, 2, 2]
