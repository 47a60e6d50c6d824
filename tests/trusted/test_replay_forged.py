"""Forged files: each is consistent in itself and has the right digest, and must not be read as more than it proves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from derive.certificate import Agreement, Certificate, Check, CheckedDerivation, CheckedStep, Notation, Unknown
from derive.certificate_json import digest, dumps, loads
from derive.claim import equality
from derive.cli import main
from derive.domain import Domain
from derive.errors import CertificateError, RefutedError, UnknownError
from derive.prove import prove_terms
from derive.replay import replay_text
from derive.terms.term import Term, at, make, num, sym
from derive.terms.text import parse_formula
from derive.theorem import Statement, Theorem
from derive.theorem import certify as certify_theorem
from tests.shared import certificate_of

SIZES = {"m": "integer (0, oo)", "n": "integer (0, oo)", "j": "0..n-1", "l": "0..n-1"}
THETA = make("matrix", sym("theta"), sym("n"), num(1))
CHECK = Check("a check", 3, 1e-12, 1e-10, "as it should be", True)


def signed(certificate: Certificate, change: Callable[[dict[str, Any]], None]) -> str:
    """The text of a certificate after an edit, with the digest that belongs to it."""
    body = json.loads(dumps(certificate))
    change(body)
    del body["digest"]
    return json.dumps({**body, "digest": digest(body)})


def linear() -> Certificate:
    """A good certificate of a loss."""
    return replace(certificate_of("linear"), agreement=Agreement((CHECK,)))


def theorem(**changes: Any) -> Certificate:
    """A good certificate of a theorem."""
    square = Statement("square", "it is never negative", "nonnegative", ("(x - 1)**2",))
    made = certify_theorem(Theorem("squares", "Squares", "About squares.", (square,), {"x": "a number"}, {}))
    return replace(made, **changes)


def _derivation(
    kind: Any, start: Term, results: tuple[Term, ...], indices: tuple[str, ...], domain: Domain
) -> CheckedDerivation:
    steps, before = [], start
    for result in results:
        verdict = prove_terms(*equality(before, result, indices), domain)
        steps.append(CheckedStep("a rule", "a = b", "So it is.", result, True, verdict))
        before = result
    return CheckedDerivation(kind, kind, kind, start, tuple(steps), indices)


def forged(cost: str, gradient: str, scaled: str, domain: dict[str, str]) -> str:
    """A file whose every step is proved: a gradient as an entry, then as (scaled) θ, and the Hessian 2 scaled I."""
    described = Domain.of(domain)
    j, second, row, column, n = map(sym, ("j", "l", "r", "c", "n"))
    j_cost, entry, factor = parse_formula(cost), parse_formula(gradient), parse_formula(scaled)
    first = _derivation(
        "gradient", make("diff", j_cost, at("theta", j)), (entry, make("scale", factor, THETA)), ("j",), described
    )
    whole = make("entries", make("mul", factor, make("delta", row, column)), row, column, n, n)
    start = make("diff", entry, at("theta", second))
    last = _derivation("hessian", start, (make("mul", factor, make("delta", j, second)), whole), ("j", "l"), described)
    assert all(step.ok for d in (first, last) for step in d.steps)
    return dumps(replace(linear(), cost=j_cost, domain=domain, derivations=(first, last), statements=(), notation=()))


def test_an_honest_file_of_this_kind_is_proved() -> None:
    """So what is refused below is refused for one reason."""
    assert replay_text(forged("sum(theta[k]**2, k, 0, n-1)", "2*theta[j]", "2", SIZES)).ok


def test_a_cost_that_knows_the_index_of_its_gradient_is_refused() -> None:
    """J = θⱼ² has not the gradient 2θ, though every entry of ∂θⱼ²/∂θⱼ is 2θⱼ."""
    with pytest.raises(CertificateError, match="the cost depends on j"):
        replay_text(forged("theta[j]**2", "2*theta[j]", "2", SIZES))


NARROW: dict[str, tuple[str, dict[str, str]]] = {  # what is left out of the domain, and what is written in its place
    "one of two sizes": ("m", {"m, q": "one-hot"}),
    "parameters that are 0 or 1": ("theta", {"theta, q": "one-hot"}),
    "parameters in a simplex": ("theta", {"theta, q": "simplex"}),
    "data in a simplex": ("X", {"X, q": "simplex"}),
    "whole parameters": ("theta", {"theta": "integer real"}),
    "whole data": ("X", {"X": "integer real"}),
    "an index with a group": ("j", {"j, q": "one-hot"}),
}


@pytest.mark.parametrize("name", NARROW)
def test_the_data_cannot_be_narrowed_by_the_way(name: str) -> None:
    """A group of variables and a word in front say as much of a domain as a range does."""
    left, written = NARROW[name]

    def change(body: dict[str, Any]) -> None:
        body["domain"] = {k: v for k, v in body["domain"].items() if k != left} | written

    with pytest.raises(CertificateError, match="would not hold for every data set"):
        replay_text(signed(linear(), change))


NUMBERS: dict[str, dict[str, Any]] = {
    "more error than allowed": {"error": 1.0},
    "everything is allowed": {"allowed": 1e9},
    "no bound": {"allowed": "inf"},
    "a bound that is no number": {"allowed": "nan"},
    "an error that is no number": {"error": "nan"},
    "an endless error": {"error": "inf"},
    "a negative error": {"error": -1.0},
    "no points": {"points": 0},
    "less than no points": {"points": -5},
    "a disagreement within the bound": {"ok": False},
    "a number beyond all decimals": {"error": 10**400, "allowed": 10**401},
}


@pytest.mark.parametrize("name", NUMBERS)
def test_an_agreement_is_what_its_numbers_say(name: str) -> None:
    """The numbers are not computed again, but `ok` cannot be written beside others."""
    with pytest.raises(CertificateError, match=r"recorded at|a number was expected"):
        replay_text(signed(linear(), lambda body: body["agreement"]["checks"][0].update(NUMBERS[name])))


def test_an_honest_disagreement_is_read() -> None:
    """An error beyond its bound, or none that is a number, recorded as such."""
    for error in (1.0, "nan", "inf"):
        said = {"ok": False, "error": error}
        text = signed(linear(), lambda body, said=said: body["agreement"]["checks"][0].update(said))  # type: ignore[misc]
        assert replay_text(text).status == "refuted"


def test_a_theorem_has_statements_only() -> None:
    """A cost beside it would be printed, and nothing is shown of it."""
    assert replay_text(dumps(theorem())).ok
    for more in (
        {"cost": parse_formula("x")},
        {"agreement": Agreement((CHECK,))},
        {"kind": "loss"},
        {"statements": ()},
    ):
        with pytest.raises(CertificateError, match="a theorem has statements only"):
            replay_text(dumps(theorem(**more)))


def test_no_two_parts_have_one_name() -> None:
    """Neither statements nor derivations nor short names: which of them is meant would be open."""
    square = theorem().statements[0]
    h = Notation("h", (), parse_formula("x + 1"))
    for name, parts in (("statements", (square, square)), ("notation", (h, h))):
        with pytest.raises(CertificateError, match=f"two of its {name} are named"):
            replay_text(dumps(theorem(**{name: parts})))


@pytest.mark.parametrize("bad", ["\x1b[2J", "\x00", "\u202e", "\ud800", "\u2028", "\r"])
def test_no_character_moves_the_cursor(bad: str) -> None:
    """A text that is printed must not overwrite what is printed beside it, nor stop the printing."""
    for field in ("name", "title", "description", "version"):
        with pytest.raises(CertificateError, match="the character U"):
            replay_text(signed(theorem(), lambda body, field=field: body.update({field: f"a{bad}b"})))  # type: ignore[misc]


@pytest.mark.parametrize("change", [{"method": "magic"}, {"notes": ["all is well"]}, {"domains_differ": True}])
def test_the_words_of_a_sign_cannot_be_forged(change: dict[str, Any]) -> None:
    """How a sign was found, and where, is said by the prover, not by the file."""
    with pytest.raises(CertificateError, match=rf"not as recorded \({next(iter(change))}\)"):
        replay_text(signed(theorem(), lambda body: body["statements"][0]["verdict"].update(change)))


def test_nothing_is_not_proved() -> None:
    """A derivation without steps, a theorem without statements and a loss without derivations are never green."""
    good = linear()
    assert good.ok
    assert not replace(good.derivations[0], steps=()).ok
    assert (
        replace(good, derivations=(replace(good.derivations[0], steps=()), *good.derivations[1:])).status == "unknown"
    )
    assert theorem(statements=()).status == "unknown"
    assert not theorem(statements=()).ok
    assert replace(good, derivations=(), statements=()).status == "unknown"


def test_a_sign_is_asked_for_as_it_is_stated() -> None:
    """(x − 1)² is not negative, and not positive either: another question is another answer."""
    with pytest.raises(CertificateError, match="recorded as proved, but it is refuted"):
        replay_text(signed(theorem(), lambda body: body["statements"][0].update(question="positive")))
    positive = Statement("more", "it is positive", "positive", ("exp(x)",))
    made = certify_theorem(Theorem("signs", "Signs", "About signs.", (positive,), {"x": "a number"}, {}))
    assert not [note for note in replay_text(dumps(made)).notes if "by the prover" in note]


def test_a_sign_that_was_left_open_is_not_decided_by_the_way() -> None:
    """What the author did not decide, and is decided here, is not what is recorded."""
    open_ = replace(theorem().statements[0], verdict=Unknown("the time is used up"))
    with pytest.raises(CertificateError, match="recorded as unknown, but it is proved"):
        replay_text(dumps(theorem(statements=(open_,))))


def test_one_point_is_enough_to_be_read() -> None:
    """J in float64 is compared as one number."""
    one = replace(linear(), agreement=Agreement((replace(CHECK, points=1, error=0.0),)))
    assert replay_text(dumps(one)).ok


def test_the_first_thing_that_is_not_proved_is_named() -> None:
    """A step, a statement, the numbers: each in words, with its name."""
    good = linear()
    undecided = replace(good.statements[0], verdict=Unknown("no time"))
    bad = Agreement((CHECK, replace(CHECK, name="another check", error=1.0, ok=False)))
    cases = [
        (replace(good, statements=(undecided, *good.statements[1:])), UnknownError, f"{undecided.name}: unknown"),
        (replace(good, agreement=None), UnknownError, "the numeric agreement was not checked"),
        (replace(good, agreement=bad), RefutedError, "another check: error 1, allowed 1e-10.*; all is proved"),
    ]
    for certificate, kind, words in cases:
        with pytest.raises(kind, match=words):
            certificate.raise_for_status()
    good.raise_for_status()


# -- what is printed


def shown(tmp_path: Path, text: str, *options: str) -> tuple[str, int]:
    """What the command prints of a file, and its exit code."""
    file = tmp_path / "file.json"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    done = CliRunner().invoke(main, ["replay", str(file), *options])
    return " ".join(done.output.split()), done.exit_code


@pytest.mark.usefixtures("in_process")
def test_what_was_proved_is_printed_in_full(tmp_path: Path) -> None:
    """A trivial statement under a great name, and a name that stands for something else, mislead nobody."""
    words = {"name": "convex", "says": "every cost is convex"}
    proved = replace(theorem(), notation=(Notation("h", (), parse_formula("(x - 1)**2"), "the cost"),))
    output, code = shown(tmp_path, signed(proved, lambda body: body["statements"][0].update(words)))
    assert code == 0
    assert "convex: proved (x − 1)² ≥ 0 for x: real" in output
    assert "every cost" not in output


@pytest.mark.usefixtures("in_process")
def test_the_cost_and_its_derivatives_are_printed_in_full(tmp_path: Path) -> None:
    """Without the short names of the file, and with the values of every variable."""
    h = Notation("X", (), num(0), "nothing")
    output, code = shown(tmp_path, dumps(replace(linear(), notation=(h,))))
    assert code == 0
    assert "J = 1/(2m) · Σᵢ₌₀ᵐ⁻¹ (Σₖ₌₀ⁿ⁻¹ xᵢₖ·θₖ − yᵢ)²" in output
    assert "the gradient, whose entries are ∂J/∂θⱼ = 1/m · Xᵀ(Xθ − y)" in output
    assert "the hessian, whose entries are ∂²J/∂θₗ∂θⱼ = 1/m · Xᵀ X" in output
    assert "m: integer (0, oo)" in output


# -- files that are made to hurt

DEEP = '["exp", ' * 140 + '"m"' + "]" * 140
HOSTILE = {
    "a million nodes": '{"schema": 2, "cost": ["add"' + ", 1" * 1_000_000 + "]}",
    "a million short lists": '{"schema": 2, "cost": [' + ",".join(["[]"] * 1_000_000) + "]}",
    "a long number": '{"schema": 2, "cost": ' + "7" * 5_000 + "}",
    "brackets": "[" * 1_000_000,
    "objects in objects": '{"a":' * 200_000,
    "half a character": '{"schema": 2, "name": "\\ud83d"}',
    "a second field of the same name": '{"schema": 2, "schema": 1}',
    "something behind it": '{"schema": 2} {}',
    "a mark of the byte order": '\ufeff{"schema": 2}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error(tmp_path: Path, name: str) -> None:
    """One line of reason, the exit code of bad input, and no traceback."""
    output, code = shown(tmp_path, HOSTILE[name])
    assert code == 2
    assert "Traceback" not in output
    assert len(output) < 600


def test_a_file_that_takes_too_long_is_undecided(tmp_path: Path) -> None:
    """The time for a file is limited as a whole, however many steps it has, and then the answer is unknown."""
    made = theorem()
    (proved,) = made.statements
    convex = replace(proved, terms=(parse_formula("exp(x) - 1 - x"),), verdict=Unknown("not asked"))
    many = replace(made, statements=tuple(replace(convex, name=f"convex {n}") for n in range(400)))
    output, code = shown(tmp_path, dumps(many), "--timeout", "0.1")
    assert code == 3
    assert "unknown; not decided within 0.1 seconds" in output


@pytest.mark.usefixtures("in_process")
def test_the_worst_of_several_files_counts(tmp_path: Path) -> None:
    """One file that is refuted among good ones: exit code 1."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(dumps(theorem()), encoding="utf-8")
    wrong = Statement("sign", "it is never negative", "nonnegative", ("x - 1",))
    bad.write_text(dumps(certify_theorem(Theorem("wrong", "Wrong", "It is.", (wrong,), {}, {}))), encoding="utf-8")
    done = CliRunner().invoke(main, ["replay", str(good), str(bad)])
    assert done.exit_code == 1
    assert "squares: proved" in done.output
    assert "wrong: refuted" in done.output


