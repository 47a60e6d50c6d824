"""Reading what somebody states: a loss, a gradient, a Hessian, variables, domains. Errors name the claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

from derive.claims.conventions import signs
from derive.claims.distributions import Distribution, read_distributions
from derive.domain import Domain, Range, parse_range
from derive.errors import DeriveError, DomainError, FormulaError
from derive.render._lookalikes import alike
from derive.terms.calls import FUNCTIONS
from derive.terms.heads import MATRIX_HEADS
from derive.terms.term import Term, bound_names, children, free_names, mul, num, power, substitute, sym, walk
from derive.terms.text import parse_formula
from derive.terms.tokens import is_plain_name
from derive.terms.unparse import unparse

Form: TypeAlias = Literal["scalar", "full", "diagonal"]
Entry: TypeAlias = "tuple[tuple[str, ...], Term]"
_MAX_VARIABLES = 40


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated, read and checked. Entries are pairs of the variables of a derivative and a formula."""

    loss: Term | None
    gradient: tuple[Entry, ...]
    hessian: tuple[Entry, ...]
    form: Form
    wrt: tuple[str, ...]
    domain: Domain
    signs: tuple[int, int]
    named: Mapping[str, Term] = field(default_factory=dict)
    distributions: tuple[Distribution, ...] = ()


def read(
    loss: Any,
    gradient: Any,
    hessian: Any,
    wrt: str | Sequence[str] | None,
    where: Mapping[str, Any] | None,
    domain: Mapping[str, str | Range] | None,
    convention: str | Sequence[int],
    reduction: str | None,
    distribution: Mapping[str, str] | str | None = None,
) -> Stated:
    """Everything in one record; anything that cannot be read or does not fit together is a `DeriveError`."""
    if gradient is None and hessian is None:
        raise DeriveError("nothing is claimed: give a gradient or a hessian")
    if loss is None and (gradient is None or (hessian is None and _is_scalar(wrt, gradient))):
        raise DeriveError("there is nothing to compare with: give the loss, or both the gradient and the hessian")
    named = _named(where or {})
    said = _domain(domain or {}).within(_assumed(loss, gradient, hessian))
    read_loss = None if loss is None else _reduced(_term(loss, "loss", named), reduction)
    components, table = _rows(gradient, "gradient", named), _rows(hessian, "hessian", named)
    names = _variables(wrt, read_loss, components, table)
    form, entries = _shape(table, names)
    described = {n.strip() for k in domain or {} for n in k.split(",")}
    data = read_distributions(distribution, named, read_loss, names, described)
    out = Stated(read_loss, _gradient(components, names), entries, form, names, said, signs(convention), named, data)
    _refuse_lookalikes(out, described | {*(where or {})})
    _check_names(out, where or {}, domain or {})
    return out


def _refuse_lookalikes(s: Stated, others: Set[str]) -> None:
    """What is shown must not be read as something else."""
    terms = [*_formulas(s), *s.named.values(), *(p for d in s.distributions for p in d.parameters)]
    if said := alike({*(t.name for a in terms for t in walk(a) if t.head in ("sym", "at")), *s.wrt, *others}):
        raise FormulaError(said)


def _domain(described: Mapping[str, str | Range]) -> Domain:
    """Where the variables live; an error says of which one."""
    for names, r in described.items():
        if isinstance(r, str) and "," not in names:
            with _within(f"domain of {names.strip()[:40]}"):
                parse_range(r)
    return Domain.of(dict(described))


def _is_scalar(wrt: str | Sequence[str] | None, gradient: Any) -> bool:
    return not isinstance(gradient, (list, tuple)) or len(gradient) < 2


@contextmanager
def _within(what: str) -> Iterator[None]:
    """An error in a formula says of which claim it is."""
    try:
        yield
    except DeriveError as error:
        raise type(error)(f"{what}: {error}") from None


def _term(formula: Any, what: str, named: Mapping[str, Term]) -> Term:
    with _within(what):
        out = _read_one(formula)
        if out.head in ("true", "false", "lt", "le", "eq", "ne", "and", "or", "not"):
            raise FormulaError("a condition, where a value is needed")
        _refuse_tables(out)
        _refuse_captured(out, named, frozenset())
        return substitute(out, named)


def _read_one(formula: Any) -> Term:
    if isinstance(formula, Term):
        return formula
    if isinstance(formula, str):
        return parse_formula(formula)
    if isinstance(formula, (bool, complex)):
        raise FormulaError(f"{formula!r} is not a real number")
    if isinstance(formula, int):
        return num(formula)
    from derive.terms.bridge import from_sympy

    return from_sympy(formula)


def variable(name: str) -> Term:
    """The symbol of a name, or the entry of an array: z, z[j], x[i, j]."""
    return parse_formula(name) if "[" in name else sym(name)


