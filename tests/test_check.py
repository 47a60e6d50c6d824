"""Claims of others: what is right is proved, what is wrong is refuted and explained, what is meant is recognised."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sympy as sp
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import derive
from derive.certificate_json import encode, record_from_json
from derive.claims.conventions import CONVENTIONS, meaning, signs
from derive.claims.shorten import shortest
from derive.claims.simplify import simplify
from derive.cli import main
from derive.domain import Domain
from derive.errors import DeriveError, DomainError, FormulaError, RefutedError, UnknownError
from derive.prove import prove_terms
from derive.render.numpy_code import numpy_code
from derive.report import Report
from derive.terms.text import parse_formula, unparse
from tests.shared import examples

LOG_LOSS = "-(y*log(p) + (1 - y)*log(1 - p))"
SOFTMAX = "log(exp(a) + exp(b)) - y*a"
SUM = "(exp(a) + exp(b))"


def check(*args: Any, **options: Any) -> Report:
    """`derive.check` without a look at floating point."""
    return derive.check(*args, **{"dtypes": (), **options})


def log_loss(gradient: Any = None, hessian: Any = None, **options: Any) -> Report:
    """A claim about the log loss in the raw prediction."""
    return check(LOG_LOSS, gradient, hessian, "z", where={"p": "sigmoid(z)"}, domain={"y": "[0, 1]"}, **options)


def kinds(report: Report) -> list[str]:
    """The kinds of all explanations."""
    return [d.kind for claim in report.claims for d in claim.diagnosis]


# -- verdicts


def test_a_right_claim_is_proved() -> None:
    """Gradient and Hessian of the log loss; the answer has no truth value but a status."""
    report = log_loss("sigmoid(z) - y", "p*(1 - p)")
    assert (report.ok, report.status, report.answer, report.hessian_kind) == (True, "proved", "correct", "exact")
    report.raise_for_status()
    assert report.gradient is not None
    with pytest.raises(TypeError):
        bool(report.gradient.components[0].verdict)


def test_a_wrong_claim_is_refuted_with_a_point_and_a_reason() -> None:
    """The sign of the gradient; `raise_for_status` says it."""
    report = log_loss("y - sigmoid(z)")
    assert report.answer == "wrong-gradient"
    assert report.gradient is not None
    assert report.gradient.witness is not None
    assert {name for name, _ in report.gradient.witness.point} == {"y", "z"}
    assert kinds(report) == ["sign"]
    with pytest.raises(RefutedError, match="minus the derivative"):
        report.raise_for_status()


def test_what_is_undecided_is_unknown() -> None:
    """A power tower too large to look at is neither proved nor refuted."""
    report = check("exp(x)", "9**9**9**9", wrt="x")
    assert (report.status, report.answer) == ("unknown", "unknown")
    assert report.gradient is not None
    assert report.gradient.reason
    with pytest.raises(UnknownError):
        report.raise_for_status()


def test_the_time_is_bounded() -> None:
    """Without time nothing is decided, and nothing is claimed to be."""
    assert log_loss("y - sigmoid(z)", "2*p*(1 - p)", budget=0).status == "unknown"


def test_sympy_expressions_bring_their_assumptions() -> None:
    """A positive symbol is positive without a domain."""
    z = sp.Symbol("z", positive=True)
    assert check(sp.log(z), 1 / z, wrt=z).ok
    assert check(sp.Abs(z), sp.Integer(1), wrt=z).ok


def test_without_a_loss() -> None:
    """The Hessian is compared with the gradient, and the Jacobian of a gradient is symmetric."""
    table = [["2*y", "2*x"], ["2*x", "0"]]
    assert check(None, ["2*x*y", "x**2"], table, ["x", "y"]).ok
    assert check(None, "2*z", "3", "z").status == "refuted"
    alone = check(None, ["cos(x)*y", "-sin(x)"], wrt=["x", "y"])
    assert alone.answer == "wrong-gradient"
    assert alone.symmetric is not None
    assert "of no function" in alone.symmetric.says


def test_without_a_gradient() -> None:
    """The Hessian is compared with the second derivative of the loss."""
    assert log_loss(None, "p*(1 - p)").ok
    assert log_loss(None, "p").answer == "wrong-hessian"


def test_a_full_hessian() -> None:
    """Mixed derivatives count: only the diagonal is its own explanation, and a diagonal form is right."""
    diagonal = f"exp(a)*exp(b)/{SUM}**2"
    full = [[diagonal, f"-{diagonal}"], [f"-{diagonal}", diagonal]]
    assert check(SOFTMAX, None, full, ["a", "b"]).ok
    assert check(SOFTMAX, None, [diagonal, diagonal], ["a", "b"]).ok
    report = check(SOFTMAX, None, [[diagonal, "0"], ["0", diagonal]], ["a", "b"])
    assert report.answer == "wrong-hessian"
    assert kinds(report) == ["only-diagonal"] * 2


def test_groups_of_variables() -> None:
    """p − y is the gradient of −Σ y log p only where the labels add up to 1."""
    loss = "-y1*log(exp(a)/(exp(a)+exp(b))) - y2*log(exp(b)/(exp(a)+exp(b)))"
    gradient = [f"exp(a)/{SUM} - y1", f"exp(b)/{SUM} - y2"]
    assert check(loss, gradient, wrt=["a", "b"], domain={"y1, y2": "one-hot"}).ok
    assert check(loss, gradient, wrt=["a", "b"], domain={"y1, y2": "simplex"}).ok
    assert check(loss, gradient, wrt=["a", "b"]).answer == "wrong-gradient"


# -- kinds of Hessians


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        (("softplus(z) - y*z", "sigmoid(z) - y", "2*sigmoid(z)*(1 - sigmoid(z))"), "scaled"),
        (("softplus(z) - y*z", "sigmoid(z) - y", "1/4"), "constant"),
        (("softplus(z) - y*z", "sigmoid(z) - y", "max(sigmoid(z)*(1 - sigmoid(z)), 1e-6)"), "clipped"),
        (("exp(z) - y*z", "exp(z) - y", "(exp(z) + y)/2"), "secant"),
        (("z + y*exp(-z)", "1 - y*exp(-z)", "1"), "fisher"),
        (
            ("(sigmoid(z) - y)**2", "2*(sigmoid(z) - y)*sigmoid(z)*sigmoid(-z)", "2*(sigmoid(z)*sigmoid(-z))**2"),
            "gauss-newton",
        ),
        (("sqrt(1 + (z - y)**2)", "(z - y)/sqrt(1 + (z - y)**2)", "1/sqrt(1 + (z - y)**2)"), "majorizer"),
        (("exp(z) - y*z", "exp(z) - y", "exp(z + d)"), "scaled"),
        (("abs(z - y)", "sign(z - y)", "1"), "constant"),
    ],
)
def test_an_inexact_hessian_is_recognised(claim: tuple[str, str, str], kind: str) -> None:
    """Said so or not: alone it is "not the exact one", with `hessian_kind` it is proved."""
    domain = {"y": "positive", "d": "[0, 1]"}
    silent = check(*claim, "z", domain=domain)
    assert (silent.answer, silent.status, silent.hessian_kind) == ("correct-but-approximate", "refuted", kind)
    assert check(*claim, "z", domain=domain, hessian_kind=kind).ok


def test_a_clipped_probability_is_recognised_beside_a_weight_of_its_label() -> None:
    """Weighted by the label and clipped in two places: clipped, and not wrong. With another weight it is wrong."""
    weight, p = "where(y == 0, 3, 1)", "clip(1/(1 + exp(-z)), 1e-7, 1 - 1e-7)"
    loss = f"{weight}*(softplus(z) - y*z)"
    right, wrong = (
        check(loss, f"{w}*({p} - y)", f"{w}*{p}*(1 - {p})", "z", domain={"y": "{0, 1}"}, dtypes=())
        for w in (weight, "where(y == 0, 2, 1)")
    )
    assert right.gradient is not None
    assert (right.status, right.gradient.kind, right.hessian_kind) == ("refuted", "clipped", "clipped")
    assert wrong.answer == "wrong-gradient-and-hessian"


def test_a_matrix_can_be_a_majorizer() -> None:
    """Half of [[1, −1], [−1, 1]] bounds the Hessian of softmax: the difference is positive semidefinite."""
    bound = [["1/2", "-1/2"], ["-1/2", "1/2"]]
    assert check(SOFTMAX, None, bound, ["a", "b"]).hessian_kind == "constant"
    assert check(SOFTMAX, None, bound, ["a", "b"], hessian_kind="majorizer").ok
    less = [["1/8", "-1/8"], ["-1/8", "1/8"]]
    assert check(SOFTMAX, None, less, ["a", "b"], hessian_kind="majorizer").status == "refuted"


def test_a_claimed_kind_that_is_not_met_is_refuted() -> None:
    """1 is no Fisher information of the log loss, and the observed Hessian is not the expected one."""
    assert log_loss("sigmoid(z) - y", "1", hessian_kind="fisher").answer == "wrong-hessian"
    assert log_loss("sigmoid(z) - y", "p*(1 - p)", hessian_kind="fisher").ok
    observed = check("(exp(z) - y)**2/2", None, "2*exp(2*z) - y*exp(z)", "z", hessian_kind="fisher")
    assert observed.status == "refuted"


def test_what_is_larger_by_a_slip_is_no_majorizer() -> None:
    """p is nowhere below p(1 − p), but its parabolas cross the loss: a factor is missing."""
    report = log_loss("sigmoid(z) - y", "p")
    assert (report.answer, kinds(report)) == ("wrong-hessian", ["factor"])


@pytest.mark.parametrize("claimed", ["w**2", "w/2", "0", "-w", "1 - w"])
def test_a_weight_is_no_label(claimed: str) -> None:
    """A mean of 0 over the weight, or an optimum at weight 0, is not what makes a Hessian a Fisher one or a secant."""
    report = check("w*(z - y)**2/2", "w*(z - y)", claimed, "z", domain={"w": "[1/10, 3]"})
    assert report.answer == "wrong-hessian"
    for kind in ("fisher", "secant"):
        again = check("w*(z - y)**2/2", None, claimed, "z", domain={"w": "[1/10, 3]"}, hessian_kind=kind)
        assert again.status == "refuted"


def test_a_branch_below_rounding_is_right() -> None:
    """exp(z) for σ(z) below −37 is σ(z) in float64; below −20 it is not."""
    domain = {"z": "[-60, 10]", "y": "[0, 1]"}
    gradient = "where(z > {0}, 1/(1 + exp(-z)) - y, exp(z) - y)"
    fine = check("softplus(z) - y*z", gradient.format(-37), wrt="z", domain=domain)
    assert fine.gradient is not None
    assert (fine.answer, fine.status, fine.gradient.kind) == ("correct-but-approximate", "proved", "taylor")
    assert check("softplus(z) - y*z", gradient.format(-20), wrt="z", domain=domain).status == "refuted"


def test_a_difference_quotient_is_named() -> None:
    """Central differences are inexact, and called by their name."""
    quotient = "((z + 0.001)**4 - (z - 0.001)**4)/0.002"
    report = check("z**4", quotient, wrt="z")
    assert report.gradient is not None
    assert (report.answer, report.gradient.kind) == ("correct-but-approximate", "finite-difference")


# -- conventions


def test_conventions_are_inputs() -> None:
    """CatBoost wants derivatives of minus the loss, glum minus the gradient only."""
    assert check("(z - y)**2/2", "y - z", "-1", "z", convention="catboost").ok
    assert check("(z - y)**2/2", "y - z", "1", "z", convention="glum").ok
    assert check("(z - y)**2/2", "y - z", "1", "z", convention=(-1, 1)).ok
    assert set(map(signs, CONVENTIONS)) == {(1, 1), (-1, -1), (-1, 1)}


def test_the_wrong_convention_is_its_own_answer() -> None:
    """Right derivatives in another convention are said to be that."""
    assert "CatBoost" in check("(z - y)**2/2", "y - z", "-1", "z").convention
    assert "glum" in check("(z - y)**2/2", "y - z", "1", "z").convention
    assert check("(z - y)**2/2", "2*z - y", "1", "z").convention == ""
    mixed = check("(z - y)**2/2", "y - z", "1", "z", convention="catboost")
    assert kinds(mixed) == ["convention"]
    assert meaning((1, 1)) in check("(z - y)**2/2", "z - y", "1", "z", convention="catboost").convention


def test_sums_and_means() -> None:
    """The mean of a loss has 1/n in its gradient; without it the factor n is one too many."""
    rows = ("(u - y1)**2/2 + (v - y2)**2/2", ["(u - y1)/n", "(v - y2)/n"])
    assert check(*rows, wrt=["u", "v"], reduction="mean:n", domain={"n": "positive integer"}).ok
    wrong = check(rows[0], ["u - y1", "v - y2"], wrt=["u", "v"], reduction="mean:n")
    assert kinds(wrong) == ["factor", "factor"]


# -- kinks


@pytest.mark.parametrize(
    ("at_kink", "status"), [("-1", "proved"), ("1/2", "proved"), ("1", "proved"), ("2", "refuted"), ("-3/2", "refuted")]
)
def test_a_value_at_a_kink_lies_between_both_sides(at_kink: str, status: str) -> None:
    """A subgradient convention is reported and no error; a value outside is refuted."""
    report = check("abs(z - y)", f"Piecewise((1, z > y), (-1, z < y), ({at_kink}, True))", wrt="z")
    assert report.gradient is not None
    assert [(k.where, k.status) for k in report.gradient.kinks] == [("z = y", status)]
    assert report.status == status


def test_a_smooth_point_is_no_kink() -> None:
    """Where both sides agree, the value at the point counts: right everywhere else is not right."""
    loss = "max(x, 0) - x*y + log(1 + exp(-abs(x)))"
    report = check(loss, "heaviside(x, 0) - y - sign(x)*exp(-abs(x))/(1 + exp(-abs(x)))", wrt="x")
    assert kinds(report) == ["only-at-points"]
    assert check(loss, "sigmoid(x) - y", wrt="x").ok


# -- the right formula


@given(st.data())
@settings(max_examples=examples(60, 30), deadline=None)
def test_simplified_terms_are_equal(data: st.DataObject) -> None:
    """Shortening never changes a value."""
    term = parse_formula(data.draw(formulas(3)))
    for short in (simplify(term), shortest(term)):
        assert prove_terms(term, short, Domain(), budget=0.5).status != "refuted", (unparse(term), unparse(short))


def formulas(depth: int) -> st.SearchStrategy[str]:
    """Random formulas in x and y."""
    leaf = st.sampled_from(["x", "y", "2", "-1", "1/3"])
    if depth == 0:
        return leaf
    inner = formulas(depth - 1)
    pair = st.tuples(inner, inner)
    return st.one_of(
        leaf,
        pair.map(lambda p: f"({p[0]} + {p[1]})"),
        pair.map(lambda p: f"({p[0]} - {p[1]})"),
        pair.map(lambda p: f"({p[0]})*({p[1]})"),
        pair.map(lambda p: f"where({p[0]} > 0, {p[1]}, {p[0]})"),
        inner.map(lambda a: f"1/(1 + exp(-({a})))"),
        inner.map(lambda a: f"exp({a})*sigmoid(-({a}))"),
        inner.map(lambda a: f"abs({a})*sign({a})"),
        inner.map(lambda a: f"({a})**2"),
        inner.map(lambda a: f"tanh(-({a}))"),
    )


def test_the_right_formula_can_be_pasted() -> None:
    """Text that is read back, NumPy code that runs, LaTeX."""
    report = log_loss(None, "2*p*(1 - p)")
    assert report.hessian is not None
    right = report.hessian.components[0].right
    assert right is not None
    assert parse_formula(right.text) == right.term
    assert right.numpy == "special.expit(z)*special.expit(-z)"
    assert right.latex == r"\sigma(z) \sigma(-z)"


def test_numpy_code_means_the_formula() -> None:
    """The code gives the values of the formula."""
    import numpy as np
    from scipy import special

    formula = "where(z > 0, -(z - 1)**2/(3*z**2), 2 - exp(-z)/(1 + exp(-z))**2) + max(z, 1) - (-z)**2"
    code = numpy_code(parse_formula(formula))
    z = np.array([-2.0, -0.5, 0.5, 3.0])
    other = np.where(z > 0, -((z - 1) ** 2) / (3 * z**2), 2 - special.expit(z) * special.expit(-z))
    assert np.allclose(eval(code, {"np": np, "special": special, "z": z}), other + np.maximum(z, 1) - z**2)


# -- outputs


def test_every_output_tells_the_same() -> None:
    """Text, LaTeX, Markdown and JSON name the answer, the witness and the reason."""
    report = log_loss("y - sigmoid(z)", "2*p*(1 - p)")
    for output in (str(report), report.latex(), report.markdown()):
        text = " ".join(output.split())
        assert "minus the derivative" in text
        assert "2 times the exact one" in text
    assert json.loads(report.to_json())["answer"] == "wrong-gradient"
    assert (report._repr_markdown_(), report._repr_latex_()) == (report.markdown(), report.latex())


def test_a_report_survives_json() -> None:
    """What a worker writes is the report."""
    report = log_loss("y - sigmoid(z)", "2*p*(1 - p)")
    assert record_from_json(Report, json.loads(json.dumps(encode(report)))) == report


@pytest.mark.parametrize(("hessian", "code"), [("p*(1 - p)", 0), ("p", 1)])
def test_the_command(hessian: str, code: int) -> None:
    """`derive check` decides in a worker, and its exit code is the answer."""
    args = ["--loss", LOG_LOSS, "--where", "p=sigmoid(z)", "--gradient", "p - y", "--hessian", hessian]
    result = CliRunner().invoke(main, ["check", *args, "--wrt", "z", "--domain", "y=[0, 1]"])
    assert result.exit_code == code, result.output
    assert "d/dz: proved" in result.output


@pytest.mark.usefixtures("in_process")
def test_the_command_takes_several_variables() -> None:
    """A gradient once for each variable; four entries for two variables are rows."""
    args = ["--loss", "x**2*y", "--gradient", "2*x*y", "--gradient", "x**2", "--wrt", "x, y", "--format", "json"]
    table = [part for f in ("2*y", "2*x", "2*x", "0") for part in ("--hessian", f)]
    result = CliRunner().invoke(main, ["check", *args, *table])
    assert (result.exit_code, json.loads(result.output)["answer"]) == (0, "correct")


# -- bad input


@pytest.mark.parametrize(
    ("claim", "error", "says"),
    [
        ({"gradient": "__import__('os')"}, FormulaError, "gradient: column 1"),
        ({"gradient": "z.real"}, FormulaError, "attribute"),
        ({"gradient": "lambda z: z"}, FormulaError, "gradient: column"),
        ({"gradient": "(" * 10_000 + "z" + ")" * 10_000}, FormulaError, "nested too deeply"),
        ({"gradient": "z" + "+z" * 500_000}, FormulaError, "characters"),
        ({"gradient": "2*Z"}, FormulaError, "did you mean 'z'"),
        ({"gradient": "sgimoid(z)"}, FormulaError, "did you mean 'sigmoid'"),
        ({"gradient": "z*exp"}, FormulaError, "it is a function"),
        ({"gradient": 2j}, FormulaError, "not a real number"),
        ({"gradient": "1j*z"}, FormulaError, "gradient: column"),
        ({"gradient": "z > 0"}, FormulaError, "a condition"),
        ({"gradient": "z[0]"}, DeriveError, "is an array"),
        ({"gradient": ["z", "z"]}, DeriveError, "2 components for 1"),
        ({"gradient": None}, DeriveError, "nothing is claimed"),
        ({"gradient": "z", "loss": None}, DeriveError, "nothing to compare with"),
        ({"gradient": "z", "wrt": None}, DeriveError, "wrt: say the variable"),
        ({"gradient": "z", "wrt": "zz"}, DeriveError, "did you mean 'z'"),
        ({"gradient": "z", "domain": {"y": "[2, 1]"}}, DomainError, "is empty"),
        ({"gradient": "z", "domain": {"y": "positive negative"}}, DomainError, "is empty"),
        ({"gradient": "z", "domain": {"yy": "positive"}}, DomainError, "did you mean 'y'"),
        ({"gradient": "z", "where": {"p": "q", "q": "p"}}, FormulaError, "defined by each other"),
        ({"gradient": "z", "where": {"p": "z", "z": "1"}}, DeriveError, "wrt"),
        ({"gradient": "z", "convention": "catbost"}, DeriveError, "did you mean 'catboost'"),
        ({"gradient": "z", "hessian_kind": "fish"}, DeriveError, "is not one of"),
        ({"gradient": "z", "reduction": "median"}, DeriveError, "reduction"),
        ({"hessian": [["1", "2"], ["1"]], "gradient": None, "wrt": ["y", "z"]}, DeriveError, "every row needs 2"),
    ],
)
def test_bad_input_is_an_error_that_names_the_claim(claim: dict[str, Any], error: type[DeriveError], says: str) -> None:
    """A clear error in bounded time; nothing is run."""
    with pytest.raises(error, match=says):
        check(**{"loss": "z*y", "wrt": "z", **claim})


@given(st.text(alphabet="zy()+-*/.,<>=&|[]{}'\"0123456789 eEpxlogwhe_\\", max_size=40))
@settings(max_examples=examples(150, 80), deadline=None)
def test_any_text_is_a_formula_or_a_clear_error(text: str) -> None:
    """Never a traceback: a report, or a `DeriveError`."""
    try:
        report = check("z*y", text, wrt="z", budget=0.3)
    except DeriveError:
        return
    assert report.status in ("proved", "refuted", "unknown")
