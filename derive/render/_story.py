"""What a certificate says, in the order in which it is told: symbols, definitions, lines of derivations, rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from derive.certificate import Certificate, CheckedDerivation, CheckedStep, Condition, Notation, Proved
from derive.domain import Range, parse_range
from derive.render._fold import ALL_BUT_FIRST, fold
from derive.render._names import subscript, unicode_name
from derive.render._order import is_matrix
from derive.terms.term import MATRIX_HEADS, Term, at, make, num, sym, walk

COST = "J"


@dataclass(frozen=True, slots=True)
class Line:
    """left = right. `nabla` 1 or 2: the left side is the whole gradient or Hessian; `step` None: `note` says why."""

    left: Term | None
    nabla: int
    right: Term
    step: CheckedStep | None
    note: str = ""
    blocks: tuple[str, ...] = ()  # of parameters, where there are several: the gradient in θ, the Hessian in θ and τ


@dataclass(frozen=True, slots=True)
class Row:
    """Symbols of one meaning, their size and their values."""

    names: tuple[str, ...]
    says: str
    shape: tuple[Term, ...]
    values: str


@dataclass(frozen=True, slots=True)
class Definition:
    """left = right, in words."""

    left: Term
    right: Term
    says: str


class Story:
    """A certificate with its notation put in."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        cost = certificate.cost
        named = (Notation(COST, (), cost, "the cost"),) if cost is not None and cost.size > 2 else ()
        self.notation = (*certificate.notation, *named)
        self.lines = {d.name: list(self._lines(d)) for d in certificate.derivations}

    def folded(self, term: Term) -> Term:
        """The term in the short names of the certificate."""
        return fold(term, self.notation)

    def symbols(self) -> list[Row]:
        """The symbols; those that share their meaning share a row."""
        rows: dict[tuple[str, tuple[Term, ...], str], list[str]] = {}
        for s in self.certificate.symbols:
            rows.setdefault((s.says, s.shape, values(s.range)), []).append(s.name)
        return [Row(tuple(names), *key) for key, names in rows.items()]

    def definitions(self) -> Iterator[Definition]:
        """The notation, short ones first, each in terms of the others."""
        for n in sorted(self.notation, key=lambda n: n.term.size):
            left = at(n.name, *map(sym, n.indices)) if n.indices else sym(n.name)
            yield Definition(left, fold(n.term, [o for o in self.notation if o is not n]), n.says)

    def remarks(self) -> Iterator[tuple[str, str]]:
        """What else is used, each as a formula and what is said of it."""
        nodes = {node for t in self._printed() for node in walk(t)}
        heads, whole = {node.head for node in nodes}, {node.name for node in nodes if node.head == "matrix"}
        if "sigmoid" in heads:
            yield "σ(z) = 1/(1 + e⁻ᶻ)", "is the logistic function"
        for n in self.certificate.notation:
            if n.name in whole and len(n.indices) == 2:
                yield unicode_name(n.name), "without indices is the matrix of all of them"
            elif n.name in whole:
                name, index = unicode_name(n.name), n.indices[0]
                yield name, f"without an index is the column vector of all {name}{subscript(index) or '_' + index}"
        if any(node.head == "mul" and sum(map(is_matrix, node.args)) > 1 for node in nodes):
            yield "⊙", "multiplies entry by entry; a number beside a vector stands in each entry"
        if any(node.head == "piecewise" and is_matrix(node) for node in nodes):
            yield "if", "decides entry by entry where vectors are compared"
        if "delta" in heads:
            yield "δⱼₖ", "is 1 where its two indices are equal, else 0"
        if ALL_BUT_FIRST in whole:
            yield f"{ALL_BUT_FIRST} = diag(0, 1, …, 1)", "leaves the bias alone"

    def _printed(self) -> Iterator[Term]:
        yield from (line.right for lines in self.lines.values() for line in lines)
        yield from (self.folded(t) for s in self.certificate.statements for t in s.terms)
        yield from (d.right for d in self.definitions())

    def _lines(self, d: CheckedDerivation) -> Iterator[Line]:
        """The lines of a derivation; the first one has the left side."""
        left, opening = self._left(d)
        if opening is not None:
            yield opening
        for step in d.steps:
            whole = step.result.head in MATRIX_HEADS
            nabla = {"gradient": 1, "hessian": 2}.get(d.kind, 0) if whole else 0
            first = left if opening is None and step is d.steps[0] and not nabla else None
            blocks = self._blocks(d) if nabla else ()
            yield Line(first, nabla, self._right(step.result, d, whole and not nabla), step, blocks=blocks)

    def _blocks(self, d: CheckedDerivation) -> tuple[str, ...]:
        """What is differentiated by, where that has to be said: the blocks, or the classes of a block with columns."""
        found = self._of_gradient(d.start)
        by = [found[0], d.start.args[1]] if found is not None else [d.start.args[1]] if d.start.head == "diff" else []
        if sum(other.kind == "gradient" for other in self.certificate.derivations) > 1:
            return tuple(v.name for v in by)
        columns = [v.args[2] for v in by if v.head == "at" and len(v.args) == 3]
        return tuple(c.name for c in columns) if len(columns) == 2 else ()

    def _right(self, result: Term, d: CheckedDerivation, entry: bool) -> Term:
        right = self.folded(result)
        return make("entry", right, *(*map(sym, d.indices), num(0), num(0))[:2]) if entry else right

    def _left(self, d: CheckedDerivation) -> tuple[Term, Line | None]:
        """The start; where it is the derivative of an entry of the gradient, ∂²J/∂θⱼ∂θₗ = start comes first."""
        start, found = self.folded(d.start), self._of_gradient(d.start)
        if found is None:
            return start, None
        left = make("diff", make("diff", sym(COST), found[0]), d.start.args[1])
        return left, Line(left, 0, start, None, f"step {found[1]} of the gradient")

    def _of_gradient(self, start: Term) -> tuple[Term, int] | None:
        """The variable of the gradient, and the number of its step that is differentiated here."""
        for d in self.certificate.derivations:
            if d.kind == "gradient" and start.head == d.start.head == "diff" and start != d.start:
                for number, step in enumerate(d.steps, 1):
                    if step.result == start.args[0] and d.start.args[0] == self.certificate.cost:
                        return d.start.args[1], number
        return None

    def conditions(self, d: CheckedDerivation) -> list[Condition]:
        """The side conditions that the verdicts rest on, each once."""
        found = [c for step in d.steps if isinstance(step.verdict, Proved) for c in step.verdict.conditions]
        return list(dict.fromkeys(Condition(c.kind, self.folded(c.term)) for c in found))

    def rules(self) -> list[CheckedStep]:
        """A step for each rule, in the order of use."""
        return list({s.rule: s for d in self.certificate.derivations for s in d.steps}.values())


def allowances(certificate: Certificate) -> list[tuple[float, str]]:
    """Each error that is allowed, and why; several checks share one."""
    checks = certificate.agreement.checks if certificate.agreement else ()
    return list(dict.fromkeys((float(f"{c.allowed:.1e}"), c.why) for c in checks))


def values(text: str) -> str:
    """A range for readers: `integer (0, oo)` is "positive integer", `0..m-1` is "0, …, m − 1"."""
    r = parse_range(text)
    if r.index is not None:
        first, last = str(r).split("..")
        return f"{first}, …, {last.replace('-', ' − ').replace('+', ' + ')}"
    return _sign(r) or str(r).replace("-oo", "−∞").replace("oo", "∞")


def _sign(r: Range) -> str:
    """A range that is all numbers of one sign, in a word or two."""
    plain = r.values is None and r.lower in (None, 0) and r.upper is None and not r.nonzero
    if not plain:
        return ""
    sign = "" if r.lower is None else "positive" if r.lower_open else "nonnegative"
    return f"{sign or ('' if r.integer else 'real')} {'integer' if r.integer else ''}".strip()
