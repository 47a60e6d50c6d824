"""Claims that are wrong on purpose: each is refuted, and explained by what was done to it."""

from __future__ import annotations

import pytest

import derive
from derive.claims.diagnose import explain_entry
from derive.domain import Domain
from derive.prove import prove_terms
from tests.shared import examples

P = "(1/(1 + exp(-z)))"
#: loss, wrong gradient, domain, the kinds that may be said of it
GALLERY = {
    "sign": ("(z - y)**2/2", "y - z", {}, {"sign"}),
    "factor 2": ("(z - y)**2", "z - y", {}, {"constant-factor"}),
    "in p for z": (f"-log{P}", f"-1/{P}", {}, {"other-variable"}),
    "p written as z": (f"-log{P}", "-1/z", {"z": "[1/10, 9/10]"}, {"other-variable"}),
    "in z for p": ("-(y*log(p) + (1 - y)*log(1 - p))", "p - y", {"p": "(0, 1)", "y": "[0, 1]"}, {"other-variable"}),
    "log sigma": ("log(s) + y**2/(2*s**2)", "1 - y**2/s**2", {"s": "positive"}, {"other-variable"}),
    "weight": ("w*(exp(z) - y*z)", "exp(z) - y", {"w": "positive"}, {"factor"}),
    "weight on one term": ("w*(exp(z) - y*z)", "exp(z) - w*y", {"w": "positive"}, {"factor", "precedence"}),
    "mean": ("(z - y)**2/(2*m)", "z - y", {"m": "positive"}, {"factor"}),
    "product rule": ("z*exp(-z)", "exp(-z)", {}, {"lost-term", "product-rule"}),
    "held constant": ("exp(-z)*log(1 + z**2)", "exp(-z)*2*z/(1 + z**2)", {}, {"lost-term", "product-rule"}),
    "penalty": ("softplus(z) - y*z + r*z**2", "sigmoid(z) - y", {}, {"lost-term"}),
    "labels": ("log(1 + exp(-y*z))", "sigmoid(z) - y", {"y": "{-1, 1}"}, {"label"}),
    "classes exchanged": ("softplus(z) - y*z", "sigmoid(z) - (1 - y)", {"y": "{0, 1}"}, {"label", "some-labels"}),
    "region": ("where(abs(z) <= c, z**2/2, c*abs(z) - c**2/2)", "z", {"c": "positive"}, {"wrong-region"}),
    "condition": ("max(0, 1 - z)**2", "where(z > 1, -2*(1 - z), 0)", {}, {"wrong-region"}),
    "one value": ("-(1 - p)**g*log(p)", "-(1 - p)/p + log(p)", {"p": "(0, 1)", "g": "[0, 3]"}, {"one-value"}),
    "precedence": ("c*z**2/(2*d)", "c*z/d*c", {"c": "positive", "d": "positive"}, {"precedence", "factor"}),
    "a/b*b": ("x/(1 + x)", "1/(1 + x)*(1 + x)", {"x": "positive"}, {"precedence"}),
    "-x**2": ("exp(-x**2)", "-2*x*exp(x**2)", {}, {"sign"}),
    "exponent": ("(1 - z)**3", "-3*(1 - z)", {}, {"exponent", "factor"}),
    "wrong name": ("log(1 + z) - log(1 + y)", "1/(1 + y)", {"z": "positive", "y": "positive"}, {"wrong-variable"}),
    "sine for cosine": ("sin(z)*y", "sin(z)*y", {}, {"wrong-term", "factor"}),
    "another loss": ("abs(z - y)/k", "(z - y)/k", {"k": "positive"}, {"other-loss"}),
    "loss": ("where(y > z, q*(y - z), (1 - q)*(y - z))", "where(y > z, -q, 1 - q)", {"q": "(0, 1)"}, {"loss-at-fault"}),
    "only at a point": ("z**2", "where(z == 0, 1, 2*z)", {}, {"only-at-points"}),
}  # fmt: skip


def variable(name: str) -> str:
    """The variable of the derivatives."""
    return {"in z for p": "p", "one value": "p", "log sigma": "s", "a/b*b": "x", "-x**2": "x"}.get(name, "z")


