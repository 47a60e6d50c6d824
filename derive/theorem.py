"""A theorem: statements in terms, each a question that the prover decides. A theorem file is data.

What a derivation cannot say stands here: a limit, convexity, two minima, that two costs share one rule. The
statements are text in the grammar of `derive.terms.text`, so a file is read and never runs mathematics of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.certificate import Answer, Asked, Certificate, CheckedStatement, Notation, Symbol, Unknown, Verdict
from derive.domain import Domain
from derive.errors import DeriveError, FormulaError
from derive.terms.term import Term, free_names
from derive.terms.text import parse_formula
from derive.version import VERSION

_AT_FIRST = 0.5  # seconds for a proof of what is expected to be refuted, before a witness is looked for


@dataclass(frozen=True, slots=True)
class Statement:
    """What is claimed: a question about formulas, and the answer that is expected.

    `question` and `formulas` are as in `derive.certificate.CheckedStatement`; `domain` adds to that of the theorem.
    """

    name: str
    says: str
    question: Asked
    formulas: tuple[str, ...]
    domain: Mapping[str, str] = field(default_factory=dict)
    expected: Answer = "proved"


@dataclass(frozen=True, slots=True)
class Theorem:
    """Statements that belong together. `symbols` says in words what the variables are, `domain` where they live.

    `notation` has short names for formulas, with what they are, for print: {"z[i]": ("sum(X[i, k]*…)", "…")}. A theorem
    that is named like a loss is shown with that loss.
    """

    name: str
    title: str
    description: str
    statements: tuple[Statement, ...]
    symbols: Mapping[str, str] = field(default_factory=dict)
    domain: Mapping[str, str] = field(default_factory=dict)
    notation: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    reference: str = ""


def certify(theorem: Theorem, *, budget: float = 5.0) -> Certificate:
    """Decide every statement, `budget` seconds each.

    >>> from derive.theorem import Statement, Theorem
    >>> square = Statement("squares", "a square is not negative", "nonnegative", ("x**2",))
    >>> certify(Theorem("squares", "Squares", "", (square,))).status
    'proved'
    """
    checked = tuple(check(s, theorem.domain, budget=budget) for s in theorem.statements)
    used = frozenset().union(*(free_names(t) for s in checked for t in s.terms))
    ranges = Domain.of(dict(theorem.domain))
    return Certificate(
        name=theorem.name,
        title=theorem.title,
        cost=None,
        domain={name: text for name, text in ranges.to_json().items() if name in used},
        symbols=tuple(Symbol(name, says, str(ranges[name])) for name, says in theorem.symbols.items() if name in used),
        notation=notation(theorem),
        derivations=(),
        agreement=None,
        reference=theorem.reference,
        description=theorem.description,
        version=VERSION,
        kind="theorem",
        statements=checked,
    )


def attached(certificate: Certificate, theorem: Theorem | None) -> Certificate:
    """The certificate of a loss with the statements of the theorem that is named like it."""
    if theorem is None:
        return certificate
    more = certify(theorem)
    taken, known = {n.name for n in certificate.notation}, {s.name for s in certificate.symbols}
    return replace(
        certificate,
        statements=(*certificate.statements, *more.statements),
        notation=(*certificate.notation, *(n for n in more.notation if n.name not in taken)),
        symbols=(*certificate.symbols, *(s for s in more.symbols if s.name not in known)),
    )


def notation(theorem: Theorem) -> tuple[Notation, ...]:
    """The short names of a theorem."""
    return tuple(_notation(left, *said) for left, said in theorem.notation.items())


def _notation(left: str, formula: str, says: str) -> Notation:
    head = parse_formula(left)
    return Notation(
        head.name, tuple(i.name for i in head.args[1:]) if head.head == "at" else (), parse_formula(formula), says
    )


def check(statement: Statement, domain: Mapping[str, str], *, budget: float = 5.0) -> CheckedStatement:
    """The verdict on one statement."""
    terms = tuple(_read(statement, formula) for formula in statement.formulas)
    used = frozenset().union(*map(free_names, terms))
    where = {name: text for name, text in {**domain, **statement.domain}.items() if _speaks_of(name, used)}
    verdict = decided(statement.question, terms, Domain.of(where), expected=statement.expected, budget=budget)
    return CheckedStatement(
        statement.name, statement.says, statement.question, terms, where, verdict, statement.expected
    )


def decided(question: Asked, terms: Sequence[Term], domain: Domain, *, expected: Answer, budget: float) -> Verdict:
    """The verdict on a question, of which one answer is expected.

    Where that is a witness, the time for a proof is short at first: a witness is looked for after the search for a
    proof, which takes all the time that it gets when there is none.
    """
    from derive.prove.ask import ask

    if expected == "refuted" and budget > _AT_FIRST:
        verdict = ask(question, terms, domain, budget=_AT_FIRST)
        if not isinstance(verdict, Unknown):
            return verdict
    return ask(question, terms, domain, budget=budget)


def _speaks_of(names: str, used: frozenset[str]) -> bool:
    return any(name.strip() in used for name in names.split(","))


def _read(statement: Statement, formula: str) -> Term:
    try:
        return parse_formula(formula)
    except DeriveError as error:
        raise FormulaError(f"the statement {statement.name!r}: {error}") from None
