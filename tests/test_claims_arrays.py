"""Claims about entries of arrays and sums of unknown length: any number of rows, any number of classes."""

from __future__ import annotations

from typing import Any

import pytest

import derive
from derive.errors import DeriveError
from derive.report import Report

ROWS = {"j": "0..m-1", "m": "positive integer"}
CLASSES = {"j": "0..K-1", "k": "0..K-1", "K": "positive integer"}
MEAN = "sum((z[i] - y[i])**2, i, 0, m-1)/m"
TOTAL = "sum(exp(z[i]), i, 0, K-1)"
SOFTMAX = f"log({TOTAL}) - sum(y[i]*z[i], i, 0, K-1)"
SHARE = f"exp(z[j])/{TOTAL}"
ROW = "sum(X[i, k]*t[k], k, 0, n-1)"
LOGISTIC = f"sum(softplus({ROW}) - y[i]*{ROW}, i, 0, m-1)/m"
DATA = {"j": "0..n-1", "n": "positive integer", "m": "positive integer"}


def check(*claim: Any, **options: Any) -> Report:
    """A claim about formulas alone."""
    return derive.check(*claim, **{"dtypes": (), **options})


@pytest.mark.parametrize(
    ("claim", "domain"),
    [
        ((MEAN, "2*(z[j] - y[j])/m", "2/m", "z[j]"), ROWS),
        ((SOFTMAX, f"{SHARE} - y[j]", f"{SHARE}*(1 - {SHARE})", "z[j]"), CLASSES),
        ((LOGISTIC, f"sum((sigmoid({ROW}) - y[i])*X[i, j], i, 0, m-1)/m", None, "t[j]"), DATA),
        (("z[0]**2*z[1]", ["2*z[0]*z[1]", "z[0]**2"], None, ["z[0]", "z[1]"]), {}),
    ],
)
def test_right_for_every_size(claim: Any, domain: Any) -> None:
    """The mean of squares, softmax, logistic regression: proved with sizes that are symbols."""
    assert check(*claim, domain=domain).ok


def test_softmax_has_a_full_hessian() -> None:
    """p_j(δ_jk − p_k), for two indices that may be equal."""
    other = SHARE.replace("z[j]", "z[k]")
    mixed = f"{SHARE}*(delta(j, k) - {other})"
    full = [[f"{SHARE}*(1 - {SHARE})", mixed], [mixed, f"{other}*(1 - {other})"]]
    assert check(SOFTMAX, None, full, ["z[j]", "z[k]"], domain=CLASSES).ok
    full[0][1] = full[1][0] = f"-{SHARE}*{other}"
    assert check(SOFTMAX, None, full, ["z[j]", "z[k]"], domain=CLASSES).answer == "wrong-hessian"


def test_labels_add_up() -> None:
    """p − y is the gradient of −Σ y log p only where the labels add up to 1."""
    loss = f"-sum(y[i]*log(exp(z[i])/{TOTAL}), i, 0, K-1)"
    assert check(loss, f"{SHARE} - y[j]", wrt="z[j]", domain={**CLASSES, "y": "one-hot(K)"}).ok
    assert check(loss, f"{SHARE} - y[j]", wrt="z[j]", domain=CLASSES).answer == "wrong-gradient"


def test_what_is_wrong_is_said() -> None:
    """1/m lost, the sign, a factor, an exchange, and the factor x left out; with the right formula."""
    lost = check(MEAN, "2*(z[j] - y[j])", None, "z[j]", domain=ROWS).gradient
    assert lost is not None
    assert lost.diagnosis[0].kind == "factor"
    assert lost.components[0].right is not None
    assert (lost.components[0].right.text, lost.components[0].right.numpy) == ("2*(z[j] - y[j])/m",) * 2
    assert check(SOFTMAX, f"y[j] - {SHARE}", None, "z[j]", domain=CLASSES).convention
    assert check(SOFTMAX, None, f"2*{SHARE}*(1 - {SHARE})", "z[j]", domain=CLASSES).hessian_kind == "scaled"
    exchanged = check("z[0]**2*z[1]", ["z[0]**2", "2*z[0]*z[1]"], None, ["z[0]", "z[1]"]).gradient
    assert exchanged is not None
    assert {d.kind for d in exchanged.diagnosis} == {"permuted"}
    no_x = check(LOGISTIC, f"sum(sigmoid({ROW}) - y[i], i, 0, m-1)/m", None, "t[j]", domain=DATA)
    assert no_x.answer == "wrong-gradient"


def test_no_kind_is_claimed_of_an_entry_that_is_not_proved() -> None:
    """A curvature that has the entry in it is no constant; of a choice of an entry the gradient is decided."""
    report = check(SOFTMAX, None, "z[j]", "z[j]", domain=CLASSES)
    assert (report.answer, report.hessian_kind) == ("wrong-hessian", "wrong")
    l1 = "sum(abs(z[i] - y[i]), i, 0, m-1)"
    assert check(l1, "sign(z[j] - y[j])", wrt="z[j]", domain=ROWS).status == "proved"
    assert check(l1, "sign(z[j] - y[0])", wrt="z[j]", domain=ROWS).status == "refuted"


@pytest.mark.parametrize(
    ("wrt", "domain", "message"),
    [
        ("z[j]", {"m": "positive integer"}, "give the index j a domain"),
        ("z", ROWS, "z is an array; write an entry"),
        ("q[j]", ROWS, "does not depend on"),
        ("z[j", ROWS, "column"),
        ("z[j]*2", ROWS, "not a variable, nor an entry"),
    ],
)
def test_what_cannot_be_a_variable(wrt: str, domain: Any, message: str) -> None:
    """The message says how an entry is written."""
    with pytest.raises(DeriveError, match=message):
        check(MEAN, "2*(z[j] - y[j])/m", wrt=wrt, domain=domain)
