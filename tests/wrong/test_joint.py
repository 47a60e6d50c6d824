"""Joint losses wrong on purpose: gradients, Hessians, chains, claims and code that have to be refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derive import catalog
from derive import symbols as s
from derive.blockwise import joint_derivations
from derive.certificate import Certificate, CheckedDerivation
from derive.certificate_json import dumps, loads
from derive.claim import check_chain
from derive.compiled.joint import JointFunctions, functions
from derive.compiled.joint_kernels import KERNELS, Cox, GaussianLogVariance, Kernel, Multinomial, Ordinal
from derive.derivation import Derivation, Step
from derive.domain import Domain
from derive.errors import CertificateError, DerivationError, RuleDoesNotApply
from derive.functions import sigmoid
from derive.gradcheck.joint import gradcheck
from derive.joint_loss import ETA, THETA, JointLoss
from derive.prove.ask import ask
from derive.replay import replay_text
from derive.rules.contraction import matrix_products
from derive.terms.text import parse_formula
from derive.verify import check, domain
from tests.shared import certificate_of, few


def statuses(name: str, derivation: str, wrong: Any) -> list[str]:
    """Is the entry before the matrix form, replaced by a wrong one, justified and proved?"""
    loss = catalog.load_joint(name)
    d = next(d for d in joint_derivations(loss) if d.name == derivation)
    edited = Derivation(d.name, d.title, d.kind, d.start, (*d.steps[:-2], Step(d.steps[-2].rule, wrong)), d.indices)
    step = check(edited, domain(loss), budget=20.0).steps[-1]
    return ["justified" if step.justified else "not justified", step.verdict.status]


Z = s.raw_prediction(s.i, s.k, s.Theta, s.a)


def p(c: Any) -> Any:
    """The probability of a class."""
    return sp.exp(s.raw_prediction(s.i, s.k, s.Theta, c)) / sp.Sum(sp.exp(Z), (s.a, 0, s.K - 1))


def mean(body: Any) -> Any:
    """1/m Σ over the samples."""
    return sp.Sum(body, (s.i, 0, s.m - 1)) / s.m


def x(*indices: Any) -> Any:
    """A product of features of sample i."""
    return sp.Mul(*(s.X[s.i, k] for k in indices))


R, U = s.raw_prediction(s.i) - s.y_vector[s.i, 0], s.raw_prediction(s.i, s.k, s.eta)
SAME = sp.KroneckerDelta(s.class_c, s.class_d)
HAZARD = s.R[s.i, s.r] * sp.exp(s.raw_prediction(s.r))
RISK = sp.Sum(HAZARD, (s.r, 0, s.m - 1))
LATER = sp.Sum((s.R[s.i, s.r] - sp.KroneckerDelta(s.i, s.r)) * sp.exp(s.raw_prediction(s.r)), (s.r, 0, s.m - 1))


def share(of: Any, risk: Any = RISK) -> Any:
    """The average over those at risk."""
    return sp.Sum(HAZARD * of, (s.r, 0, s.m - 1)) / risk


def cumulative(a: Any) -> Any:
    """σ(τ_a − z)."""
    return sigmoid(s.tau[a, 0] - s.raw_prediction(s.i))


def own(upper: int) -> Any:
    """The probability of the class of a sample; the right one has `upper` 0."""
    differences = s.Y[s.i, s.a + upper] - s.Y[s.i, s.a + 1 - upper]
    return s.Y[s.i, s.K - 1] + sp.Sum(differences * cumulative(s.a), (s.a, 0, s.K - 2))


def slope(upper: int) -> Any:
    """The slope of that probability."""
    differences = s.Y[s.i, s.a + upper] - s.Y[s.i, s.a + 1 - upper]
    return sp.Sum(differences * cumulative(s.a) * (1 - cumulative(s.a)), (s.a, 0, s.K - 2))


RIGHT = {
    "softmax": ("multinomial", "gradient", mean((p(s.class_c) - s.Y[s.i, s.class_c]) * x(s.j))),
    "softmax hessian": (
        "multinomial",
        "hessian",
        mean(p(s.class_c) * (SAME - p(s.class_d)) * x(s.j, s.l)),
    ),
    "mean": ("gaussian-log-variance", "gradient-theta", mean(R * sp.exp(-U) * x(s.j))),
    "log-variance": ("gaussian-log-variance", "gradient-eta", mean((1 - R**2 * sp.exp(-U)) / 2 * x(s.j))),
    "ordinal": ("ordinal", "gradient-theta", mean(slope(0) / own(0) * x(s.j))),
    "cox": ("cox", "gradient", mean(s.e_vector[s.i, 0] * (share(s.X[s.r, s.j]) - x(s.j)))),
}
WRONG = {
    "y - p in place of p - y": ("multinomial", "gradient", mean((s.Y[s.i, s.class_c] - p(s.class_c)) * x(s.j))),
    "the class of p and the class of y differ": (
        "multinomial",
        "gradient",
        mean((p(s.class_c) - s.Y[s.i, 0]) * x(s.j)),
    ),
    "-p_c p_d is missing": ("multinomial", "hessian", mean(p(s.class_c) * SAME * x(s.j, s.l))),
    "the diagonal only": (
        "multinomial",
        "hessian",
        mean(SAME * p(s.class_c) * (1 - p(s.class_c)) * x(s.j, s.l)),
    ),
    "twice p(1 - p)": (
        "multinomial",
        "hessian",
        mean(2 * p(s.class_c) * (SAME - p(s.class_d)) * x(s.j, s.l)),
    ),
    "the half is lost": ("gaussian-log-variance", "gradient-eta", mean((1 - R**2 * sp.exp(-U)) * x(s.j))),
    "the squared residual is lost": ("gaussian-log-variance", "gradient-eta", mean(x(s.j) / 2)),
    "the variance is lost": ("gaussian-log-variance", "gradient-theta", mean(R * x(s.j))),
    "the mixed part without a residual": (
        "gaussian-log-variance",
        "hessian-theta-eta",
        mean(-sp.exp(-U) * x(s.j, s.l)),
    ),
    "the mixed part with the other sign": (
        "gaussian-log-variance",
        "hessian-theta-eta",
        mean(R * sp.exp(-U) * x(s.j, s.l)),
    ),
    "cut points swapped": ("ordinal", "gradient-theta", mean(slope(1) / own(0) * x(s.j))),
    "the other sign": ("ordinal", "gradient-theta", mean(-slope(0) / own(0) * x(s.j))),
    "no average over those at risk": ("cox", "gradient", mean(-s.e_vector[s.i, 0] * x(s.j))),
    "a sample is not at risk at its own time": (
        "cox",
        "gradient",
        mean(s.e_vector[s.i, 0] * (share(s.X[s.r, s.j], LATER) - x(s.j))),
    ),
    "events are not told from the others": ("cox", "gradient", mean(share(s.X[s.r, s.j]) - x(s.j))),
    "the second moment only": (
        "cox",
        "hessian",
        mean(s.e_vector[s.i, 0] * share(s.X[s.r, s.j] * s.X[s.r, s.l])),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_formula_is_refuted(name: str) -> None:
    """In the place of the entry that is derived, each is neither what the rule gives nor equal: there is a witness."""
    assert statuses(*WRONG[name]) == ["not justified", "refuted"]


@pytest.mark.parametrize("name", RIGHT)
def test_the_right_formula_is_proved(name: str) -> None:
    """The same formulas written right are proved, however they are written: the wrong ones fail for a reason."""
    assert statuses(*RIGHT[name])[1] == "proved"


def test_a_wrong_last_matrix_is_refuted() -> None:
    """Xᵀ(Y − P), and the matrix of another shape, are no gradient."""
    loss = catalog.load_joint("multinomial")
    d = next(d for d in joint_derivations(loss) if d.kind == "gradient")
    whole = d.steps[-1].result
    edited = replace(d, steps=(*d.steps[:-1], Step(d.steps[-1].rule, sp.MatMul(-1, *whole.args))))
    assert check(edited, domain(loss)).steps[-1].verdict.status == "refuted"


@pytest.mark.parametrize(
    "entry",
    [
        mean(s.X[s.i, s.j] * sp.Sum(s.R[s.i, s.r] * s.X[s.r, s.j], (s.r, 0, s.m - 1))),
        sp.Sum(s.X[s.i, s.j], (s.i, 1, s.m - 1)),
        mean(s.y_vector[s.i, 0]),
        mean(s.Y[s.i, s.class_c + s.j] * s.X[s.i, s.j]),
    ],
    ids=["a ring", "not all rows", "no index", "indices added"],
)
def test_what_is_no_product_of_matrices_is_refused(entry: Any) -> None:
    """A sum with a ring of indices, over some rows, or without an index: the rule raises, it does not guess."""
    with pytest.raises(RuleDoesNotApply):
        matrix_products(entry)


def edited(c: Certificate, *names: str, **parts: CheckedDerivation) -> Certificate:
    """Without some derivations, or with others in their places."""
    kept = tuple(parts.get(d.name.replace("-", "_"), d) for d in c.derivations if d.name not in names)
    return replace(c, derivations=kept)


def part(c: Certificate, name: str) -> CheckedDerivation:
    """A derivation by its name."""
    return next(d for d in c.derivations if d.name == name)


def forged() -> dict[str, Certificate]:
    """Certificates of the Gaussian loss in which every step holds, but something else is claimed."""
    c = certificate_of("gaussian-log-variance")
    first, second = part(c, "gradient-theta"), part(c, "gradient-eta")
    mixed = part(c, "hessian-theta-eta")
    return {
        "the gradient of one block for another": edited(c, gradient_eta=replace(first, name="gradient-eta")),
        "the other one for the first": edited(c, gradient_theta=replace(second, name="gradient-theta")),
        "a gradient is left out": edited(c, "gradient-eta"),
        "a gradient and its Hessians are left out": edited(c, "gradient-eta", "hessian-theta-eta", "hessian-eta-eta"),
        "the mixed part is left out": edited(c, "hessian-theta-eta"),
        "a block of the Hessian is left out": edited(c, "hessian-eta-eta"),
        "one part twice": edited(c, hessian_theta_eta=replace(part(c, "hessian-eta-eta"), name="hessian-theta-eta")),
        "the parts are exchanged in place of another": edited(c, hessian_theta_theta=mixed),
        "a gradient twice": replace(c, derivations=(*c.derivations, first)),
        "only one entry": edited(c, gradient_eta=replace(second, steps=second.steps[:-1])),
        "another index": edited(c, gradient_eta=replace(second, indices=("i",))),
        "no index": edited(c, gradient_eta=replace(second, indices=())),
        "eta is positive": replace(c, domain={**c.domain, "eta": "positive"}),
        "one feature": replace(c, domain={**c.domain, "n": "{1}"}),
        "one parameter": replace(c, domain={**c.domain, "l": "{0}"}),
    }


FORGED = (
    "the gradient of one block for another",
    "the other one for the first",
    "a gradient is left out",
    "a gradient and its Hessians are left out",
    "the mixed part is left out",
    "a block of the Hessian is left out",
    "one part twice",
    "the parts are exchanged in place of another",
    "a gradient twice",
    "only one entry",
    "another index",
    "no index",
    "eta is positive",
    "one feature",
    "one parameter",
)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_certificate_is_refused(name: str) -> None:
    """Every step in it holds, and its digest fits; but a block is missing, doubled or another one, or less is said."""
    wrong = forged()[name]
    assert loads(dumps(wrong)) == wrong
    with pytest.raises(CertificateError, match="hold"):
        replay_text(dumps(wrong))
    assert wrong.cost is not None
    with pytest.raises(DerivationError):
        check_chain(wrong.derivations, wrong.cost, wrong.domain)


@pytest.mark.parametrize(
    "domain", [{"K": "{2}"}, {"c": "{0}"}, {"Theta": "{0}"}, {"Y": "{0}"}, {"d": "0..n-1"}], ids=str
)
def test_fewer_classes_or_parameters_are_refused(domain: dict[str, str]) -> None:
    """What is proved for two classes, for one of them, or for no data is no derivation for all."""
    c = certificate_of("multinomial")
    with pytest.raises(CertificateError):
        replay_text(dumps(replace(c, domain={**c.domain, **domain})))


def test_one_block_of_classes_is_not_all() -> None:
    """The diagonal blocks of the Hessian (c = d) are no Hessian: its indices must be free of each other."""
    c = certificate_of("multinomial")
    hessian = part(c, "hessian")
    same = replace(hessian, indices=("j", "j"))
    with pytest.raises(CertificateError):
        replay_text(dumps(edited(c, hessian=same)))


def test_blocks_that_are_not_the_parameters_are_refused() -> None:
    """A joint loss that leaves out a block of its cost, or names one that is not in it, is an error as it is made."""
    gaussian, cox = catalog.load_joint("gaussian-log-variance"), catalog.load_joint("cox")
    for loss, blocks in ((gaussian, (THETA,)), (gaussian, ()), (cox, (THETA, ETA))):
        with pytest.raises(DerivationError, match="its blocks are its parameters"):
            replace(loss, blocks=blocks)


CLAIMS = {
    "the Gaussian loss is convex in both": (
        "nonnegative",
        "diff(diff({0}, z), z)*diff(diff({0}, u), u) - diff(diff({0}, z), u)**2",
        "u/2 + (z - y)**2*exp(-u)/2",
    ),
    "the multinomial loss is strictly convex": (
        "positive",
        "p*q*(u - v)**2 + 0*({0})",
        "z",
    ),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_wrong_claims_of_convexity_are_refuted(name: str) -> None:
    """By a witness."""
    question, formula, loss = CLAIMS[name]
    where = Domain.of({"p": "positive", "q": "positive"}) if "p*q" in formula else Domain.of({})
    assert ask(question, [parse_formula(formula.format(loss))], where, budget=10.0).status == "refuted"


class NoOthers(Multinomial):
    """The Hessian without −p_c p_d."""

    def hessian(self) -> Any:
        (H,) = super().hessian().values()
        return {("Theta", "Theta"): H * np.eye(H.shape[1])[None, :, None, :]}


class Naive(Multinomial):
    """p − y as it stands: no digit is left where p is near 1."""

    def gradient(self) -> Any:
        return {"Theta": self.X.T @ (self.t / self.S - self.Y)}


class NoHalf(GaussianLogVariance):
    """Without the half."""

    def gradient(self) -> Any:
        found = super().gradient()
        return {**found, "eta": 2 * found["eta"]}


class Swapped(Ordinal):
    """The cut points of the class above in place of those of its own."""

    def gradient(self) -> Any:
        found = super().gradient()
        return {**found, "tau": -found["tau"]}


class Later(Cox):
    """Only those with a later time are at risk, and the sample itself."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.risk = self.running

    def arrays(self) -> Any:
        return {"e": self.data[1], "R": (self.data[0][:, None] <= self.data[0][None, :]).astype(float)}


class NoMean(Cox):
    """The gradient of the events alone."""

    def gradient(self) -> Any:
        return {"theta": -self.rows.T @ self.event}


@pytest.mark.parametrize(
    "kernel", few([NoOthers, Naive, NoHalf, Swapped, Later, NoMean], (NoHalf, NoOthers)), ids=lambda k: k.__name__
)
def test_wrong_code_does_not_agree(kernel: type[Kernel]) -> None:
    """Each has one mistake of those that are made by hand; the comparison with differences of the cost finds it."""
    name = next(name for name, right in KERNELS.items() if issubclass(kernel, right))
    loss: JointLoss = catalog.load_joint(name)
    assert not gradcheck(loss, compiled=JointFunctions(loss, kernel)).ok
    assert functions(loss).kernel is KERNELS[name]
