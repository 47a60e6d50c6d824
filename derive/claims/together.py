"""What the entries of a claim are together, and gradient and Hessian together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from derive.claims.conventions import meaning
from derive.report import ClaimVerdict, Component, Diagnosis

_MULTIPLE = re.compile(r"it is \S+ times the derivative")


def one_kind(components: Sequence[Component]) -> tuple[str, str]:
    """One kind for all entries: exact entries beside one other kind are of that kind."""
    kinds = list(dict.fromkeys(c.kind for c in components))
    for bad in ("wrong", "unknown"):
        if bad in kinds:
            return bad, ""
    inexact = [k for k in kinds if k != "exact"]
    if not inexact:
        return "exact", ""
    says = list(dict.fromkeys(c.says for c in components if c.kind == inexact[0]))
    differ = inexact[0] in ("scaled", "accepted") and " times the exact one" in says[0] and len(says) > 1
    return ("wrong", "") if differ or len(inexact) > 1 else (inexact[0], says[0])


def with_gradient(gradient: ClaimVerdict | None, hessian: ClaimVerdict) -> ClaimVerdict:
    """When both are off by one factor, Newton steps are right."""
    if gradient is None or gradient.kind != "wrong" or not (found := _multiple(gradient)):
        return hessian
    if found == _multiple(hessian):
        return replace(hessian, says="gradient and Hessian are off by the same factor: Newton steps agree")
    return hessian


def _multiple(claim: ClaimVerdict) -> str:
    """What number of times the derivative every entry is; the same slip in both formulas is no such number."""
    says = {c.diagnosis[0].says if c.diagnosis else "" for c in claim.components if not _is_zero(c)}
    return says.pop() if len(says) == 1 and all(_MULTIPLE.fullmatch(s) for s in says) else ""


def convention(signs: tuple[int, int], claims: Sequence[ClaimVerdict]) -> str:
    """The convention in which everything is right, when that is not the stated one: proved entry by entry."""
    flips = {c.side: flip(c) for c in claims}
    if 0 in flips.values() or all(f == 1 for f in flips.values()):
        return ""
    alone = next(iter(flips.values())) if len(flips) == 1 else 1
    pair = signs[0] * flips.get("gradient", alone), signs[1] * flips.get("hessian", alone)
    if signs == (1, 1) and pair == (-1, 1):
        return "the sign of the gradient is wrong, and the Hessian is right (only glum wants both so)"
    return f"right derivatives, wrong convention: {meaning(pair)}"


def flip(claim: ClaimVerdict) -> int:
    """1 when every entry is exact, −1 when every one that is not has the other sign, else 0."""
    bad = [c for c in claim.components if c.kind != "exact"]
    if not bad:
        return 1
    zeros = all(_is_zero(c) for c in claim.components if c.kind == "exact")
    return -1 if zeros and all(c.diagnosis and _is_flip(c.diagnosis[0]) for c in bad) else 0


def _is_zero(c: Component) -> bool:
    """Zero, and right: any multiple of the derivative."""
    return c.kind == "exact" and c.claimed.head == "num" and not c.claimed.value


def _is_flip(d: Diagnosis) -> bool:
    return d.kind == "convention" or (d.kind == "sign" and d.says.startswith("it is minus the derivative"))
