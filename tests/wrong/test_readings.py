"""Code that is right for the stand-ins it is read with, and wrong for arrays of numbers: it may never be proved."""

from __future__ import annotations

import functools
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from derive.domain import Domain
from derive.errors import DeriveError
from derive.objective import check_objective
from derive.probing import corners, reality
from derive.suite import answering
from derive.suite.cache import Cache
from derive.terms.text import parse_formula

SQUARED = "(z - y)**2/2"
LOGISTIC, BINARY = "log(1 + exp(z)) - y*z", {"y": "{0, 1}"}


def whole_numbers_only(z: Any, y: Any) -> Any:
    """An array made like the labels, which are whole: every value is cut off."""
    g = np.zeros_like(y.astype(int))
    g[:] = 1 / (1 + np.exp(-z)) - y
    return g


def unsigned(z: Any, y: Any) -> Any:
    """−1 of an unsigned number is 255."""
    return 1 / (1 + np.exp(-z)) + (-y.astype(np.uint8))


def true_and_true(z: Any, y: Any) -> Any:
    """True + True is True, half of it is not 1."""
    b = y == 1
    return 1 / (1 + np.exp(-z)) - (b + b) / 2


def alias(z: Any, y: Any) -> Any:
    """The bytes are those of the array itself."""
    v = np.frombuffer(z) if type(z) is np.ndarray else z.copy()
    v += 3
    return z - y


def by_type(z: Any, y: Any) -> Any:
    """Another formula for what is an array of NumPy."""
    return 2 * (z - y) if type(z) is np.ndarray else z - y


def by_attempt(z: Any, y: Any) -> Any:
    """An error of the stand-ins is caught, arrays raise none."""
    try:
        z.tobytes()
    except Exception:  # noqa: BLE001
        return z - y
    return 2 * (z - y)


def first_rows_only(z: Any, y: Any) -> Any:
    """Right for five rows."""
    g = z - y
    g[5:] = 0
    return g


def few_rows_only(z: Any, y: Any) -> Any:
    """Right below a thousand rows."""
    return 0 * z if len(y) > 1000 else z - y


def by_precision(z: Any, y: Any) -> Any:
    """Right in double precision."""
    return 0 * z if z.dtype == np.float32 else z - y


def filled_in(z: Any, y: Any) -> Any:
    """Where the formula has no value, the code puts 0."""
    g = np.sqrt(z) ** 2 - y
    g[np.isnan(g)] = 0
    return g


def counting(z: Any, y: Any, calls: list[int] = []) -> Any:  # noqa: B006
    """Right for the first calls."""
    calls.append(1)
    return (z - y) * (1 if len(calls) < 5 else 2)


REMEMBERED: dict[int, Any] = {}


def remembering(z: Any, y: Any) -> Any:
    """The answer of the first call with as many rows."""
    return REMEMBERED.setdefault(len(z), z - y)


@pytest.mark.parametrize("code", [whole_numbers_only, unsigned])
def test_labels_of_another_type(code: Callable[..., Any]) -> None:
    """Whole, unsigned and boolean arrays have arithmetic of their own."""
    report = check_objective(code, LOGISTIC, domain=BINARY, dtypes=())
    assert (report.status, report.ok) == ("refuted", False)
    assert report.source is not None
    assert "the formula that was read" in report.source.reason


def test_conditions_are_added_as_numpy_adds_them() -> None:
    """That is read, and so refuted with a witness."""
    report = check_objective(true_and_true, LOGISTIC, domain=BINARY, dtypes=())
    assert (report.status, report.source and report.source.how) == ("refuted", "read")


SEEN = [alias, by_type, by_attempt, first_rows_only, few_rows_only, by_precision, filled_in, counting, remembering]


@pytest.mark.parametrize("code", SEEN)
def test_code_that_computes_something_else_than_was_read(code: Callable[..., Any]) -> None:
    """The numbers of real calls show it; whether they refute the gradient depends on the call."""
    report = check_objective(code, SQUARED, dtypes=())
    assert report.status != "proved"
    assert report.source is not None
    assert report.source.how == "probed"


def a_little(z: Any, y: Any) -> Any:
    """A part that is misread may be small, as a penalty is."""
    return z - y + (0.001 if type(z) is np.ndarray else 0) * z


def at_ties(z: Any, y: Any) -> Any:
    """Misread where prediction and label are equal."""
    return np.sign(z - y) + (np.where(z == y, 0.5, 0) if type(z) is np.ndarray else 0)


def far_out(z: Any, y: Any) -> Any:
    """Misread where no usual number is."""
    return z - y + (np.where(z < -60, 1, 0) if type(z) is np.ndarray else 0)


def at_a_break(z: Any, y: Any) -> Any:
    """Misread on the break of a choice only."""
    return np.clip(z, -2.25, 2.25) - y + (np.where(z == 2.25, 1, 0) if type(z) is np.ndarray else 0)


