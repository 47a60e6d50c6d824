"""Derivation -> certificate: the one file that sees the whole pipeline.

Two questions of each step: *justified*, does the named rule, applied again, give this result? *Proved*, are the two
expressions equal on the domain? Then the numbers: finite differences against the compiled formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from derive import catalog
from derive import symbols as s
from derive.blockwise import joint_derivations
from derive.certificate import (
    Agreement,
    Certificate,
    CheckedDerivation,
    CheckedStep,
    Notation,
    Proved,
    Refuted,
    Symbol,
    Unknown,
)
from derive.claim import NOT_AS_A_WHOLE, as_wholes, check_chain, equality
from derive.derivation import Derivation, Step
from derive.derivation import derivations as row_derivations
from derive.domain import Domain, Range
from derive.errors import DataError, RuleDoesNotApply
from derive.joint_loss import JointLoss
from derive.loss import Loss
from derive.prove import prove_terms
from derive.rule import RULES
from derive.statements import statements
from derive.terms.bridge import from_sympy
from derive.terms.term import free_names, walk
from derive.theorem import attached
from derive.version import VERSION
from derive.writing import written

__all__ = ["check", "derivations", "domain", "verify"]

_ARRAYS = (s.X, s.theta, s.y_vector, s.w_vector, s.eta, s.Theta, s.tau, s.Y, s.e_vector, s.R)
_SHAPES = {a.name: a.shape for a in _ARRAYS}


def derivations(loss: Loss | JointLoss) -> tuple[Derivation, ...]:
    """The lemmas that a loss needs, its gradient and its Hessian; of a joint loss, those of each block."""
    return joint_derivations(loss) if isinstance(loss, JointLoss) else row_derivations(loss)


def verify(loss: Loss | JointLoss, *, data: Any = None, numeric: bool = True, budget: float = 10.0) -> Certificate:
    """Derive gradient and Hessian of the cost, prove every step, and compare the formulas with finite differences.

    `data` is what `gradcheck` takes, `budget` the seconds that the prover may spend on one step. Without the numeric
    part (`numeric=False`) the status of the certificate is "unknown": something was not checked.

    >>> from derive import catalog
    >>> certificate = verify(catalog.load("linear"), numeric=False)
    >>> {verdict.status for verdict in certificate.verdicts}
    {'proved'}
    """
    found = certify(loss, derivations(loss), _agreement(loss, data) if numeric else None, budget=budget)
    return attached(found, catalog.theorem(loss.name))


def certify(
    loss: Loss | JointLoss, chain: Sequence[Derivation], agreement: Agreement | None = None, *, budget: float = 10.0
) -> Certificate:
    """The certificate of these derivations.

    Raises `DerivationError` where they are not those of the loss: the gradient must start from its cost, the Hessian
    from the gradient, and both must hold for every data set of any size.
    """
    cost, where = from_sympy(loss.cost), domain(loss)
    checked = at_once(tuple(check(d, where, budget=budget) for d in chain), where, budget=budget)
    terms = [cost, *(t for d in checked for t in (d.start, *(step.result for step in d.steps)))]
    free = frozenset().union(*map(free_names, terms))
    used = free.union(node.name for t in terms for node in walk(t) if node.head == "sym")
    described = {name: text for name, text in where.to_json().items() if name in free}
    check_chain(checked, cost, described)
    return Certificate(
        name=loss.name,
        title=loss.title,
        cost=cost,
        domain=described,
        symbols=tuple(_symbol(name, says, where[name]) for name, says in _words(loss).items() if name in used),
        notation=_notation(loss),
        derivations=checked,
        agreement=agreement,
        reference=loss.reference,
        description=loss.description,
        version=VERSION,
        statements=statements(loss, budget=budget),
    )


def domain(loss: Loss | JointLoss) -> Domain:
    """The ranges of all names in the derivations of a loss."""
    if isinstance(loss, JointLoss):
        return Domain(loss.ranges)
    return Domain({**s.RANGES, **loss.ranges, "z": s.RANGES["z"]})


def check(derivation: Derivation, where: Domain, *, budget: float = 10.0) -> CheckedDerivation:
    """The two answers for each step of a derivation."""
    steps, before, start = [], derivation.start, from_sympy(derivation.start)
    term = start
    for step in derivation.steps:
        result = from_sympy(step.result)
        left, right = equality(term, result, derivation.indices)
        verdict = prove_terms(left, right, where, budget=budget)
        rule = step.rule
        steps.append(CheckedStep(rule.name, rule.formula, rule.says, result, justified(step, before), verdict))
        before, term = step.result, result
    d = derivation
    return CheckedDerivation(d.name, d.title, d.kind, start, tuple(steps), d.indices)


def at_once(
    derivations: tuple[CheckedDerivation, ...], where: Domain, *, budget: float = 10.0
) -> tuple[CheckedDerivation, ...]:
    """Where steps do not make a whole, start = result is decided; the last step says so unless it is proved."""
    out = list(derivations)
    for number, found in as_wholes(derivations, lambda a, b: prove_terms(a, b, where, budget=budget)):
        if not isinstance(found, Proved):
            *steps, last = out[number].steps
            why = found if isinstance(found, Refuted) else Unknown(f"{NOT_AS_A_WHOLE}: {found.reason}")
            out[number] = replace(out[number], steps=(*steps, replace(last, verdict=why)))
    return tuple(out)


def justified(step: Step, before: Any) -> bool:
    """Is the rule one of the registered rules, and does it give exactly this result?"""
    if RULES.get(step.rule.name) is not step.rule:
        return False
    try:
        return bool(step.rule(before) == step.result)
    except RuleDoesNotApply:
        return False


def _agreement(loss: Loss | JointLoss, data: Any) -> Agreement:
    if isinstance(loss, JointLoss):
        from derive.gradcheck.joint import gradcheck as joint_gradcheck

        if data is not None:
            said = "is compared on data of its own: it has more than one column of targets or parameters"
            raise DataError(f"the joint loss {loss.name!r} {said}; leave the data out")
        return joint_gradcheck(loss)
    from derive.gradcheck import gradcheck

    return gradcheck(loss, data=data)


def _words(loss: Loss | JointLoss) -> dict[str, str]:
    if isinstance(loss, JointLoss):
        return loss.words
    return {**s.WORDS, **{p.symbol.name: p.says for p in loss.parameters}}


def _symbol(name: str, says: str, r: Range) -> Symbol:
    return Symbol(name, says, str(r), tuple(map(from_sympy, _SHAPES.get(name, ()))))


def _notation(loss: Loss | JointLoss) -> tuple[Notation, ...]:
    """hᵢ and zᵢ; where the prediction is the raw prediction, hᵢ alone. Of a joint loss, its own."""
    if isinstance(loss, JointLoss):
        own = ((n.name, tuple(str(a.name) for a in n.indices), written(n.value), n.says) for n in loss.notation)
        return tuple(Notation(name, indices, from_sympy(value), says) for name, indices, value, says in own)
    h, z = from_sympy(loss.prediction(s.i)), from_sympy(s.raw_prediction(s.i))
    names = [Notation("h", ("i",), h, "prediction for sample i")]
    return (*names, Notation("z", ("i",), z, "raw prediction for sample i")) if h != z else tuple(names)
