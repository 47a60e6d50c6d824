"""The matching loss of a link, whose gradient is Xᵀ(h − y)/m: found by integration, proved by differentiation.

For a link with the inverse h(z) it is ℓ(z) = A(z) − yz with A′ = h. It is convex where h grows. For the canonical link
of an exponential family it is the negative log-likelihood; for any other link it is another loss, with its own merits.

Source: P. Auer, M. Herbster, M. Warmuth, Exponentially many local minima for single neurons, NIPS 1995.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, NamedTuple

from derive.certificate import Certificate, Proved, Unknown
from derive.claims.simplify import simplify
from derive.domain import parse_range
from derive.errors import DeriveError, DomainError, FormulaError, TermError, UnknownError
from derive.prove.differentiate import differentiate
from derive.prove.signals import GaveUp
from derive.terms.term import Term, add, free_names, make, neg, num, power, substitute, sym
from derive.terms.text import parse_formula
from derive.terms.unparse import unparse
from derive.theorem import Statement, Theorem, certify, check

_Z = "sum(X[i, k]*theta[k], k, 0, n - 1)"
_WORDS = {
    "z": "the raw prediction",
    "y": "the target",
    "X": "the features",
    "theta": "the parameters",
    "m": "the number of samples",
    "n": "the number of features",
}


class Link(NamedTuple):
    """A link by its inverse, h as a formula in z, and the raw predictions for which it is meant."""

    inverse: str
    range_z: str = "real"


#: the links of generalized linear models by their usual names
LINKS: Mapping[str, Link] = {
    "identity": Link("z"),
    "log": Link("exp(z)"),
    "logit": Link("sigmoid(z)"),
    "probit": Link("normcdf(z)"),
    "cloglog": Link("1 - exp(-exp(z))"),
    "loglog": Link("exp(-exp(-z))"),
    "cauchit": Link("1/2 + atan(z)/pi"),
    "inverse": Link("-1/z", "(-oo, 0)"),
    "inverse-squared": Link("1/sqrt(-2*z)", "(-oo, 0)"),
    "sqrt": Link("z**2", "positive"),
    "tanh": Link("tanh(z)"),
    "arcsinh": Link("asinh(z)"),
}


def matching_loss(
    link: str | None = None, *, inverse_link: str | None = None, range_z: str | None = None, budget: float = 5.0
) -> Certificate:
    """The matching loss of a link by name, or of an inverse link that is given as a formula in z.

    The certificate states A′ = h, the gradient ℓ′ = h − y, the gradient of the cost Xᵀ(h − y)/m for every m and n, the
    second derivative, and that ℓ is convex; each with its own verdict. Raises `DeriveError` for an unknown link or a
    range that is no interval, and `UnknownError` where no antiderivative is found, or A′ = h is not proved for every
    raw prediction of the range: at a jump of h, say, no function has that derivative, however convex its pieces are.

    >>> matching_loss("probit").status
    'proved'
    """
    name, chosen = _chosen(link, inverse_link, range_z)
    h = _read(chosen.inverse)
    _check_interval(chosen.range_z)
    found = certify(_theorem(name, h, antiderivative(h, chosen.range_z), chosen.range_z), budget=budget)
    _check_everywhere(found, chosen)
    return found


def _check_interval(range_z: str) -> None:
    """Derivatives and convexity have a meaning on an interval."""
    r = parse_range(range_z)
    if r.values is not None or r.whole or r.nonzero or r.total is not None:
        raise DomainError(
            f"the raw predictions {range_z[:80]} are no interval; write real, positive, (0, 1) or (-oo, 0)"
        )


def _check_everywhere(found: Certificate, chosen: Link) -> None:
    """Is A′ = h, and so ℓ′ = h − y, proved for every raw prediction of the range?"""
    for s in found.statements:
        if s.name not in ("antiderivative", "gradient"):
            continue
        if not isinstance(s.verdict, Proved):
            why = s.verdict.reason if isinstance(s.verdict, Unknown) else "it is refuted"
            raise UnknownError(
                f"{unparse(s.terms[0])} = {unparse(s.terms[1])} is proposed, and not proved: {why}"[:500]
            )
        if s.verdict.conditions or s.verdict.notes or s.verdict.domains_differ:
            raise UnknownError(
                f"for z in {chosen.range_z}, A′ = h does not hold everywhere, or A or h is not defined everywhere: "
                f"{_where(s.verdict)}. Try another range, such as --range positive, or an inverse link without jumps"
            )


def _where(verdict: Proved) -> str:
    """What limits a proof, in words."""
    relation = {"positive": "> 0", "nonnegative": ">= 0", "nonzero": "!= 0"}
    needs = [f"it takes {unparse(c.term)} {relation[c.kind]}" for c in verdict.conditions]
    return "; ".join([*needs, *verdict.notes]) or "the two sides are not defined at the same points"


def _chosen(link: str | None, inverse_link: str | None, range_z: str | None) -> tuple[str, Link]:
    if (link is None) == (inverse_link is None):
        raise DeriveError("name one of the two: a link, or an inverse link as a formula in z, such as normcdf(z)")
    if inverse_link is not None:
        return inverse_link, Link(inverse_link, range_z or "real")
    if link is None or link not in LINKS:
        raise DeriveError(f"there is no link {str(link)[:60]!r}; the links are {', '.join(LINKS)}")
    return link, LINKS[link] if range_z is None else LINKS[link]._replace(range_z=range_z)


def _read(formula: str) -> Term:
    h = parse_formula(formula)
    if free_names(h) != {"z"}:
        names = ", ".join(sorted(free_names(h))) or "none"
        raise FormulaError(f"an inverse link is a formula in z alone, such as normcdf(z); its variables are {names}")
    return h


def antiderivative(h: Term, range_z: str) -> Term:
    """A with A′ = h, as SymPy proposes it. Nothing is proved here."""
    import sympy as sp

    from derive.terms.bridge import from_sympy, to_sympy

    r = parse_range(range_z)
    if r.upper == 0:  # A(z) = −B(−z), where B is an antiderivative of h(−z) for positive z
        mirrored = antiderivative(substitute(h, {"z": neg(sym("z"))}), "positive")
        return neg(substitute(mirrored, {"z": neg(sym("z"))}))
    z = sp.Symbol("z", positive=True) if r.lower == 0 else sp.Symbol("z", real=True)
    with suppress(TermError, RuntimeError):  # SymPy gives up, or proposes what has no head here
        found = sp.integrate(to_sympy(_written_out(h), {"z": z}), z)
        if not found.has(sp.Integral):
            return _tidy(from_sympy(found.replace(sp.Ei, _as_e1)), h)
    raise UnknownError(f"no antiderivative of {unparse(h)} was found among the functions that are known here")


def _written_out(t: Term) -> Term:
    """With 1/(1 + exp(−u)) for σ(u), as SymPy does not know how to integrate σ."""
    args = tuple(_written_out(a) if isinstance(a, Term) else a for a in t.args)
    if t.head == "sigmoid":
        return power(add(num(1), make("exp", neg(args[0]))), num(-1))
    return Term(t.head, args)


def _as_e1(x: Any) -> Any:
    """Ei(−x) = −E₁(x) for x > 0."""
    import sympy as sp

    return -sp.expint(1, -x)


def _tidy(a: Term, h: Term) -> Term:
    """The antiderivative that people write, where there is a customary one."""
    return {"sigmoid(z)": parse_formula("softplus(z)"), "tanh(z)": parse_formula("log(cosh(z))")}.get(unparse(h), a)


def _convex(slope: str, range_z: str) -> Statement:
    """That the loss is convex or, where h falls somewhere, that it is not."""
    said = Statement("convex", "which is nowhere negative: the loss is convex in z", "nonnegative", (slope,))
    if check(said, {"z": range_z}).status != "refuted":
        return said
    return replace(
        said, name="not-convex", says="which is negative somewhere: it is not convex in z", expected="refuted"
    )


def _slope(h: Term) -> Term:
    try:
        return differentiate(h, sym("z"))
    except GaveUp as why:
        raise UnknownError(f"the derivative of {unparse(h)} is not known here: {why}") from None


def _theorem(name: str, h: Term, a: Term, range_z: str) -> Theorem:
    loss, slope = f"{unparse(a)} - y*z", unparse(simplify(_slope(h)))
    rows = {"m": "positive integer", "n": "positive integer", "j": "0..n-1"}
    of_row = [f"({unparse(substitute(t, {'z': parse_formula(_Z)}))})" for t in (a, h)]
    statements: tuple[Statement, ...] = (
        Statement(
            "antiderivative", "the derivative of A is the inverse link", "equal", (f"diff({unparse(a)}, z)", unparse(h))
        ),
        Statement(
            "gradient",
            "so the loss ℓ = A(z) − yz has the derivative h − y",
            "equal",
            (f"diff({loss}, z)", f"{unparse(h)} - y"),
        ),
        Statement("hessian", "its second derivative is h′", "equal", (f"diff(diff({loss}, z), z)", slope)),
        _convex(slope, range_z),
    )
    if range_z == "real":
        statements += (
            Statement(
                "cost",
                "and the cost J = 1/m Σ ℓ(zᵢ), zᵢ = Σₖ Xᵢₖθₖ, has the gradient Xᵀ(h − y)/m",
                "equal",
                (
                    f"diff(sum({of_row[0]} - y[i]*{_Z}, i, 0, m - 1)/m, theta[j])",
                    f"sum(X[i, j]*({of_row[1]} - y[i]), i, 0, m - 1)/m",
                ),
                rows,
            ),
        )
    return Theorem(
        name=f"matching-loss {name}",
        title=f"The matching loss of the link {name}",
        description=f"The loss ℓ = A(z) − yz with A′ = h, for the inverse link h = {unparse(h)}.",
        statements=statements,
        symbols=_WORDS,
        domain={"z": range_z, "m": "positive integer", "n": "positive integer"},
        notation={} if range_z != "real" else {"z[i]": (_Z, "the raw prediction for sample i")},
        reference="P. Auer, M. Herbster, M. Warmuth, Exponentially many local minima for single neurons, NIPS 1995",
    )