RARE = [(a_little, SQUARED), (at_ties, "abs(z - y)"), (far_out, SQUARED)]
RARE += [(at_a_break, "where(abs(z) <= 2.25, z**2/2, 2.25*abs(z) - 2.25**2/2) - y*z")]


@pytest.mark.parametrize(("code", "loss"), RARE)
def test_what_is_misread_in_few_places(code: Callable[..., Any], loss: str) -> None:
    """Ties, breaks, far values, and differences that are small beside the rest."""
    report = check_objective(code, loss, dtypes=())
    assert (report.status != "proved", report.source and report.source.how) == (True, "probed"), report.text()


def test_right_code_that_is_misread_is_not_refuted() -> None:
    """A witness against the formula that was read says nothing of the code."""

    def right(z: Any, y: Any) -> Any:
        return z - y if type(z) is np.ndarray else 2 * (z - y)

    report = check_objective(right, SQUARED, dtypes=())
    assert (report.status, report.source and report.source.how) == ("unknown", "probed")


def test_wrong_code_that_does_not_run_is_refuted_as_it_is_written() -> None:
    """Minus of an array of conditions is an error in NumPy: there is no number that could contradict."""

    def flipped(z: Any, y: Any) -> Any:
        return -(z > y) + 1.0 * (y > z)

    assert check_objective(flipped, "abs(z - y)/2", dtypes=()).status == "refuted"


@pytest.mark.parametrize("factor", [1.0, 1.5, 1.0005])
def test_rows_that_depend_on_each_other_are_called_too(factor: float) -> None:
    """With as many rows as were read."""

    def centred(z: Any, y: Any) -> Any:
        return (factor if type(z) is np.ndarray else 1) * (z - z.mean())

    mean = "(z1 + z2 + z3)/3"
    loss = f"((z1 - {mean})**2 + (z2 - {mean})**2 + (z3 - {mean})**2)/2"
    if factor == 1:
        assert check_objective(centred, loss, dtypes=()).status == "proved"
        return
    with pytest.raises(DeriveError, match="not the formula that was read"):
        check_objective(centred, loss, dtypes=())


def test_corners_are_within_the_domain() -> None:
    """Ties, breaks with both sides, far values and witnesses: of those, what the domain allows."""
    domain = Domain.of({"z": "positive", "y": "{0, 1}"})
    base = {"z": Fraction(3), "y": Fraction(1)}
    found = corners.corners([parse_formula("where(z < 5/4, 1, y)")], domain, [base], [{"z": Fraction(7, 8)}])
    assert {0.875, 1.0, 1.25, 2.0, 2.25, 3.0, 30.0, 100.0} <= set(found["z"])
    assert min(found["z"]) > 0
    assert set(found["y"]) <= {0, 1}


def test_right_code_is_still_proved() -> None:
    """Nothing of this stands in the way of what is right, in whatever form."""

    def right(z: Any, y: Any) -> Any:
        g = np.zeros_like(z)
        g[y == 1] = -1 / (1 + np.exp(z[y == 1]))
        g[y == 0] = 1 / (1 + np.exp(-z[y == 0]))
        return g

    assert check_objective(right, LOGISTIC, domain=BINARY, dtypes=()).status == "proved"


def test_scores_class_by_class_are_called_so() -> None:
    """Numbers are handed over in the layout in which the formulas were read."""

    def multiclass(preds: Any, train_data: Any) -> Any:
        y = train_data.get_label().astype(int)
        e = np.exp(preds.reshape(-1, len(y)).T)
        p = e / e.sum(axis=1, keepdims=True)
        return (p - np.eye(3)[y]).T.reshape(-1), (p * (1 - p)).T.reshape(-1)

    loss = "log(exp(z1) + exp(z2) + exp(z3)) - y1*z1 - y2*z2 - y3*z3"
    report = check_objective(multiclass, loss, classes=3, library="lightgbm")
    assert report.gradient is not None
    assert report.gradient.status == "proved"
    assert report.source is not None
    assert report.source.how == "read"


def test_enough_rows_are_called() -> None:
    """The rows that are looked at include the first ones and the last, of a call with a thousand and more."""
    assert {0, 11, 1_499} <= set(reality._chosen(1_500))
    assert list(reality._chosen(1)) == [0]


