"""The gallery: derivations that are wrong on purpose, each with the reason for which it must be refused.

A wrong result is refuted by a witness. A right result under a wrong name is proved and not justified. What shows
nothing, or something else than it says, is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sympy as sp

from derive import catalog
from derive import symbols as s
from derive.certificate import CheckedStep, Proved, Refuted
from derive.certificate_json import dumps
from derive.derivation import Derivation, Step, derivations, steps
from derive.domain import Domain, parse_range
from derive.errors import CertificateError, DerivationError, RuleDoesNotApply
from derive.functions import mills, normcdf, sigmoid
from derive.prove import prove
from derive.replay import replay_text
from derive.rule import Rule
from derive.rules.algebra import multiply_out_and_cancel
from derive.rules.calculus import chain_rule, derivative_of_a_sum, partial_derivatives
from derive.rules.logistic import fold_sigmoid
from derive.rules.matrix import NOT_BIAS, matrix_form
from derive.rules.sums import term_of_a_delta
from derive.statements import statements
from derive.terms.term import make, num
from derive.verify import certify, check, domain
from derive.writing import put, written
from tests.shared import certificate_of, examples, few

Edit = Callable[[Any], Any]
X, Y, H = s.X, s.y_vector, sigmoid(s.raw_prediction(s.i))
ENTRY, Z = X[s.i, s.j], s.raw_prediction(s.i)
VECTOR = (X * s.theta).applyfunc(sigmoid)
AT_BIAS = sp.KroneckerDelta(0, s.j)
NOT_H = written(1 - H)
EVERY = sp.DiagMatrix(sp.FunctionMatrix(s.n, 1, sp.Lambda((s.j, s.k), sp.S.One)))


def over_samples(body: Any, first: Any = 0, last: Any = s.m - 1) -> Any:
    """1/m Σᵢ body."""
    return sp.Sum(body, (s.i, first, last)) / s.m


@dataclass(frozen=True)
class Wrong:
    """Step `number` of a derivation, with another result."""

    why: str
    loss: str
    part: str
    number: int
    edit: Edit

    def check(self, where: Domain | None = None) -> CheckedStep:
        """What is found out about that step."""
        loss = catalog.load(self.loss)
        right = next(d for d in derivations(loss) if d.name == self.part)
        step = right.steps[self.number - 1]
        changed = replace(step, result=self.edit(step.result))
        assert changed.result != step.result, "the edit changes nothing"
        before = right.steps[: self.number - 1]
        return check(replace(right, steps=(*before, changed)), where or domain(loss)).steps[-1]


def other(result: Any) -> Edit:
    """Something else, whatever the right result is."""
    return lambda _: result


def swap(old: Any, new: Any) -> Edit:
    """One part in place of another."""
    return lambda e: put(e, {old: new})


GRADIENT = [
    ("the sign is lost", lambda e: -e),
    ("a factor 2", lambda e: 2 * e),
    ("1/m is forgotten", lambda e: s.m * e),
    ("1/m has become 1/n", lambda e: e * s.m / s.n),
    ("y and h are swapped", other(over_samples((Y[s.i, 0] - H) * ENTRY))),
    ("1 − h in place of h", other(over_samples((1 - H - Y[s.i, 0]) * ENTRY))),
    ("z in place of h: the gradient of the other model", other(over_samples((Z - Y[s.i, 0]) * ENTRY))),
    ("the column of another parameter", other(over_samples((H - Y[s.i, 0]) * X[s.i, 0]))),
    ("the target of the first sample for all", other(over_samples((H - Y[0, 0]) * ENTRY))),
    ("the first sample is left out", other(over_samples((H - Y[s.i, 0]) * ENTRY, 1))),
    ("the last sample is left out", other(over_samples((H - Y[s.i, 0]) * ENTRY, 0, s.m - 2))),
    ("h(1 − h) was not cancelled", other(over_samples((H - Y[s.i, 0]) * H * (1 - H) * ENTRY))),
    ("right for targets 0 and 1 only", other(over_samples((H - Y[s.i, 0] ** 2) * ENTRY))),
    ("wrong for the last parameter only", lambda e: e + sp.KroneckerDelta(s.j, s.n - 1)),
    ("wrong for the bias only", lambda e: e + AT_BIAS),
    ("wrong by 1e-12", lambda e: e + sp.Rational(1, 10**12)),
    ("wrong for one sample only", lambda e: sp.Piecewise((e + 1, sp.Eq(s.m, 1)), (e, True))),
]
EARLIER = [
    Wrong("the inner derivative has lost its minus", "logistic", "gradient", 1, swap(NOT_H, 1 + H)),
    Wrong("σ′ = σ(1 + σ)", "logistic", "partial-h", 1, swap(NOT_H, 1 + H)),
    Wrong("∂zᵢ/∂θⱼ = θⱼ", "logistic", "partial-h", 2, swap(ENTRY, s.theta[s.j, 0])),
    Wrong("∂zᵢ/∂θⱼ = xⱼᵢ", "linear", "partial-z", 3, other(X[s.j, s.i])),
    Wrong(
        "the whole row in place of one entry", "linear", "partial-z", 3, other(sp.Sum(X[s.i, s.k], (s.k, 0, s.n - 1)))
    ),
    Wrong("σ′ = σ²", "logistic", "sigmoid-derivative", 5, other(sigmoid(s.z) ** 2)),
    Wrong("σ with the sign of z turned", "logistic", "sigmoid-derivative", 1, other(sp.Derivative(sigmoid(-s.z), s.z))),
    Wrong("the chain rule without e⁻ᶻ", "logistic", "sigmoid-derivative", 3, other(1 / (1 + sp.exp(-s.z)) ** 2)),
    Wrong(
        "wrong only at z = 0",
        *("logistic", "sigmoid-derivative", 5),
        lambda e: sp.Piecewise((0, sp.Eq(s.z, 0)), (e, True)),
    ),
    Wrong(
        "wrong only for z > 40",
        *("logistic", "sigmoid-derivative", 5),
        lambda e: sp.Piecewise((0, s.z > 40), (e, True)),
    ),
    Wrong("the 1/2 of 1/2m stays", "linear", "gradient", 3, lambda e: e / 2),
    Wrong("y − h", "linear", "gradient", 3, lambda e: -e),
    Wrong("the weights are forgotten", "linear-weighted", "gradient", 3, swap(s.w_vector[s.i, 0], sp.S.One)),
    Wrong(
        "the bias is penalised",
        "linear-l2",
        "gradient",
        3,
        lambda e: e + s.lam * sp.KroneckerDelta(0, s.j) * s.theta[s.j, 0] / s.m,
    ),
    Wrong("λ/2m", "linear-l2", "gradient", 3, swap(s.lam, s.lam / 2)),
]
MATRIX = [
    Wrong("m forgotten", "logistic", "gradient", 4, other(X.T * (VECTOR - Y))),
    Wrong("σ forgotten", "logistic", "gradient", 4, other(X.T * (X * s.theta - Y) / s.m)),
    Wrong("h + y", "logistic", "gradient", 4, other(X.T * (VECTOR + Y) / s.m)),
    Wrong("the penalty forgotten", "logistic-l2", "gradient", 4, other(X.T * (VECTOR - Y) / s.m)),
    Wrong("the bias penalised", "linear-l2", "gradient", 4, swap(NOT_BIAS, EVERY)),
    Wrong("weights forgotten", "logistic-weighted", "gradient", 4, other(X.T * (VECTOR - Y) / s.m)),
    Wrong("the gradient without diag", "logistic", "hessian", 4, other(X.T * X / s.m)),
    Wrong("2h(1 − h), a bound and not the Hessian", "logistic", "hessian", 4, lambda e: 2 * e),
    Wrong("h in place of h(1 − h)", "logistic", "hessian", 4, other(X.T * sp.DiagMatrix(VECTOR) * X / s.m)),
    Wrong("λ on the bias", "linear-l2", "hessian", 4, swap(NOT_BIAS, EVERY)),
    Wrong("the residual in place of 1", "linear", "hessian", 4, other(X.T * sp.DiagMatrix(X * s.theta - Y) * X / s.m)),
]
H_EXP, H_PHI = sp.exp(Z), normcdf(Z)
RESIDUAL = written(Z - Y[s.i, 0])
OTHER_LOSSES = [
    Wrong("y/h in place of 1 − y/h", "gamma", "gradient", 3, other(over_samples(Y[s.i, 0] / H_EXP * ENTRY))),
    Wrong("the chain factor h is lost", "poisson", "gradient", 3, other(over_samples((1 - Y[s.i, 0] / H_EXP) * ENTRY))),
    Wrong("the sign is lost", "poisson", "gradient", 3, lambda e: -e),
    Wrong("h in place of h²", "inverse-gaussian", "gradient", 3, lambda e: put(e, {sp.Integer(-2): sp.Integer(-1)})),
    Wrong("a dispersion of h in place of 1 + αh", "negative-binomial", "gradient", 3, swap(s.alpha, 2 * s.alpha)),
    Wrong("the dispersion is forgotten", "negative-binomial", "gradient", 3, swap(s.alpha, sp.S.Zero)),
    Wrong("h^p in place of h^(1−p)", "tweedie", "gradient", 3, swap(1 - s.p, s.p)),
    Wrong("the gradient of the log link", "gamma-inverse", "gradient", 3, other(over_samples((1 - Y[s.i, 0]) * ENTRY))),
    Wrong("N trials counted once", "binomial", "gradient", 3, swap(s.N, sp.S.One)),
    Wrong(
        "h − y, as if canonical",
        "probit",
        "gradient",
        3,
        other(over_samples((H_PHI - Y[s.i, 0]) * ENTRY)),
    ),
    Wrong("σ(yz) in place of σ(−yz)", "logistic-signed", "gradient", 3, swap(Y[s.i, 0], -Y[s.i, 0])),
    Wrong("the weight on the wrong class", "logistic-pos-weight", "gradient", 3, swap(s.alpha, 1 / s.alpha)),
    Wrong("γ − 1 in place of γ", "focal", "gradient", 3, swap(s.gamma, s.gamma - 1)),
    Wrong("the residual is not bounded", "huber", "gradient", 3, other(over_samples(RESIDUAL * ENTRY))),
    Wrong("q and 1 − q exchanged", "quantile", "gradient", 3, swap(s.q, 1 - s.q)),
    Wrong("the indicator is forgotten", "hinge", "gradient", 3, other(over_samples(-Y[s.i, 0] * ENTRY))),
    Wrong("the sign is lost at the chain rule", "hinge", "gradient", 1, lambda e: -e),
    Wrong("a factor 2 too many at the chain rule", "quantile", "gradient", 1, lambda e: 2 * e),
    Wrong("the branches exchanged at the chain rule", "absolute", "gradient", 1, swap(sp.S.NegativeOne, sp.S.One)),
    Wrong("1 everywhere", "huber", "hessian", 4, other(over_samples(ENTRY * X[s.i, s.l]))),
    Wrong("the variance in place of the Hessian", "negative-binomial", "hessian", 4, swap(s.alpha, -s.alpha)),
]
REFUTED = [Wrong(why, "logistic", "gradient", 3, edit) for why, edit in GRADIENT] + EARLIER + MATRIX + OTHER_LOSSES


@pytest.mark.parametrize("wrong", REFUTED, ids=lambda w: f"{w.loss}-{w.part}-{w.number}: {w.why}")
def test_a_wrong_result_is_refuted_by_a_witness(wrong: Wrong) -> None:
    """The step is refuted, a point shows it, and no rule gives it."""
    found = wrong.check()
    assert found.verdict.status == "refuted", found.verdict
    assert found.verdict.witness.left != found.verdict.witness.right
    assert not found.justified
    assert not found.ok


def test_what_is_right_for_targets_0_and_1_is_not_refuted_there() -> None:
    """The same step with y² for y is refuted on [0, 1] and not on {0, 1}, where it is true: the domain decides."""
    wrong = next(w for w in REFUTED if w.why == "right for targets 0 and 1 only")
    where = domain(catalog.load("logistic")).with_("y", parse_range("{0, 1}"))
    assert wrong.check().verdict.status == "refuted"
    assert wrong.check(where).verdict.status != "refuted"


def lemma(start: Any, *taken: Step) -> CheckedStep:
    """The last step of a small derivation."""
    return check(Derivation("small", "Small", "lemma", start, taken), domain(catalog.load("logistic"))).steps[-1]


def gradient_steps(loss: str = "logistic") -> tuple[Any, tuple[Step, ...]]:
    """Start and steps of a right derivation."""
    right = next(d for d in derivations(catalog.load(loss)) if d.kind == "gradient")
    return right.start, right.steps


STRANGER = Rule("a rule of nobody", "a = a", "It is not registered.", (), lambda e: sp.Add(e, 0, evaluate=False))
IMPOSTOR = replace(chain_rule, rewrite=multiply_out_and_cancel.rewrite)


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(lambda s: replace(s[2], rule=chain_rule), id="another rule's name on the step"),
        pytest.param(lambda s: replace(s[2], rule=STRANGER), id="a rule that is not registered"),
        pytest.param(lambda s: replace(s[2], rule=IMPOSTOR), id="a registered name on another function"),
        pytest.param(lambda s: replace(s[2], result=s[1].result), id="a rule that changed nothing"),
        pytest.param(lambda s: replace(s[1], result=s[2].result), id="two steps in one"),
        pytest.param(lambda s: replace(s[2], result=s[2].result.expand()), id="equal, but not what the rule gives"),
    ],
)
def test_an_equal_result_under_a_wrong_name_is_proved_and_not_justified(step: Callable[..., Step]) -> None:
    """Equal but mislabelled never counts as right."""
    start, right = gradient_steps()
    changed = step(right)
    before = right[:1] if changed.rule is partial_derivatives else right[:2]
    found = lemma(start, *before, changed)
    assert found.verdict.status == "proved"
    assert not found.justified
    assert not found.ok


def test_a_step_left_out_is_noticed() -> None:
    """A chain without its second step: the third is still equal, but its rule does not lead there."""
    start, right = gradient_steps()
    found = lemma(start, right[0], right[2])
    assert found.verdict.status == "proved"
    assert not found.justified


def test_a_chain_broken_between_two_right_steps_is_refuted() -> None:
    """A right step of another derivation, put between right steps: both of its ends are refuted."""
    start, right = gradient_steps()
    foreign = gradient_steps("linear")[1][2]
    chain = Derivation("g", "G", "lemma", start, (*right[:2], foreign, right[3]), ("j",))
    checked = check(chain, domain(catalog.load("logistic")))
    assert [step.verdict.status for step in checked.steps] == ["proved", "proved", "refuted", "refuted"]


def test_an_empty_derivation_is_an_error() -> None:
    """No steps: there is nothing that could be proved."""
    with pytest.raises(DerivationError, match="has no steps"):
        Derivation("empty", "Empty", "lemma", s.z, ())


def test_a_certificate_of_nothing_is_an_error() -> None:
    """No derivations: all of nothing is true, and not a proof."""
    with pytest.raises(DerivationError, match="0 derivations of the gradient"):
        certify(catalog.load("logistic"), ())


def test_the_derivation_of_another_loss_is_refused() -> None:
    """Every step is right, but the chain starts from another cost."""
    with pytest.raises(DerivationError, match="starts from another expression"):
        certify(catalog.load("logistic"), derivations(catalog.load("linear")))


def test_a_hessian_of_another_gradient_is_refused() -> None:
    """The Hessian must start from the gradient above it."""
    (*rest, _), (*_, foreign) = (derivations(catalog.load(name)) for name in ("logistic", "linear"))
    with pytest.raises(DerivationError, match="derivation of the hessian starts from another"):
        certify(catalog.load("logistic"), (*rest, foreign))


def test_a_gradient_that_stops_at_one_entry_is_refused() -> None:
    """The last step must be the whole gradient."""
    *lemmas, gradient, hessian = derivations(catalog.load("linear"))
    with pytest.raises(DerivationError, match="not the whole gradient"):
        certify(catalog.load("linear"), (*lemmas, replace(gradient, steps=gradient.steps[:3]), hessian))


def test_two_gradients_are_refused() -> None:
    """Which of them would be printed?"""
    *lemmas, gradient, hessian = derivations(catalog.load("linear"))
    with pytest.raises(DerivationError, match="2 derivations of the gradient"):
        certify(catalog.load("linear"), (*lemmas, gradient, gradient, hessian))


def test_a_matrix_that_depends_on_the_index_of_its_entries_is_refused() -> None:
    """Another matrix for each entry: entry by entry it could be equal to anything."""
    start, right = gradient_steps()
    last = replace(right[3], result=sp.MatMul(AT_BIAS, right[3].result))
    with pytest.raises(DerivationError, match="depends on the index j"):
        check(Derivation("g", "G", "gradient", start, (*right[:3], last), ("j",)), domain(catalog.load("logistic")))


def test_a_transposed_formula_is_not_proved() -> None:
    """A row in place of a column has no entry (j, 0)."""
    transposed = Wrong("(h − y)ᵀ X", "logistic", "gradient", 4, other((VECTOR - Y).T * X / s.m))
    assert transposed.check().verdict.status != "proved"


@pytest.mark.parametrize(
    ("rule", "expr", "reason"),
    [
        (term_of_a_delta, sp.Sum(X[s.i, s.k] * sp.KroneckerDelta(s.i, s.k), (s.k, 0, s.n - 1)), "i may lie outside"),
        (
            term_of_a_delta,
            sp.Sum(s.theta[s.k, 0] * sp.KroneckerDelta(s.j, s.k), (s.k, 0, s.n - 2)),
            "j may lie outside",
        ),
        (partial_derivatives, sp.Derivative(Z, s.theta[s.m, 0]), "may be out of range"),
        (partial_derivatives, sp.Derivative(Z, X[s.i, s.j]), "not one of the parameters"),
        (chain_rule, sp.Derivative(sp.Derivative(s.z**3, s.z), s.z), "nothing to rewrite|first derivative"),
        (chain_rule, sp.Derivative(s.z**3, s.z, s.z), "not one first derivative"),
        (matrix_form, sp.Sum(ENTRY * H, (s.i, 1, s.m - 1)), "not over all samples"),
        (matrix_form, sp.Sum(ENTRY * X[s.i, s.k], (s.i, 0, s.m - 1)), "has not the form"),
        (matrix_form, s.theta[s.j, 0] * s.lam, "is no entry of D"),
        (fold_sigmoid, 1 / (1 + sp.exp(2 * s.z)) ** 2, "nothing to rewrite"),
        (derivative_of_a_sum, sp.Sum(ENTRY, (s.i, 0, s.m - 1)), "nothing to rewrite"),
    ],
)
def test_a_rule_outside_its_domain_does_not_apply(rule: Rule, expr: Any, reason: str) -> None:
    """A rule never guesses, and never gives back what it was given."""
    with pytest.raises(RuleDoesNotApply, match=reason):
        rule(expr)


def test_a_lemma_used_outside_its_domain_is_refuted() -> None:
    """Σ_{k≥1} θₖ δⱼₖ is not θⱼ: the bias is no index of this sum."""
    before = sp.Sum(s.theta[s.k, 0] * sp.KroneckerDelta(s.j, s.k), (s.k, 1, s.n - 1))
    found = lemma(before, Step(term_of_a_delta, s.theta[s.j, 0]))
    assert found.verdict.status == "refuted"
    assert not found.justified


def test_one_wrong_step_is_enough() -> None:
    """A certificate with one refuted step is refuted, whatever the others are."""
    loss = catalog.load("linear")
    *lemmas, gradient, hessian = derivations(loss)
    last = replace(hessian.steps[3], result=2 * hessian.steps[3].result)
    certificate = certify(loss, (*lemmas, gradient, replace(hessian, steps=(*hessian.steps[:3], last))))
    assert certificate.status == "refuted"
    assert not certificate.ok
    assert sum(v.status == "refuted" for v in certificate.verdicts) == 1


def test_steps_do_not_hide_a_rule_that_does_not_apply() -> None:
    """Only a step that is declared optional may be left out."""
    start = sp.Derivative(s.z**2, s.z)
    with pytest.raises(RuleDoesNotApply):
        steps(start, chain_rule, matrix_form)


def test_a_tampered_certificate_is_refused() -> None:
    """A factor 2 in the final formula, every verdict left at "proved", and a digest that fits."""
    certificate = certify(catalog.load("linear"), derivations(catalog.load("linear")))
    *rest, last = certificate.derivations[-1].steps
    forged = replace(last, result=make("scale", num(2), last.result))
    hessian = replace(certificate.derivations[-1], steps=(*rest, forged))
    tampered = replace(certificate, derivations=(*certificate.derivations[:-1], hessian))
    with pytest.raises(CertificateError, match="hessian, step 4: recorded as proved, but it is refuted"):
        replay_text(dumps(tampered))


@pytest.mark.parametrize(
    "name", few(["cauchy", "tukey", "focal", "student-t", "inverse-gaussian", "beta"], ["cauchy", "student-t"])
)
def test_convex_claimed_for_what_is_not(name: str) -> None:
    """A loss file that says convex where ℓ is not: the statement is refuted by a point, and so is the certificate."""
    wrong = replace(catalog.load(name), convex=True)
    found = certify(wrong, derivations(wrong), budget=2)
    (statement,) = (s for s in found.statements if s.name == "convex-in-z")
    assert isinstance(statement.verdict, Refuted)
    assert float(statement.verdict.witness.left) < 0 if "/" not in statement.verdict.witness.left else True
    assert statement.status == "refuted"
    assert found.status == "refuted"


@pytest.mark.parametrize("name", ["linear", "poisson", "huber", "hinge", "log-cosh"])
def test_not_convex_claimed_for_what_is(name: str) -> None:
    """The other way round: no witness can be there, so the statement does not come out as it says."""
    wrong = replace(catalog.load(name), convex=False)
    (statement,) = (s for s in statements(wrong, budget=examples(20, 8) / 10) if s.name == "not-convex-in-z")
    assert not statement.ok


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("poisson", {"constant_to_optimal_zero": s.y * sp.log(s.y)}),
        ("gamma", {"constant_to_optimal_zero": sp.S.Zero}),
        ("binomial", {"best_h": s.y}),
        ("tweedie", {"constant_to_optimal_zero": s.y ** (2 - s.p) / (1 - s.p)}),
    ],
)
def test_a_wrong_constant_is_refuted(name: str, change: dict[str, Any]) -> None:
    """A dropped constant, or a best prediction, that does not make the loss 0."""
    (statement,) = (s for s in statements(replace(catalog.load(name), **change)) if s.name == "best")
    assert statement.verdict.status == "refuted"


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        (
            "quantile",
            lambda q, h, y: sp.Piecewise((2 * q * (y - h), h < y), ((1 - q) * (h - y) - q, True), evaluate=False),
        ),
        ("hinge", lambda q, h, y: sp.Piecewise((1 - y * h, y * h < 1), (-1, True), evaluate=False)),
    ],
)
def test_a_jump_is_not_convex(name: str, condition: Callable[..., Any]) -> None:
    """Linear pieces that do not meet: the second derivative is 0 where it is, and only the subgradient tells."""
    wrong = replace(catalog.load(name), value=condition(s.q, s.h, s.y))
    (statement,) = (s for s in statements(wrong) if s.name == "convex-in-z")
    assert statement.verdict.status == "refuted"


@pytest.mark.parametrize(
    ("name", "kind", "form"),
    [
        ("probit", "gradient", s.y * mills(s.z) + (1 - s.y) * mills(-s.z)),
        ("probit", "hessian", s.y * mills(s.z) + (1 - s.y) * mills(-s.z)),
        ("pseudo-huber", "cost", s.delta * (s.z - s.y) ** 2),
        ("log-cosh", "hessian", 1 / sp.cosh(s.z - s.y)),
    ],
)
def test_a_wrong_form_for_floating_point_is_refuted(name: str, kind: str, form: Any) -> None:
    """What is computed in place of the derived formula has to be equal to it."""
    wrong = replace(catalog.load(name), computed=((kind, form),))
    (statement,) = (s for s in statements(wrong) if s.name == f"computed-{kind}")
    assert statement.verdict.status == "refuted"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sum(where(theta[i] < 0, -theta[i], 2*theta[i]), i, 0, n-1)", "where(theta[j] < 0, -1, 1)"),
        ("sum(abs(theta[i]), i, 0, n-1)", "-sign(theta[j])"),
        ("abs(theta[j])**2", "theta[j]"),
        ("sum(where(theta[i] < 1, theta[i]**2, 0), i, 0, n-1)", "2*theta[j]"),
    ],
)
def test_a_wrong_derivative_of_a_choice_is_refuted(left: str, right: str) -> None:
    """Derivatives of choices with respect to an entry: wrong where nothing ties is wrong, also under a sum."""
    ranges = {"j": "0..n-1", "n": "positive integer"}
    assert prove(f"diff({left}, theta[j])", right, ranges).status == "refuted"


@pytest.mark.parametrize("name", ["hinge", "huber", "quantile", "tukey"])
def test_a_derivative_of_a_choice_says_where_it_was_compared(name: str) -> None:
    """At a tie it is not looked at, and a note says so: no value there is proved or refuted by the chain rule."""
    first = next(d for d in certificate_of(name).derivations if d.kind == "gradient").steps[0]
    assert isinstance(first.verdict, Proved)
    assert any("where no choice ties" in note for note in first.verdict.notes)
