"""Distributions of the data, written as `poisson(exp(z))`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from difflib import get_close_matches

from derive.claims.families import FAMILIES, OTHER_NAMES, Family
from derive.errors import DeriveError
from derive.terms.term import Term, add, free_names, make, mul, num, sub, substitute, sym
from derive.terms.text import parse_formula
from derive.terms.tokens import is_plain_name

_ONE = num(1)
_WRITTEN = re.compile(r"\s*([A-Za-z][A-Za-z _-]*?)\s*\((.*)\)\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The distribution of one variable, or of a one-hot group of them."""

    names: tuple[str, ...]
    family: str
    parameters: tuple[Term, ...]
    text: str

    @property
    def used(self) -> frozenset[str]:
        """The names in the parameters."""
        return frozenset().union(*(free_names(p) for p in self.parameters))

    @property
    def row(self) -> Family:
        """What is known of the family."""
        return FAMILIES[self.family]

    def density(self) -> Term:
        """The logarithm of the density, without terms that are free of the parameters."""
        if self.family == "categorical":
            pairs = zip(self.names, self.parameters, strict=True)
            return add(*(mul(sym(n), make("log", p)) for n, p in pairs))
        return self.row.density(sym(self.names[0]), *self.parameters)

    def support(self) -> list[tuple[dict[str, Term], Term]] | None:
        """The finitely many values with their probabilities, or None."""
        if self.family == "categorical":
            units = [{n: num(int(i == k)) for i, n in enumerate(self.names)} for k in range(len(self.names))]
            return list(zip(units, self.parameters, strict=True))
        if self.family == "bernoulli":
            (name,), (p,) = self.names, self.parameters
            return [({name: num(0)}, sub(_ONE, p)), ({name: _ONE}, p)]
        return None

    def __str__(self) -> str:
        return f"{', '.join(self.names)} ~ {self.text}"


def read_distributions(
    said: Mapping[str, str] | str | None,
    named: Mapping[str, Term],
    loss: Term | None,
    wrt: tuple[str, ...],
    described: Set[str],
) -> tuple[Distribution, ...]:
    """From `{"y": "poisson(exp(z))"}` or `"y ~ poisson(exp(z))"`; without a name, of the one variable that is left."""
    pairs = said.items() if isinstance(said, Mapping) else [_named_before(said)] if said else []
    out = [_read(names, text, named, loss, wrt) for names, text in pairs]
    names = [n for d in out for n in d.names]
    for d in out:
        _check(d, names, wrt, loss, described)
    return tuple(out)


def _check(d: Distribution, data: list[str], wrt: tuple[str, ...], loss: Term | None, described: Set[str]) -> None:
    own = free_names(loss) if loss is not None else described
    for name in d.names:
        if data.count(name) > 1:
            raise DeriveError(f"distribution: {name} has two distributions")
        if name in wrt or name not in own:
            why = "derivatives are taken in it" if name in wrt else "the loss does not depend on it"
            raise DeriveError(f"distribution: {name} is no data: {why}")
    for name in sorted(d.used & set(data)):
        raise DeriveError(f"distribution of {', '.join(d.names)}: the parameter {name!r} has a distribution itself")
    for name in sorted(d.used - own - described):
        raise DeriveError(
            f"distribution of {', '.join(d.names)}: {name!r} is not in the loss; give it a domain if it is meant"
        )


def _named_before(text: str) -> tuple[str, str]:
    names, tilde, rest = text.partition("~")
    return (names, rest) if tilde else ("", text)


def _read(names: str, text: str, named: Mapping[str, Term], loss: Term | None, wrt: tuple[str, ...]) -> Distribution:
    what = f"distribution of {names.strip()[:40]}" if names.strip() else "distribution"
    family, given = _split(text, what)
    try:
        read = [(n, substitute(parse_formula(f), named)) for n, f in given]
    except DeriveError as error:
        raise type(error)(f"{what}: {error}") from None
    inside = frozenset().union(*(free_names(t) for _, t in read))
    own = tuple(n.strip() for n in names.split(",")) if names.strip() else _left(loss, inside | set(wrt))
    if not all(map(is_plain_name, own)) or (len(own) > 1 and family != "categorical"):
        raise DeriveError(f"{what}: one variable has a distribution; a categorical one has several, y1, y2, y3")
    return Distribution(own, family, _ordered(family, read, own, what), text.strip())


def _left(loss: Term | None, taken: frozenset[str]) -> tuple[str, ...]:
    left = sorted((free_names(loss) if loss is not None else frozenset()) - taken)
    if len(left) != 1:
        raise DeriveError(
            f"distribution: say of which variable, as in 'y ~ poisson(exp(z))': {', '.join(left) or 'none'}"
        )
    return (left[0],)


def _split(text: str, what: str) -> tuple[str, list[tuple[str, str]]]:
    """The family and its parameters: pairs of a name, or "", and a formula."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise DeriveError(
            f"{what}: cannot read {text[:80]!r}; write a family and its parameters, such as poisson(exp(z))"
        )
    family = re.sub(r"[ _-]+", " ", match[1].lower())
    family = OTHER_NAMES.get(family, family)
    if family not in FAMILIES:
        close = get_close_matches(family, [*FAMILIES, *OTHER_NAMES], 1)
        hint = f"did you mean {close[0]!r}?" if close else f"write one of {', '.join(FAMILIES)}"
        raise DeriveError(f"{what}: the distribution {match[1][:40]!r} is not known; {hint}")
    named = (re.fullmatch(r"\s*(?:([a-z]+)\s*=(?!=))?(.*)", part, re.DOTALL) for part in _parts(match[2]))
    return family, [(m[1] or "", m[2].strip()) for m in named if m is not None]


def _parts(text: str) -> list[str]:
    """Split at the commas outside of brackets."""
    out, depth = [""], 0
    for c in text:
        depth += (c in "([{") - (c in ")]}")
        if c == "," and not depth:
            out.append("")
        else:
            out[-1] += c
    return out


def _ordered(family: str, given: list[tuple[str, Term]], names: tuple[str, ...], what: str) -> tuple[Term, ...]:
    """The parameters in their order."""
    wanted = (
        tuple(f"p{i}" for i in range(1, len(names) + 1)) if family == "categorical" else FAMILIES[family].parameters
    )
    positions = dict(zip(wanted, (t for n, t in given if not n), strict=False))
    said = {n: t for n, t in given if n}
    if len(given) != len(wanted) or {**positions, **said}.keys() != set(wanted) or positions.keys() & said.keys():
        raise DeriveError(f"{what}: {family} has the parameters {', '.join(wanted)}")
    found = {**positions, **said}
    return tuple(found[n] for n in wanted)
