"""A term lost, doubled or with the wrong sign; a part of the loss that was taken for a constant."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.claims.diagnose.candidate import Candidate, constant, less, parts, scaled, shown, summands
from derive.claims.scene import Scene
from derive.prove.differentiate import differentiate
from derive.prove.signals import GaveUp
from derive.terms.term import Term, add, free_names, fresh, neg, num, sub, substitute, sym


def term_of_the_claim(scene: Scene) -> Iterator[Candidate]:
    """claimed + r·b = true, for a summand b of the claim."""
    gap = sub(scene.true, scene.claimed)
    for b in dict.fromkeys(_top(scene.claimed)):
        r = constant(scene.probe.ratios(gap, b))
        if r is not None and b != scene.claimed:
            fix = less(scene.claimed, b) if r == -1 else add(less(scene.claimed, b), scaled(1 + r, b))
            yield Candidate(_kind(1 + r), _says_claimed(b, r), add(scene.claimed, scaled(r, b)), scene.true, fix)


def term_of_the_derivative(scene: Scene) -> Iterator[Candidate]:
    """claimed = true + r·a, for a summand a of the derivative."""
    gap = sub(scene.claimed, scene.true)
    for a in dict.fromkeys(_derivative_terms(scene)):
        r = constant(scene.probe.ratios(gap, a))
        if r is not None:
            fix = sub(scene.claimed, scaled(r, a))
            yield Candidate(
                "lost-term" if r == -1 else _kind(1 + r),
                _says_true(a, r),
                scene.claimed,
                add(scene.true, scaled(r, a)),
                fix,
            )


def term_of_the_loss(scene: Scene) -> Iterator[Candidate]:
    """A summand of the loss that was not differentiated, or differentiated with a wrong factor."""
    if scene.loss is None or scene.side != "gradient":
        return
    gap = sub(scene.claimed, scene.true)
    own = [part for part in _top(scene.loss) if scene.z in free_names(part)]
    for part in own if len(own) > 1 else ():
        slope = scene.derivative(part)
        r = None if slope is None else constant(scene.probe.ratios(gap, scaled(Fraction(scene.sign), slope)))
        if slope is not None and r is not None:
            how = "is not differentiated" if r == -1 else f"is differentiated with a factor {1 + r}"
            right = add(scene.true, scaled(r * scene.sign, slope))
            kind = "lost-term" if r == -1 else _kind(1 + r)
            yield Candidate(
                kind,
                f"the term {shown(part)} of the loss {how}",
                scene.claimed,
                right,
                sub(scene.claimed, scaled(r * scene.sign, slope)),
            )


def taken_for_constant(scene: Scene) -> Iterator[Candidate]:
    """The derivative of the loss in which a part u is held fixed: its term of the product rule is missing."""
    if scene.loss is None or scene.side != "gradient":
        return
    for u in reversed(parts(scene.loss, scene.z, most=30)):
        name = fresh("u", free_names(scene.loss) | free_names(scene.claimed))
        held = scene.derivative(substitute_part(scene.loss, u, sym(name)))
        if held is None:
            continue
        frozen = substitute(held, {name: u})
        says = f"{shown(u)} is treated as a constant: its own derivative is missing"
        yield Candidate("product-rule", says, scene.claimed, scaled(Fraction(scene.sign), frozen))


def derivative_of_the_claim(scene: Scene) -> Iterator[Candidate]:
    """A Hessian that is the derivative of the claimed gradient, which is wrong itself."""
    first = scene.claims.get(scene.variables[0])
    slope = None if first is None or scene.side != "hessian" else scene.derivative(first)
    if slope is not None:
        says = "it is the derivative of the claimed gradient, which is wrong itself"
        yield Candidate("follows-gradient", says, scene.claimed, slope)


def substitute_part(t: Term, part: Term, by: Term) -> Term:
    """t with every occurrence of a part replaced."""
    if t == part:
        return by
    return t if t.head in ("num", "sym") else Term(t.head, tuple(substitute_part(a, part, by) for a in t.args))


def _top(t: Term) -> list[Term]:
    return summands(t)


def _derivative_terms(scene: Scene) -> list[Term]:
    """The summands of the derivative, by the product rule as it is taught."""
    try:
        if scene.loss is None:
            return []
        out = scene.loss
        for v in scene.variables:
            out = differentiate(out, sym(v))
    except GaveUp:
        return []
    return [a if scene.sign > 0 else neg(a) for a in summands(out) if a != num(0)]


def _kind(q: Fraction) -> str:
    return "sign" if q == -1 else "constant-factor" if q else "extra-term"


def _says_claimed(b: Term, r: Fraction) -> str:
    if r == -1:
        return f"the term {shown(b)} does not belong there"
    return f"the sign of the term {shown(b)}" if r == -2 else f"the term {shown(b)} needs a factor {1 + r}"


def _says_true(a: Term, r: Fraction) -> str:
    if r == -1:
        return f"the term {shown(a)} is missing"
    return f"the sign of the term {shown(a)}" if r == -2 else f"the term {shown(a)} has a factor {1 + r}"