def _longer(*factors: str) -> str:
    """The honest file, with steps that multiply the Hessian by these factors one after the other."""
    domain = Domain.of({**SIZES, "theta": "real"})
    honest = json.loads(forged("sum(theta[k]**2, k, 0, n-1)", "2*theta[j]", "2", {**SIZES, "theta": "real"}))
    certificate = loads(json.dumps(honest))
    first, last = certificate.derivations
    before = last.steps[-1].result
    steps = list(last.steps)
    for factor in factors:
        result = make("scale", parse_formula(factor), last.steps[-1].result)
        verdict = prove_terms(*equality(before, result, last.indices), domain)
        assert verdict.status == "proved"
        steps.append(CheckedStep("a rule", "a = b", "So it is.", result, True, verdict))
        before = result
    return dumps(replace(certificate, derivations=(first, replace(last, steps=tuple(steps)))))


def test_steps_through_a_hole_make_no_whole() -> None:
    """H = √θ₀/√θ₀ · H and √θ₀/√θ₀ · H = |θ₀|/θ₀ · H wherever both have a value, but H is not |θ₀|/θ₀ · H for θ₀ < 0."""
    assert replay_text(_longer("theta[0]/theta[0]")).certificate.derivations
    with pytest.raises(CertificateError, match="not equal to the first"):
        replay_text(_longer("theta[0]**(1/2)*theta[0]**(-1/2)", "abs(theta[0])*theta[0]**(-1)"))