@pytest.mark.parametrize("name", GALLERY)
def test_what_was_done_is_said(name: str) -> None:
    """The claim is refuted; the first explanation is one of those expected, and its equality is proved again."""
    loss, gradient, domain, kinds = GALLERY[name]
    wrt = variable(name)
    report = derive.check(loss, gradient, wrt=wrt, domain=domain, dtypes=())
    assert report.answer == "wrong-gradient"
    assert report.gradient is not None
    assert report.gradient.diagnosis, "no explanation"
    assert report.gradient.diagnosis[0].kind in kinds
    for d in report.gradient.diagnosis:
        assert prove_terms(d.left, d.right, Domain.of(domain)).status == "proved"


@pytest.mark.parametrize("name", GALLERY)
def test_the_formula_shown_is_right(name: str) -> None:
    """What is shown as right is proved when it is claimed."""
    loss, gradient, domain, _ = GALLERY[name]
    wrt = variable(name)
    report = derive.check(loss, gradient, wrt=wrt, domain=domain, dtypes=())
    assert report.gradient is not None
    right = report.gradient.components[0].right
    assert right is not None
    assert derive.check(loss, right.text, wrt=wrt, domain=domain, dtypes=()).ok


def test_components_in_the_wrong_order() -> None:
    """Each formula is right, in the other place."""
    report = derive.check("x**2*y", ["x**2", "2*x*y"], wrt=["x", "y"], dtypes=())
    assert report.gradient is not None
    assert {d.kind for d in report.gradient.diagnosis} == {"permuted"}
    assert report.symmetric is not None
    assert report.symmetric.status == "refuted"


def test_a_component_left_out() -> None:
    """0 where the loss depends on the variable."""
    report = derive.check("log(exp(a) + exp(b))", ["0", "exp(b)/(exp(a) + exp(b))"], wrt=["a", "b"], dtypes=())
    assert report.gradient is not None
    assert [d.kind for d in report.gradient.diagnosis] == ["left-out"]


def test_nothing_is_said_where_nothing_is_proved() -> None:
    """A formula that has nothing to do with the loss is refuted without an explanation that does not hold."""
    report = derive.check("log(1 + z**2)", "sin(5*z) + z**7 - 3/(4 + z**2)", wrt="z", dtypes=())
    assert report.answer == "wrong-gradient"
    assert report.gradient is not None
    for d in report.gradient.diagnosis:
        assert prove_terms(d.left, d.right, Domain()).status == "proved"
    assert callable(explain_entry)


def test_what_is_wrong_at_a_point_only_is_no_bound() -> None:
    """|r|^q at q = 2 and r = 0 has the second derivative 2; 0 there is a slip, not a scaled Hessian or a majorizer."""
    report = derive.check(
        "abs(r)**q",
        "Piecewise((0, Eq(r, 0)), (q*r*abs(r)**(q - 2), True))",
        "Piecewise((0, Eq(r, 0)), ((q**2 - q)*abs(r)**q/r**2, True))",
        "r",
        domain={"q": "[2, 4]"},
        dtypes=(),
    )
    assert report.answer == "wrong-hessian"
    assert report.hessian is not None
    assert [d.kind for d in report.hessian.diagnosis] == ["only-at-points"]


LABEL = {"y": "{0, 1}"}
#: losses whose formula has no value on half of the labels, or half of the line, and a wrong gradient there
LOST = [
    ("sqrt(max(1-z,0)**3)", "where(z>=1,99,-3/2*sqrt(1-z))", {}),
    ("sqrt((y*z)**2+(y*w)**2)+z**2", "where(y==0,99,y**2*z/sqrt((y*z)**2+(y*w)**2)+2*z)", LABEL),
    ("xlogy(y*z**2,y*z**2)+z**2", "where(y==0,99,2*y*z*log(y*z**2)+2*y*z+2*z)", LABEL),
    ("((y*z)**2)**(3/4)", "where(y==0,99,3/2*y**2*z*((y*z)**2)**(-1/4))", {}),
    ("xlogy(z**2,z**2)", "where(z==0,99,2*z*log(z**2)+2*z)", {}),
]


@pytest.mark.parametrize(("loss", "gradient", "domain"), LOST, ids=[row[0] for row in LOST])
def test_where_the_formula_has_no_value_it_says_nothing(loss: str, gradient: str, domain: dict[str, str]) -> None:
    """The derivative exists there by other means than its formula, and is not 99."""
    assert (
        derive.check(loss=loss, gradient=gradient, wrt="z", domain=domain, budget=examples(20, 8) / 10).status
        != "proved"
    )
