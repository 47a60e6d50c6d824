"""Objectives as people write them: what is read, what is proved or refuted, on which line, and what is said of it."""

from __future__ import annotations

import json
import math
import threading
from functools import partial
from importlib import util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import derive
from derive.errors import DeriveError
from derive.frontends import LIBRARIES, frontend, recognise
from derive.frontends import catboost as catboost_frontend
from derive.frontends import lightgbm as lightgbm_frontend
from derive.frontends import numpy as numpy_frontend
from derive.frontends import sklearn as sklearn_frontend
from derive.frontends import xgboost as xgboost_frontend
from derive.objective import check_objective
from derive.probing import floats, probe
from derive.report import Report
from derive.suite.item import Item, Outcome
from derive.tracing.unreadable import Unreadable
from tests.shared import few

GALLERY = Path(__file__).parent / "data" / "gallery"
EXPECTED = json.loads((GALLERY / "expected.json").read_text(encoding="utf-8"))
LOGISTIC = "log(1 + exp(z)) - y*z"
BINARY = {"y": "{0, 1}"}
_MODULES: dict[str, ModuleType] = {}


def module(name: str) -> ModuleType:
    """A file of the gallery."""
    if name not in _MODULES:
        spec = util.spec_from_file_location(f"gallery_{name[:-3]}", GALLERY / name)
        assert spec is not None
        assert spec.loader is not None
        _MODULES[name] = util.module_from_spec(spec)
        spec.loader.exec_module(_MODULES[name])
    return _MODULES[name]


def checked(case: dict[str, Any]) -> Report:
    """The report on an objective of the gallery."""
    file, _, name = case["code"].partition("::")
    said = {"budget": 10.0, "dtypes": (), **case.get("options", {})}
    return check_objective(getattr(module(file), name), case.get("loss"), **said)


def marked(file: str, side: str) -> set[int]:
    """The lines that are marked for a side."""
    lines = (GALLERY / file).read_text(encoding="utf-8").splitlines()
    return {i for i, line in enumerate(lines, 1) if f"<- {side}" in line}


#: they take seconds each; the focal loss, masks and scores of classes are in others, too
SLOW = ("::focal_masks", "::FocalLossObjective", "::softprob_obj")


@pytest.mark.parametrize(
    "case",
    few(EXPECTED, [case for case in EXPECTED if not case["code"].endswith(SLOW)]),
    ids=lambda case: case["code"].rpartition("::")[2],
)
def test_gallery(case: dict[str, Any]) -> None:
    """Each objective has its verdict, and the report points at the lines of its formulas."""
    report = checked(case)
    assert report.source is not None
    assert report.source.how == case.get("how", "read")
    for side in ("gradient", "hessian"):
        claim = getattr(report, side)
        assert (claim.status if claim is not None else None) == case.get(side)
        if claim is not None and report.source.how == "read":
            assert getattr(report.source, f"{side}_line") in marked(case["code"].partition("::")[0], side)
    assert report.hessian_kind == case.get("kind", report.hessian_kind)


def test_the_gallery_is_large_and_mostly_read() -> None:
    """At least 30 objectives, at least 27 read, right ones and wrong ones."""
    read = [case for case in EXPECTED if case.get("how", "read") == "read"]
    wrong = [case for case in EXPECTED if "refuted" in (case.get("gradient"), case.get("hessian"))]
    assert len(EXPECTED) >= 30
    assert len(read) >= 27
    assert 10 <= len(wrong) <= len(EXPECTED) - 10


# -- what is said


def test_the_formula_that_the_code_computes_is_shown() -> None:
    """The report has the formula as the code computes it, the file, the line and the library."""

    def objective(preds: Any, dtrain: Any) -> Any:
        p = 1 / (1 + np.exp(-preds))
        return p - dtrain.get_label(), p * (1 - p)

    report = check_objective(objective, LOGISTIC, dtypes=())
    assert "1/(1 + exp(-z)) - y" in report.text()
    assert report.source is not None
    assert (report.source.file, report.source.library, report.source.name) == (__file__, "xgboost", "objective")
    assert report.source.line == objective.__code__.co_firstlineno