@pytest.mark.parametrize("described", ["0..m-5", "0..n-3", "one-hot(m)"])
def test_a_name_that_occurs_nowhere_narrows_no_size(described: str) -> None:
    """A range that is empty for some sizes would leave these sizes out."""
    ranges = {**SIZES, "theta": "real", "q": described}
    with pytest.raises(CertificateError, match="may be empty"):
        replay_text(forged("sum(theta[k]**2, k, 0, n-1)", "2*theta[j]", "2", ranges))


@pytest.mark.parametrize("other", ["\u03b8", "theta_0"])
def test_names_that_are_printed_alike_are_refused(other: str) -> None:
    """θ and theta, or an entry and a name with a number, would be one in what is shown."""
    cost = f"sum(theta[k]**2, k, 0, n-1) + {other}" + ("[0]" if other == "\u03b8" else "")
    with pytest.raises(CertificateError, match="printed alike"):
        replay_text(forged(cost, "2*theta[j]", "2", {**SIZES, "theta": "real", other: "real"}))


def test_numbers_and_operations_that_no_file_holds() -> None:
    """1e999 is no number, and what the prover calls a slope is no operation of a claim."""
    text = dumps(theorem())
    with pytest.raises(CertificateError, match="larger than any double"):
        replay_text(text.replace('"schema"', '"more": 1e999, "schema"'))
    made = ["slope", ["mul", 3, "z"], ["pow", "z", 2], "z", "z"]
    with pytest.raises(CertificateError, match="no operation of a claim"):
        replay_text(signed(theorem(), lambda body: body["statements"][0].update(terms=[made])))