def _refuse_captured(t: Term, named: Mapping[str, Term], bound: frozenset[str]) -> None:
    """A name that stands for a formula is no array, and the formula speaks of no index of a sum around it."""
    if t.head == "at" and t.name in named:
        raise FormulaError(f"{t.name} stands for a formula, so {t.name}[...] cannot be an entry of it; rename one")
    if t.head == "sym" and t.name in named and (taken := sorted(bound & free_names(named[t.name]))):
        how = f"depends on {taken[0]}, which counts in the sum around it; write the formula itself there"
        raise FormulaError(f"{t.name} stands for a formula that {how}")
    for a in children(t):
        _refuse_captured(a, named, bound | bound_names(t))


def _refuse_tables(t: Term) -> None:
    if any(a.head in MATRIX_HEADS | {"entry"} for a in walk(t)):
        raise FormulaError("whole matrices cannot be used here; write entries, such as sum(X[i, k]*w[k], k, 0, n-1)")


def _named(where: Mapping[str, Any]) -> dict[str, Term]:
    """The names that stand for formulas, each written in variables only."""
    raw = {}
    for name, formula in where.items():
        if not isinstance(name, str) or not is_plain_name(name):
            raise FormulaError(f"where: {str(name)[:60]!r} is not a name; write where={{'p': 'sigmoid(z)'}}")
        raw[name] = _term(formula, f"where {name}", {})
    out: dict[str, Term] = {}
    while len(out) < len(raw):
        ready = [k for k in raw if k not in out and not free_names(raw[k]) & (raw.keys() - out.keys())]
        if not ready:
            raise FormulaError(f"where: {', '.join(sorted(raw.keys() - out.keys()))} are defined by each other")
        out |= {k: substitute(raw[k], out) for k in ready}
    return out


def _assumed(*formulas: Any) -> dict[str, Range]:
    """What SymPy's symbols say of themselves."""
    flat = [x for f in formulas for x in _flat(f)]
    if not (from_sympy := [x for x in flat if hasattr(x, "free_symbols")]):
        return {}
    from derive.terms.bridge import free_symbols
    from derive.terms.declared import assumptions

    return dict(assumptions(free_symbols(*from_sympy)))


def _flat(f: Any) -> list[Any]:
    return [y for x in f for y in _flat(x)] if isinstance(f, (list, tuple)) else [f]


def _rows(formula: Any, what: str, named: Mapping[str, Term]) -> list[Any]:
    """The formulas of a claim: one, a list, or (a Hessian) a list of rows."""
    if formula is None:
        return []
    if hasattr(formula, "tolist") and not isinstance(formula, (str, Term)):
        formula = formula.tolist()
    if not isinstance(formula, (list, tuple)):
        return [_term(formula, what, named)]
    if not formula or len(formula) > _MAX_VARIABLES:
        raise DeriveError(f"{what}: {len(formula)} entries; from 1 to {_MAX_VARIABLES} can be checked")
    if what == "hessian" and isinstance(formula[0], (list, tuple)):
        return [
            [_term(f, f"{what}, row {i}, column {j}", named) for j, f in enumerate(row, 1)]
            for i, row in enumerate(formula, 1)
        ]
    return [_term(f, f"{what}, component {i}", named) for i, f in enumerate(formula, 1)]


def _variables(wrt: str | Sequence[str] | None, loss: Term | None, *claims: list[Any]) -> tuple[str, ...]:
    """The variables of the derivatives."""
    if wrt is None:
        parts = [loss] if loss is not None else [t for c in claims for t in _flat(c)]
        used = sorted(frozenset().union(*map(free_names, parts)))
        if len(used) != 1:
            raise DeriveError(f"wrt: say the variable of the derivative, one of {', '.join(used) or 'none'}")
        return (used[0],)
    names = tuple(
        str(getattr(v, "name", v)).strip() for v in ([wrt] if isinstance(wrt, str) or hasattr(wrt, "name") else wrt)
    )
    names = tuple(_entry_name(v) if "[" in v else v for v in names)
    if not names or len(set(names)) < len(names) or not all("[" in v or is_plain_name(v) for v in names):
        raise DeriveError(f"wrt: {wrt!r} is not a variable, or a list of different ones"[:200])
    return names


def _entry_name(text: str) -> str:
    """z[j] as it is printed."""
    with _within("wrt"):
        read_one = parse_formula(text)
    if read_one.head != "at":
        raise DeriveError(f"wrt: {text[:60]!r} is not a variable, nor an entry such as z[j]")
    return unparse(read_one)