def test_findings_are_of_the_real_code_in_its_real_type() -> None:
    """The two formulas are equal; what the code does with scores in float32, or in float64, is told."""

    def naive(preds: Any, dtrain: Any) -> Any:
        e = np.exp(preds)
        return e / (1 + e) - dtrain.get_label(), e / (1 + e) ** 2

    def stable(preds: Any, dtrain: Any) -> Any:
        t = np.exp(-np.abs(preds))
        p = np.where(preds >= 0, 1 / (1 + t), t / (1 + t))
        return p - dtrain.get_label(), t / (1 + t) ** 2

    report = check_objective(naive, LOGISTIC)
    assert {f.dtype for f in report.findings} == {"float32"}
    assert any(f.kind in ("nan", "overflow") and f.formula == "gradient" for f in report.findings)
    double = check_objective(naive, LOGISTIC, library="lightgbm")
    assert {f.dtype for f in double.findings} == {"float64"}
    assert check_objective(stable, LOGISTIC).findings == ()
    assert not check_objective(naive, LOGISTIC, strict_floating_point=True).ok


def test_findings_of_a_class_with_whole_hessians() -> None:
    """The gradient of CatBoost's softmax is called with float64; its scores are shifted, so nothing overflows."""
    case = next(c for c in EXPECTED if c["code"].endswith("::MultiClassObjective"))
    report = checked({**case, "options": {"dtypes": None}})
    assert report.status == "proved"
    assert not any("not called" in note and "is over" not in note for note in report.notes)
    assert {f.kind for f in report.findings} <= {"cancellation", "underflow"}


def test_findings_see_what_the_formula_does_not_show() -> None:
    """A cast inside of the code loses digits, although its formula is right."""

    def cast(z: Any, y: Any) -> Any:
        return (1 / (1 + np.exp(-z.astype(np.float16)))).astype(float) - y, None

    def exact(z: Any, y: Any) -> Any:
        return np.asarray(z - y)

    with pytest.raises(DeriveError):
        check_objective(cast, LOGISTIC, dtypes=["float64"])

    def rounded(z: Any, y: Any) -> Any:
        return z.astype(np.float16) - y

    assert check_objective(exact, "(z - y)**2/2", dtypes=["float64"]).findings == ()
    found = check_objective(rounded, "(z - y)**2/2", dtypes=["float64"])
    assert found.gradient is not None
    assert found.gradient.status == "proved"
    assert found.findings
    assert any("float16" in note for note in found.notes)


def test_numbers_in_code_are_read_as_written() -> None:
    """0.1 in code is 1/10, and the report says so."""

    def objective(z: Any, y: Any) -> Any:
        return 0.1 * (z - y), 0.1 + 0 * z

    report = check_objective(objective, "(z - y)**2/20", dtypes=())
    assert report.status == "proved"
    assert any("0.1 = 1/10" in note for note in report.notes)


# -- forms