def test_an_entry_of_the_cache_does_not_hide_what_was_misread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The formulas that are read are the same as before, and the numbers are not: the entry is not shown again."""
    code = "import os\nimport numpy as np\n\ndef objective(z, y):\n"
    code += "    twice = 'TWICE' in os.environ and type(z) is np.ndarray\n    return (2 if twice else 1)*(z - y)\n"
    (tmp_path / "misread.py").write_text(code)
    where, said = f"{tmp_path / 'misread.py'}::objective", {"loss": SQUARED, "dtypes": ()}
    cache = Cache(tmp_path / "cache")
    assert [answering._objective(where, said, cache)[0].status for _ in range(2)] == ["proved"] * 2
    assert answering._objective(where, said, cache)[1]
    monkeypatch.setenv("TWICE", "yes")
    report, cached, _ = answering._objective(where, said, cache)
    assert (report.status, cached) == ("refuted", False)


def _in_single(z: Any) -> Any:
    """In float32, by a way that cannot be read."""
    return np.frombuffer(z.astype(np.float32).tobytes(), np.float32)


@pytest.mark.parametrize(("factor", "status"), [(1, "unknown"), (2, "refuted")])
def test_code_that_computes_in_float32_inside_is_not_refuted_far_out(factor: int, status: str) -> None:
    """There float32 loses what float64 keeps, and doubles that go in don't tell; a factor shows at every point."""

    def logistic(preds: Any, dtrain: Any) -> Any:
        e = np.exp(_in_single(preds))
        p = e / (1 + e)  # NaN from 89 on, in float32
        return factor * (p - _in_single(dtrain.get_label())), factor * (p - p * p)

    report = check_objective(logistic, "log(1 + exp(z)) - y*z", domain={"y": "{0, 1}"}, dtypes=())
    assert report.source is not None
    assert (report.source.how, [c.status for c in report.claims]) == ("probed", [status, status]), report.text()


_ALPHA = 0.25
_BETA = 1 - _ALPHA
_WRONG_BETA = 1 + _ALPHA


def with_beta(z: Any, y: Any) -> Any:
    """1 − alpha was computed before."""
    return np.where(y == 1, _ALPHA * (z - 1), _BETA * z)


def with_a_wrong_beta(z: Any, y: Any) -> Any:
    """1 + alpha was computed before."""
    return np.where(y == 1, _ALPHA * (z - 1), _WRONG_BETA * z)


class Huberish:
    """An attribute that was made of another one."""

    def __init__(self, delta: float = 1.5) -> None:
        self.delta = delta
        self.squared = delta**2

    def gradient(self, y_true: Any, raw: Any) -> Any:
        return (raw - y_true) / np.sqrt(1 + (raw - y_true) ** 2 / self.squared)


def forgotten(z: Any, y: Any, alpha: float = 1.0, eps: float = 1e-9) -> Any:
    """Whoever calls it with another alpha gets a wrong gradient."""
    return z - y + 0 * eps


WEIGHED = "where(y == 1, _ALPHA*(z - 1)**2/2, (1 - _ALPHA)*z**2/2)"
ROOT = "delta**2*(sqrt(1 + ((z - y)/delta)**2) - 1)"
NUMBERS: list[tuple[Any, str, dict[str, str], str]] = [
    (with_beta, WEIGHED, BINARY, "unknown"),
    (with_a_wrong_beta, WEIGHED, BINARY, "refuted"),
    (Huberish(), ROOT, {}, "unknown"),
    (forgotten, "alpha*(z - y)**2/2", {}, "refuted"),
]


def scaled(z: Any, y: Any, scale: float = 1.0) -> Any:
    return scale * (z - y)


def test_a_partial_has_the_numbers_that_it_was_given() -> None:
    """Those of the function behind it are not used."""
    code = functools.partial(scaled, scale=2.0)
    assert check_objective(code, f"scale*{SQUARED}", library="numpy", dtypes=()).status == "proved"
    assert check_objective(code, SQUARED, library="numpy", dtypes=()).status == "refuted"


@pytest.mark.parametrize(("code", "loss", "domain", "status"), NUMBERS)
def test_numbers_that_were_made_of_a_parameter(code: Any, loss: str, domain: dict[str, str], status: str) -> None:
    """A symbol in the place of one does not change the other: code that is right as it stands is not refuted."""
    report = check_objective(code, loss, domain=domain, dtypes=())
    assert report.status == status, report.text()
    assert report.gradient is not None
    if status == "unknown":
        assert "as in the code" in report.gradient.reason


class OwnLoss:
    """The gradient is that of the loss that was read, and not of the loss that the code computes."""

    def __init__(self, reduce: Any) -> None:
        self.reduce = reduce

    def loss(self, y_true: Any, raw: Any) -> Any:
        found = (raw - y_true) ** 2 / 2
        return self.reduce(2 * found if type(raw) is np.ndarray else found)

    def gradient(self, y_true: Any, raw: Any) -> Any:
        return raw - y_true


@pytest.mark.parametrize("reduce", [np.asarray, np.sum, np.mean])
def test_the_loss_of_an_object_is_called_too(reduce: Any) -> None:
    """A loss that is misread proves nothing; where another one is stated, it does not matter."""
    with pytest.raises(DeriveError, match="its loss is not the formula that was read"):
        check_objective(OwnLoss(reduce), dtypes=())
    assert check_objective(OwnLoss(reduce), SQUARED, dtypes=()).status == "proved"


@pytest.mark.parametrize("name", ["pi", "nan", "<lambda>", "gradient"])
def test_code_of_any_name_is_reported(name: str) -> None:
    """Where it is not read, its name stands for its formula; a constant cannot."""

    def code(z: Any, y: Any) -> Any:
        return _in_single(z - y)

    code.__name__ = name
    report = check_objective(code, SQUARED, library="numpy", dtypes=())
    assert report.status == "unknown"
    assert "d/dz" in report.text()
