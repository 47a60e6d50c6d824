"""What a formula does in floating point, evaluated exactly as it is written: where it fails, and a stable form.

Every finding compares the value that NumPy computes with the true one, in ball arithmetic, at a point whose coordinates
are numbers of the type; every stable form is proved equal before it is suggested.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.domain import Domain, Range
from derive.errors import TermError
from derive.finding import Finding
from derive.floating.findings import survey
from derive.floating.library import as_written, resolved, written_out
from derive.floating.search import Code
from derive.floating.suggest import stable_form, with_stable
from derive.terms.heads import CONDITION_HEADS
from derive.terms.term import Term, num, substitute

__all__ = ["DTYPES", "TYPES", "Finding", "findings"]

TYPES = ("float64", "float32", "float16")
#: if nothing is said: float16 has three digits, so nearly every formula loses half of them somewhere
DTYPES = ("float64", "float32")


def findings(  # noqa: PLR0913
    formula: str | Term,
    domain: Domain | Mapping[str, str | Range] | None = None,
    *,
    where: Mapping[str, str | float | Fraction | Term] | None = None,
    dtypes: Sequence[str] = DTYPES,
    stable: bool = True,
    budget: float = 2.0,
    code: Code | None = None,
) -> tuple[Finding, ...]:
    """Where a formula of scalars, evaluated as it is written, overflows, is not a number or loses digits.

    formula: text, or a term; in a text `logaddexp`, `hypot`, `log_ndtr`, `erfcx`, `betaln` and `xlog1py` stay the calls
    that they are. `domain` is as in `derive.prove`. `where` maps names to formulas or to numbers. `stable` looks for a
    form that does not fail; it is on the findings that it removes. After `budget` seconds nothing more is looked for.
    The functions of SciPy are taken to be accurate. A finding of kind "range" says that the true value is too large for
    the type. `code` computes the values of the formula for columns of its variables, in their type: then its values are
    looked at, not those of the formula.

    Raises `TermError` for matrices, entries of arrays and sums of unknown length, and for an unknown type.

    >>> first = findings("log(1 + exp(z))", dtypes=["float64"])[0]
    >>> first.kind, first.where, first.part, first.stable_text
    ('overflow', 'z >= 709.7827128933841', 'exp(z)', 'softplus(z)')
    >>> findings("logaddexp(0, z)")
    ()
    """
    if unknown := [d for d in dtypes if d not in TYPES]:
        raise TermError(f"{unknown[0]!r:.60} is not one of {', '.join(TYPES)}")
    known = domain if isinstance(domain, Domain) else Domain.of(domain or {})
    named = resolved({name: _read(f) for name, f in (where or {}).items()})
    term = written_out(substitute(_read(formula), named))
    if term.head in CONDITION_HEADS:
        raise TermError("a condition, where a value is needed")
    deadline = time.monotonic() + budget
    found = survey(term, known, dtypes, deadline, code)
    if not stable or all(f.kind == "range" for f in found):
        return tuple(found)
    better = stable_form(term, found, known, dtypes, deadline)
    return tuple(found) if better is None else with_stable(term, found, better, known)


def _read(formula: str | float | Fraction | Term) -> Term:
    if isinstance(formula, Term):
        return formula
    return as_written(formula) if isinstance(formula, str) else num(Fraction(str(formula)))