def _gradient(components: list[Any], names: tuple[str, ...]) -> tuple[Entry, ...]:
    if components and len(components) != len(names):
        raise DeriveError(f"gradient: {len(components)} components for {len(names)} variables ({', '.join(names)})")
    return tuple(((v,), t) for v, t in zip(names, components, strict=bool(components)))


def _shape(table: list[Any], names: tuple[str, ...]) -> tuple[Form, tuple[Entry, ...]]:
    if len(table) not in (0, len(names)):
        raise DeriveError(f"hessian: {len(table)} entries or rows for {len(names)} variables ({', '.join(names)})")
    if table and isinstance(table[0], list):
        if any(len(row) != len(names) for row in table):
            raise DeriveError(f"hessian: every row needs {len(names)} entries ({', '.join(names)})")
        pairs = [((a, b), t) for a, row in zip(names, table, strict=True) for b, t in zip(names, row, strict=True)]
        return "full", tuple(pairs)
    form: Form = "scalar" if len(names) == 1 else "diagonal"
    return form, tuple(((v, v), t) for v, t in zip(names, table, strict=bool(table)))


def _reduced(loss: Term, reduction: str | None) -> Term:
    """`"mean"` over m samples stands for 1/m: `"mean:n"` names another count."""
    if reduction in (None, "sum", "none"):
        return loss
    kind, _, count = reduction.partition(":")
    if kind != "mean" or (count and not is_plain_name(count)):
        raise DeriveError(f"reduction: {reduction[:60]!r} is not 'sum', 'mean' or 'mean:n' (1/n times the sum)")
    if (count or "m") in free_names(loss):
        raise DeriveError(f"reduction: {count or 'm'} is a variable of the loss; name the count, as in 'mean:n'")
    return mul(power(sym(count or "m"), num(-1)), loss)


def _check_names(s: Stated, where: Mapping[str, Any], domain: Mapping[str, Any]) -> None:
    """Every name is known, and no name has two meanings."""
    described = {n.strip() for names in domain for n in names.split(",")}
    indices = frozenset().union(*(free_names(parse_formula(v)) - {v.partition("[")[0]} for v in s.wrt if "[" in v))
    for name in sorted(indices - described - (free_names(s.loss) if s.loss is not None else frozenset())):
        raise DomainError(f"wrt: give the index {name} a domain, such as {name}='0..m-1'")
    known = described | indices | (free_names(s.loss) if s.loss is not None else set())
    if s.loss is None:
        known |= frozenset().union(*(free_names(t) for _, t in (*s.gradient, *s.hessian)))
    for what, entries in (("gradient", s.gradient), ("hessian", s.hessian)):
        for name in sorted(frozenset().union(*(free_names(t) for _, t in entries)) - known):
            raise FormulaError(f"{what}: the variable {name!r} is not in the loss; {_near(name, known | set(where))}")
    arrays = {t.name for f in (s.loss, *(t for _, t in s.gradient)) if f is not None for t in walk(f) if t.head == "at"}
    for name in sorted(arrays & set(s.wrt)):
        raise DeriveError(f"wrt: {name} is an array; write an entry, such as {name}[j] with j='0..m-1' in the domain")
    for name in s.wrt:
        if s.loss is not None and name.partition("[")[0] not in free_names(s.loss):
            raise DeriveError(f"wrt: the loss does not depend on {name!r}; {_of(name, free_names(s.loss))}")
    for name in sorted(described & set(where)):
        raise DomainError(f"domain: {name} stands for a formula (where), so it has no domain of its own")
    used = known | frozenset().union(*(free_names(t) for _, t in (*s.gradient, *s.hessian)))
    undescribed = used - described
    for name in sorted(described - free_all(s) - set(s.wrt)):
        if close := get_close_matches(name, undescribed, 1):
            raise DomainError(f"domain: there is no variable {name!r}; did you mean {close[0]!r}?")


def free_all(s: Stated) -> frozenset[str]:
    """The names that occur in what is stated."""
    return frozenset().union(*map(free_names, _formulas(s)))


def _formulas(s: Stated) -> list[Term]:
    return [t for _, t in (*s.gradient, *s.hessian)] + ([] if s.loss is None else [s.loss])


def _of(name: str, known: frozenset[str]) -> str:
    """What it depends on instead."""
    close = get_close_matches(name, sorted(known), 1)
    return f"did you mean {close[0]!r}?" if close else f"it depends on {', '.join(sorted(known)) or 'nothing'}"


def _near(name: str, known: Any) -> str:
    if name in FUNCTIONS:
        return f"it is a function: write {name}(...)"
    close = [k for k in sorted(known) if k.lower() == name.lower()] or get_close_matches(name, sorted(known), 1)
    if close:
        return f"did you mean {close[0]!r}?"
    return "give it a domain if it is meant, or define it in where"
