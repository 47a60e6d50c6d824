"""Formulas for each head, and whether what a law writes for one has its value."""

from __future__ import annotations

from collections.abc import Iterable

from derive.certificate import Condition
from derive.domain import Domain
from derive.terms.term import Term
from fuzzing.judge import OneSided, Place, gap_at
from fuzzing.terms import DOMAIN
from fuzzing.values import NoValue, TooClose

NO_ANSWER = (NoValue, TooClose, OverflowError, ValueError, ZeroDivisionError)
#: signs known by a domain, so that choices are decided without a split
WHERE = [
    Domain.of({**DOMAIN.to_json(), "x": x, "y": y})
    for x, y in (("positive", "negative"), ("(1, oo)", "(0, 1)"), ("(-1, 0)", "(0, 1)"), ("real", "real"))
]
ARGUMENTS = [
    "x",
    "-x",
    "2*x + y",
    "x*y - 1",
    "x/3",
    "log(x)",
    "exp(x - y)",
    "1/x",
    "x + 3",
    "3/2",
    "x**2",
    "1/(1+x**2)",
]
#: head -> formulas, apart by semicolons
FORMULAS = {
    "abs": "abs(x); abs(y - x); abs(0); abs(x - x); abs(-7/3)",
    "sign": "sign(x); sign(y - x); sign(0); sign(x - x); sign(-7/3)",
    "heaviside": "heaviside(x); heaviside(y - x); heaviside(0); heaviside(x - x); heaviside(-7/3)",
    "erf": "erf(x); erf(0); erf(y - 2*x); erf(x - x); erf(erfinv(x/3))",
    "atan": "atan(x); atan(0); atan(y - 2*x); atan(1/x)",
    "pow": (
        "x**3; x**(-2); x**(1/2); x**(-3/2); (x*y)**(2/3); x**y; 2**x; (x**2)**(1/2); x**(3*k); "
        "(12*x)**(1/2); (x/18)**(-1/2); exp(x)**(1/2); ((x + 1)*(x + 2))**(3/2); 0**x; (-2)**k; "
        "4**(1/2)"
    ),
    "max": "max(x, y); max(x, y, 0); max(x, 2*x, y)",
    "min": "min(x, y); min(x, y, 1); min(-x, y)",
    "piecewise": "where(x < y, x, y); where(x <= 0, 1, y); where(x == 2, 1, 2); where(not x > y, x, 3)",
    "xlogy": "xlogy(x, 2); xlogy(x, x**2); xlogy(0, x); xlogy(x, 1 + y**2)",
    "delta": "delta(2, 3); delta(k, k); delta(k, k + 1)",
    "polygamma": "polygamma(0, x + 2); polygamma(1, x + 3); polygamma(2, x + 1); polygamma(3, 5/2)",
    "sum": (
        "sum(x*i, i, 0, 3); sum(v[i]*x, i, 0, n-1); sum(v[i]/(1 + w[i]) + y, i, 1, n); "
        "sum(i, i, 3, 2); sum(sum(v[i]*w[l], l, 0, m-1), i, 0, n-1); "
        "sum((v[i] + i)/(x**2 + 1), i, 0, n-1); sum(w[i]/w[i], i, 0, n); "
        "sum(sum(A[i, l], i, 0, n-1)*w[l], l, 0, n-1); sum((w[i]**2 + 1)/(w[i] + 1), i, 0, n-1)"
    ),
    "prod": "prod(x + i, i, 0, 2); prod(w[i]*x**2, i, 0, n-1); prod(i, i, 2, 1)",
    "sin": (
        "sin(x + y); sin(2*x - y); sin(pi/2); sin(0); sin(3*x)*sin(x); "
        "sin(x/2); sin(x + pi); sin(-5*pi/2); sin(pi*x); sin(pi/2); sin(0)"
    ),
    "cos": "cos(x - y); cos(4*x); cos(2*pi); cos(pi/2); cos(x/2)**3; cos(3*pi); cos(x + pi/2)",
    "gamma": "gamma(x + 4); gamma(5/2); gamma(x*y)",
    "loggamma": "loggamma(x + 3); loggamma(x)",
    "log": ("log(12*x**2/y**3); log(exp(x)*y**2); log(x**2 + x); log(abs(x)); log(7/15); log(sqrt(x) + 1)"),
    "exp": ("exp(2*log(x) - y); exp(x/(1 + x)); exp((x**2 + 2)/(x + 1)); exp(x)**2*exp(-y/2); exp(log(3)/2)"),
    "mul": "(x + 1)*(x - 1)/(x**2 - 1); x*(y + 1)/(x*y + x)",
    "add": "1/x + 1/(x + 1) - y; x/(x + y) + y/(x + y)",
}
_BOTH = ("sin", "cos", "gamma", "loggamma", "log", "exp")


def formulas(head: str) -> list[str]:
    """Formulas in x, y and more around one head."""
    own = FORMULAS[head].split("; ") if head in FORMULAS else []
    return own if own and head not in _BOTH else [*own, *(f"{head}({a})" for a in ARGUMENTS)]


def compared(t: Term, out: Term, conditions: Iterable[Condition], where: Iterable[Place]) -> int:
    """At how many points `out` has the value of t, where t has one; an AssertionError shows a difference."""
    seen = 0
    for place in where:
        try:
            same = not gap_at(t, out, place)
        except OneSided:
            same = not _has_value(t, place)
        except NO_ANSWER:
            continue
        if not same:
            raise AssertionError(f"{t!r} is written as {out!r}: see {place}")
        if _has_value(t, place):
            seen += 1
            for c in conditions:
                if not _holds(c, place):
                    raise AssertionError(f"{c} is no condition of {t!r}: see {place}")
    return seen


def _has_value(t: Term, place: Place) -> bool:
    try:
        place.value(t, 50)
    except NoValue:
        return False
    return True


def _holds(c: Condition, place: Place) -> bool:
    try:
        v = place.value(c.term, 50)
    except NO_ANSWER:
        return True
    return {"positive": v > 0, "nonnegative": v >= 0, "nonzero": v != 0}[c.kind]