def test_weights_count_once() -> None:
    """A weight multiplies everything: a stated loss without it is taken times the weight, and a lost one is found."""

    def right(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return sample_weight * (y_pred - y_true), sample_weight * np.ones_like(y_pred)

    def lost(y_true: Any, y_pred: Any, sample_weight: Any) -> Any:
        return sample_weight * (y_pred - y_true), np.ones_like(y_pred)

    assert check_objective(right, "(z - y)**2/2", dtypes=()).status == "proved"
    report = check_objective(lost, "(z - y)**2/2", dtypes=())
    assert (report.gradient.status, report.hessian.status) == ("proved", "refuted")  # type: ignore[union-attr]


def test_a_factor_of_the_number_of_rows_is_m() -> None:
    """1/len(y) is 1/m: right for the mean, wrong for the sum."""

    def mean(z: Any, y: Any) -> Any:
        return np.mean(2 * (z - y)) * 0 + 2 * (z - y) / y.shape[0]

    def plain(z: Any, y: Any) -> Any:
        return 2 * (z - y) / len(y)

    assert check_objective(plain, "(z - y)**2", reduction="mean", dtypes=()).status == "proved"
    assert check_objective(plain, "(z - y)**2", dtypes=()).status == "refuted"
    assert check_objective(mean, "(z - y)**2", reduction="mean", dtypes=()).status == "proved"


def test_rows_that_depend_on_each_other_are_checked_together() -> None:
    """A softmax over rows is one loss of all rows; the report says how many were looked at."""

    def listwise(z: Any, y: Any) -> Any:
        e = np.exp(z)
        return e / e.sum() - y / y.sum()

    loss = "log(exp(z1) + exp(z2) + exp(z3)) - (y1*z1 + y2*z2 + y3*z3)/(y1 + y2 + y3)"
    report = check_objective(listwise, loss, domain={"y": "positive"}, dtypes=())
    assert report.status == "proved"
    assert report.wrt == ("z1", "z2", "z3")
    assert any("3 rows" in note for note in report.notes)


def test_parameters_are_symbols_when_asked() -> None:
    """A closure's number is a symbol where it is named, or where the loss mentions it; and it is put back."""

    def made(gamma: float) -> Any:
        def objective(z: Any, y: Any) -> Any:
            return gamma * (z - y), gamma + 0 * z

        return objective

    code = made(0.7)
    assert check_objective(code, "0.7*(z - y)**2/2", dtypes=()).status == "proved"
    assert check_objective(code, "gamma*(z - y)**2/2", dtypes=()).status == "proved"
    assert check_objective(code, "gamma*(z - y)**2/2", parameters=("gamma",), dtypes=()).status == "proved"
    assert code.__closure__[0].cell_contents == 0.7
    with pytest.raises(DeriveError, match="no 'delta'; its parameters are gamma"):
        check_objective(code, "(z - y)**2/2", parameters=("delta",))


def test_a_right_value_does_not_make_a_formula_right() -> None:
    """At its value 1 the parameter is invisible; as a symbol it shows that a factor is lost."""

    def objective(z: Any, y: Any, delta: float = 1.0) -> Any:
        return np.clip(z - y, -delta, delta) / delta

    huber = "where(abs(z - y) <= d, (z - y)**2/2, d*(abs(z - y) - d/2))"
    assert check_objective(objective, huber, where={"d": "1"}, dtypes=()).status == "proved"
    assert check_objective(objective, huber.replace("d", "delta"), dtypes=()).status == "refuted"


def test_a_label_as_an_index_and_tests_of_arguments() -> None:
    """Tables by label, assertions, prints and isinstance are followed."""
    table = np.array([1.0, 5.0])

    def objective(preds: Any, dtrain: Any) -> Any:
        labels = dtrain.get_label()
        assert isinstance(preds, np.ndarray)
        assert preds.shape == labels.shape
        print("rows", len(preds))  # noqa: T201  # as people write
        weights = table[labels.astype(int)]
        return weights * (preds - labels), weights

    report = check_objective(objective, "where(y == 1, 5, 1)*(z - y)**2/2", domain=BINARY, dtypes=())
    assert report.status == "proved"


def test_nothing_stays_changed() -> None:
    """NumPy and math are what they were after a call, also when the code raises an error."""
    before = (np.zeros, np.array, math.exp)

    def broken(z: Any, y: Any) -> Any:
        raise RuntimeError(str(len(np.zeros(len(z)))))

    with pytest.raises(Unreadable, match=r"RuntimeError: \d"):
        check_objective(broken)
    assert before == (np.zeros, np.array, math.exp)
    assert type(np.zeros(2)) is np.ndarray
    assert "max" not in globals()


def test_other_threads_do_not_notice() -> None:
    """While one thread calls code with stand-ins, NumPy works as ever in another."""
    seen: list[type] = []

    def objective(z: Any, y: Any) -> Any:
        thread = threading.Thread(target=lambda: seen.append(type(np.zeros(3) + math.exp(1.0))))
        thread.start()
        thread.join()
        return z - y

    assert check_objective(objective, "(z - y)**2/2", dtypes=()).status == "proved"
    assert set(seen) == {np.ndarray}


# -- which library


def native(preds: Any, dtrain: Any) -> Any:
    """XGBoost's."""


def of_lightgbm(preds: Any, train_data: Any) -> Any:
    """LightGBM's."""


def plain(z: Any, y: Any) -> Any:
    """NumPy's."""


def estimator(y_true: Any, y_pred: Any) -> Any:
    """Of an estimator."""


class Ders:
    """CatBoost's."""

    def calc_ders_range(self, approxes: Any, targets: Any, weights: Any) -> Any:
        """Nothing."""


class LossClass:
    """scikit-learn's."""

    def gradient(self, y_true: Any, raw_prediction: Any) -> Any:
        """Nothing."""


def test_libraries_are_recognised() -> None:
    """By signature and names; each frontend says its name."""
    found = [recognise(f) for f in (native, of_lightgbm, plain, estimator, Ders, LossClass)]
    assert found == ["xgboost", "lightgbm", "numpy", "xgboost", "catboost", "sklearn"]
    modules = (catboost_frontend, lightgbm_frontend, numpy_frontend, sklearn_frontend, xgboost_frontend)
    assert all(m.LIBRARY in LIBRARIES and frontend(m.LIBRARY) is m for m in modules)
    assert recognise(partial(estimator)) == "xgboost"


def test_what_is_not_clear_is_an_error_that_says_how_to_tell() -> None:
    """Arguments without telling names, an unknown library, something that is no objective."""
    with pytest.raises(DeriveError, match="say library="):
        check_objective(lambda first, second, third, fourth, fifth: None, LOGISTIC)
    with pytest.raises(DeriveError, match="'keras' is not one of"):
        check_objective(plain, LOGISTIC, library="keras")
    with pytest.raises(DeriveError, match="no function"):
        check_objective(3.0, LOGISTIC)
    with pytest.raises(DeriveError, match="unexpected keyword argument 'los'"):
        check_objective(plain, los=LOGISTIC)
    with pytest.raises(DeriveError, match="nothing to compare with"):
        check_objective(lambda z, y: z - y)


def test_the_wrong_order_of_arguments_is_named() -> None:
    """An objective with its arguments the other way round is right when they are exchanged: the report says so."""

    def swapped(preds: Any, labels: Any) -> Any:
        return preds - labels, np.ones_like(preds)

    report = check_objective(swapped, "(z - y)**2/2", library="xgboost", dtypes=())
    assert report.status == "refuted"
    assert any("exchanged" in note for note in report.notes)
    assert any("(y_true, y_pred)" in note for note in report.notes)


def test_the_decorator_says_what_a_function_is() -> None:
    """The keywords beside the function are those of the call."""

    @derive.claim(LOGISTIC, domain=BINARY, dtypes=())
    def objective(z: Any, y: Any) -> Any:
        return 1 / (1 + np.exp(-z)) - y

    assert check_objective(objective).status == "proved"
    assert objective(np.zeros(1), np.zeros(1)) == 0.5


# -- what cannot be read


def through_a_table(z: Any, y: Any) -> Any:
    """Compiled code that no stand-in goes through."""
    grid = np.linspace(-50, 50, 200_001)
    return np.interp(z, grid, np.tanh(grid)) - 0 * y


def test_what_cannot_be_read_is_probed() -> None:
    """The report says where and why, and that agreement proves nothing."""
    report = check_objective(through_a_table, "log(cosh(z)) + 0*y")
    assert report.source is not None
    assert (report.status, report.source.how) == ("unknown", "probed")
    line = through_a_table.__code__.co_firstlineno + 3
    assert f"{__file__}:{line}: np.interp" in report.source.reason
    assert "numeric agreement" in report.gradient.reason  # type: ignore[union-attr]
    with pytest.raises(Unreadable, match=r"np\.interp"):
        check_objective(through_a_table)


def test_a_function_is_no_objective_of_catboost() -> None:
    """Who says so is told what CatBoost would call."""
    with pytest.raises(DeriveError, match="calls calc_ders_range or calc_ders_multi, and through_a_table has neither"):
        check_objective(through_a_table, "log(cosh(z)) + 0*y", library="catboost")


@pytest.mark.parametrize("library", ["glm", "ngboost", "sklearn"])
def test_a_function_is_none_of_their_objects(library: str) -> None:
    """Libraries that call methods of objects have no use for a function: the error says what they need."""
    with pytest.raises(DeriveError, match=f"library: {library} needs .*, and through_a_table is none"):
        check_objective(through_a_table, "log(cosh(z)) + 0*y", library=library)


def test_code_without_numbers_agrees_with_nothing() -> None:
    """What raises an error for every row has no numbers, so none agree: it is as undecided as anything can be."""

    def broken(z: Any, y: Any) -> Any:
        raise ZeroDivisionError("no")

    report = check_objective(broken, "log(cosh(z)) + 0*y")
    assert report.status == "unknown"
    assert report.notes[-1].endswith(": it could not be read, nor does it give numbers")
    item = Item("broken", "objective")
    assert not Outcome(item, "unknown", report).numeric_only
    assert Outcome(item, "unknown", check_objective(through_a_table, "log(cosh(z)) + 0*y")).numeric_only


def test_results_of_another_form_are_errors() -> None:
    """A row too few, a text, a dictionary: the error says what the code gives."""
    for given, why in (
        (lambda z, y: (z - y)[1:], "shape"),
        (lambda z, y: "no", "str"),
        (lambda z, y: {"g": z}, "dict"),
    ):
        with pytest.raises(Unreadable, match=why):
            check_objective(given, "(z - y)**2/2")


def test_a_clear_disagreement_is_refuted_with_its_numbers() -> None:
    """A wrong factor, and a tail that is cut, are found by numbers."""
    report = check_objective(through_a_table, "2*log(cosh(z)) + 0*y")
    assert report.status == "refuted"
    assert report.gradient is not None
    witness = report.gradient.witness
    assert witness is not None
    assert float(witness.left) == pytest.approx(2 * float(witness.right), rel=1e-6)

    def cut(z: Any, y: Any) -> Any:
        return np.interp(z, [-20.0, 20.0], [-20.0, 20.0]) - y

    assert check_objective(cut, "(z - y)**2/2").status == "refuted"


def test_probes_see_rows_weights_and_the_number_of_rows() -> None:
    """What mixes rows, loses the weight or divides by the number of rows is no gradient of the stated loss."""

    def sorted_rows(z: Any, y: Any) -> Any:
        return (z - y)[np.lexsort((z,))]

    def weighted(z: Any, y: Any, w: Any) -> Any:
        return np.interp(w * (z - y), [-1e6, 1e6], [-1e6, 1e6])

    def divided(z: Any, y: Any) -> Any:
        return np.interp(z - y, [-1e6, 1e6], [-1e6, 1e6]) / len(y)

    assert check_objective(sorted_rows, "(z - y)**2/2").status == "refuted"
    assert check_objective(weighted, "(z - y)**2/2").status == "unknown"
    assert check_objective(divided, "(z - y)**2/2").status == "refuted"
    assert check_objective(divided, "(z - y)**2/2", reduction="mean").status == "unknown"


def test_the_types_of_the_libraries_are_known() -> None:
    """XGBoost hands over float32; the probe and the findings are made by these modules."""
    assert floats.DTYPES["xgboost"] == ("float32",)
    assert probe.probed is not None
