"""From the formulas of a few rows to one that holds for every row, and for every number of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.terms.term import Term, add, free_names, make, mul, num, power, rebuild, substitute, sym, walk

COUNT = "m"  # the number of rows
Row = Mapping[str, str]  # names of the symbols of one row -> their names in the formula of every row


@dataclass(frozen=True)
class Traced:
    """The formulas of all rows, from a call with so many."""

    rows: int
    formulas: Sequence[Term]
    own: Sequence[Row]

    def row(self, i: int) -> Term | None:
        """The formula of a row in the names of every row; None if it uses other rows."""
        others = {n for k, names in enumerate(self.own) if k != i for n in names}
        t = self.formulas[i]
        return None if free_names(t) & others else substitute(t, {a: sym(b) for a, b in self.own[i].items()})

    def common(self) -> Term | None:
        """The formula that all rows share; None if they have none."""
        found = {self.row(i) for i in range(self.rows)}
        return found.pop() if len(found) == 1 else None


def general(a: Term, b: Term, rows: tuple[int, int]) -> Term | None:
    """One formula that is `a` for a number of rows and `b` for another one, with m for the number."""
    if a == b:
        return a
    if a.head == b.head == "num":
        return _of_count(a.value, b.value, rows)
    if a.head != b.head or a.head in ("num", "sym") or len(a.args) != len(b.args):
        return None
    parts = [general(x, y, rows) for x, y in zip(a.args, b.args, strict=True)]
    return None if None in parts else Term(a.head, tuple(p for p in parts if p is not None))


def _of_count(a: Fraction, b: Fraction, rows: tuple[int, int]) -> Term | None:
    """c·m, c/m, c·(m − 1), c/(m − 1), c·m², c/m² or m + c."""
    m, less = sym(COUNT), add(sym(COUNT), num(-1))
    for base, shift in ((m, 0), (less, -1)):
        for exponent in (1, -1, 2, -2):
            first, second = (Fraction(n + shift) ** exponent for n in rows)
            if a and a / first == b / second:
                factor = base if exponent == 1 else power(base, num(exponent))
                return factor if a == first else mul(num(a / first), factor)
    return add(m, num(a - rows[0])) if a - rows[0] == b - rows[1] else None


def at_count(t: Term, rows: int) -> Term:
    """A formula with a number in the place of m, computed."""
    return _computed(substitute(t, {COUNT: num(rows)}))


def _computed(t: Term) -> Term:
    new = rebuild(t, _computed)
    if new.head in ("add", "mul") and all(a.head == "num" for a in new.args):
        out = new.args[0].value
        for a in new.args[1:]:
            out = out + a.value if new.head == "add" else out * a.value
        return num(out)
    if new.head == "pow" and new.args[0].head == new.args[1].head == "num" and new.args[1].value.denominator == 1:
        base = new.args[0].value
        return new if not base else num(base ** int(new.args[1].value))
    return new


def uses_count(t: Term) -> bool:
    """Does a formula depend on the number of rows?"""
    return any(x.head == "sym" and x.name == COUNT for x in walk(t))


def condition_of_row(condition: Term, own: Mapping[str, str] | None) -> Term:
    """A condition in the names of every row, without what it says of other rows."""
    if own is None:
        return condition
    kept = [c for c in condition.args if free_names(c) <= own.keys() | _shared(c)]
    return substitute(make("and", make("true"), make("true"), *kept), {a: sym(b) for a, b in own.items()})


def _shared(c: Term) -> frozenset[str]:
    """The names that have no number: parameters."""
    return frozenset(n for n in free_names(c) if not n[-1].isdigit())
