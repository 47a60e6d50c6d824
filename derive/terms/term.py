"""The language of questions, proofs and certificates: immutable trees over a closed list of heads.

A term has no behaviour and runs no code. Two terms are equal when they are the same tree, so a term can be
stored, compared and hashed without SymPy. The meaning of each head is fixed here, once, over the real numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import cast

from derive.errors import TermError
from derive.terms.heads import BINDERS as BINDERS
from derive.terms.heads import CONDITION_HEADS as CONDITION_HEADS
from derive.terms.heads import HEADS as HEADS
from derive.terms.heads import LEAVES as LEAVES
from derive.terms.heads import MATRIX_HEADS as MATRIX_HEADS

MAX_SIZE = 100_000
MAX_DEPTH = 150
MAX_DIGITS = 4_000
_NO_NAMES: frozenset[str] = frozenset()


class Term:
    """`head(args...)`. `num` holds a numerator and a denominator, `sym` a name; every other head holds terms."""

    __slots__ = ("_free", "_hash", "args", "depth", "head", "size")

    head: str
    args: tuple[Term, ...]
    size: int
    depth: int
    _free: frozenset[str] | None  # what `free_names` found

    def __init__(self, head: str, args: tuple[Term, ...]) -> None:
        self.head = head
        self.args = args
        self._hash = hash((head, args))
        if head in LEAVES:
            self.size = self.depth = 1
            self._free = frozenset(cast("tuple[str]", args)) if head == "sym" else _NO_NAMES
            return
        self._free = None
        size = depth = 0
        for a in args:  # the hottest loop of all: no generators
            size += a.size
            depth = a.depth if a.depth > depth else depth
        self.size, self.depth = size + 1, depth + 1
        if self.size > MAX_SIZE:
            raise TermError(f"the expression has more than {MAX_SIZE:,} nodes; split the claim into smaller ones")
        if self.depth > MAX_DEPTH:
            raise TermError(f"the expression is nested more than {MAX_DEPTH} deep; name its parts and use them")

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term):
            return NotImplemented
        return self._hash == other._hash and self.head == other.head and self.args == other.args

    def __reduce__(self) -> tuple[object, ...]:
        return (Term, (self.head, self.args))

    def __repr__(self) -> str:
        if self.head == "num":
            return str(self.value)
        if self.head == "sym":
            return self.name
        return f"{self.head}({', '.join(map(repr, self.args))})"

    @property
    def name(self) -> str:
        """The name of a symbol (or of the array of an entry)."""
        if self.head in ("at", "matrix"):
            return self.args[0].name
        if self.head != "sym":
            raise TermError(f"{self!r} has no name")
        return self.args[0]  # type: ignore[return-value]

    @property
    def value(self) -> Fraction:
        """The value of a number."""
        if self.head != "num":
            raise TermError(f"{self!r} is not a number")
        return _fraction(*cast("tuple[int, int]", self.args))


@lru_cache(maxsize=4096)
def _fraction(numerator: int, denominator: int) -> Fraction:
    return Fraction(numerator, denominator)


@lru_cache(maxsize=4096)
def num(numerator: int | Fraction, denominator: int = 1) -> Term:
    """The rational number numerator/denominator, in lowest terms."""
    value = Fraction(numerator, denominator)
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_DIGITS * 3.33:
        raise TermError(f"a number has more than {MAX_DIGITS:,} digits")
    return Term("num", (value.numerator, value.denominator))  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def sym(name: str) -> Term:
    """The variable `name`."""
    return Term("sym", (name,))  # type: ignore[arg-type]


def at(name: str, *indices: Term) -> Term:
    """An entry of the array `name`."""
    return make("at", sym(name), *indices)


def make(head: str, *args: Term) -> Term:
    """`head(args...)` after a check of the head, the number of arguments and their kinds."""
    arity = HEADS.get(head)
    if arity is None:
        raise TermError(f"{head!r} is not one of the known operations")
    least, most = arity
    if len(args) < least or (most is not None and len(args) > most):
        raise TermError(f"{head} takes {least if most == least else f'at least {least}'} arguments, not {len(args)}")
    if head in _OF_VALUES:
        for a in args:
            if a.head in CONDITION_HEADS:
                break
        else:
            return Term(head, args)
    _check_kinds(head, args)
    return Term(head, args)


#: heads whose arguments are values, whichever
_OF_VALUES = frozenset(HEADS) - CONDITION_HEADS - frozenset(BINDERS) - {"piecewise", "at", "matrix", "diff"}


def _check_kinds(head: str, args: tuple[Term, ...]) -> None:
    if head == "piecewise" and len(args) % 2:
        raise TermError("piecewise takes pairs of a value and a condition")
    for position, arg in enumerate(args):
        wants_condition = head in ("and", "or", "not") or (head == "piecewise" and position % 2 == 1)
        if wants_condition != (arg.head in CONDITION_HEADS):
            kind = "a condition" if wants_condition else "a value"
            raise TermError(f"argument {position + 1} of {head} must be {kind}, not {arg!r}"[:200])
    for position in (*BINDERS.get(head, ((), ()))[0], *((0,) if head in ("at", "matrix") else ())):
        if args[position].head != "sym":
            raise TermError(f"argument {position + 1} of {head} must be a name, not {args[position]!r}"[:200])
    if head == "diff" and args[1].head not in ("sym", "at"):
        raise TermError(f"a derivative is with respect to a symbol or an entry, not {args[1]!r}"[:200])


def add(*args: Term) -> Term:
    """The sum; 0 for none, the term itself for one."""
    return args[0] if len(args) == 1 else make("add", *args) if args else num(0)


def mul(*args: Term) -> Term:
    """The product; 1 for none, the term itself for one."""
    return args[0] if len(args) == 1 else make("mul", *args) if args else num(1)


def neg(a: Term) -> Term:
    """−a."""
    return mul(num(-1), a)


def sub(a: Term, b: Term) -> Term:
    """a − b."""
    return add(a, neg(b))


def power(a: Term, b: Term) -> Term:
    """a^b."""
    return make("pow", a, b)


def children(term: Term) -> tuple[Term, ...]:
    """The arguments that are terms: none for a number or a symbol."""
    return () if term.head in LEAVES else term.args


def walk(term: Term) -> Iterator[Term]:
    """Every node, each distinct one once, parents first."""
    seen: set[Term] = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            yield node
            if node.head not in LEAVES:
                stack += node.args[::-1]


def bound_names(term: Term) -> frozenset[str]:
    """The names that this node itself binds."""
    return frozenset(term.args[i].name for i in BINDERS[term.head][0]) if term.head in BINDERS else frozenset()


def free_names(term: Term) -> frozenset[str]:
    """The names that are free: symbols and arrays that no sum, product, map or table of entries binds."""
    found = term._free
    if found is None:
        found = term._free = _free_names(term)
    return found


def _free_names(term: Term) -> frozenset[str]:
    if term.head not in BINDERS:
        return _NO_NAMES.union(*[free_names(a) if a._free is None else a._free for a in term.args])
    indices, scopes = BINDERS[term.head]
    inside = frozenset().union(*(free_names(term.args[i]) for i in scopes)) - bound_names(term)
    outside = (free_names(a) for i, a in enumerate(term.args) if i not in indices and i not in scopes)
    return inside.union(*outside)


def fresh(name: str, taken: frozenset[str]) -> str:
    """A name like `name` that is not taken."""
    if name not in taken:
        return name
    stem = name.rstrip("0123456789_") or "i"
    return next(c for n in range(1, len(taken) + 2) if (c := f"{stem}_{n}") not in taken)


def substitute(term: Term, values: Mapping[str, Term]) -> Term:
    """Replace free symbols by terms; bound indices are renamed where they would capture. Arrays keep their names."""
    values = {k: v for k, v in values.items() if k in free_names(term)}
    if not values:
        return term
    if term.head == "sym":
        return values.get(term.name, term)
    if term.head in ("at", "matrix"):
        return Term(term.head, (term.args[0], *(substitute(a, values) for a in term.args[1:])))
    if term.head == "diff":
        return _substitute_diff(term, values)
    if term.head in BINDERS:
        return _substitute_binder(term, values)
    return Term(term.head, tuple(substitute(a, values) for a in term.args))


def _substitute_diff(term: Term, values: Mapping[str, Term]) -> Term:
    body, variable = term.args
    if variable.head == "sym" and variable.name in values:
        raise TermError(f"cannot replace {variable.name} in a derivative with respect to it; evaluate it first")
    return Term("diff", (substitute(body, values), substitute(variable, values)))


def _substitute_binder(term: Term, values: Mapping[str, Term]) -> Term:
    indices, scopes = BINDERS[term.head]
    incoming = frozenset().union(*map(free_names, values.values()))
    args = list(term.args)
    taken = incoming | free_names(term) | frozenset().union(*(free_names(args[s]) for s in scopes))
    for i in indices:
        old = args[i].name
        if old in incoming:
            new = fresh(old, taken)
            taken |= {new}
            for s in scopes:
                args[s] = substitute(args[s], {old: sym(new)})
            args[i] = sym(new)
    own = {args[i].name for i in indices}  # what the node binds is not free in its scopes
    inside = {k: v for k, v in values.items() if k not in own}
    put = {**dict.fromkeys(scopes, inside), **{i: {} for i in indices}}
    return Term(term.head, tuple(substitute(a, put.get(i, values)) for i, a in enumerate(args)))


def rebuild(term: Term, change: Callable[[Term], Term]) -> Term:
    """The same node over changed arguments; the same object when nothing changed."""
    if term.head in LEAVES:
        return term
    args = tuple(map(change, term.args))
    return term if all(a is b for a, b in zip(args, term.args, strict=True)) else Term(term.head, args)
