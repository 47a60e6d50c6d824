"""A file from a stranger: it is read strictly, proved again, and any edit to it is noticed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from derive import catalog
from derive.certificate import Agreement, Certificate, Check, Proved, Unknown
from derive.certificate_json import digest, dumps
from derive.claim import equality
from derive.domain import Domain
from derive.errors import CertificateError, UnknownError
from derive.prove import prove_terms
from derive.recheck import NotRechecked, Shown, recheck
from derive.replay import MAX_BYTES, Replayed, not_rechecked, replay, replay_text
from derive.terms.json import Json
from derive.terms.text import parse_formula
from derive.verify import certify, derivations
from tests.shared import certificate_of, examples

AGREEMENT = Agreement((Check("a check", 3, 1e-12, 1e-10, "as it should be", True),))


@pytest.fixture(scope="module")
def whole() -> Certificate:
    """A certificate with everything in it."""
    return replace(certificate_of("linear"), agreement=AGREEMENT)


@pytest.fixture(scope="module")
def body(whole: Certificate) -> dict[str, Json]:
    """The same as JSON values."""
    read: dict[str, Json] = json.loads(dumps(whole))
    return read


def signed(body: dict[str, Json]) -> str:
    """The text with the digest that belongs to it: an editor who knows how."""
    rest = {k: v for k, v in body.items() if k != "digest"}
    return json.dumps({**rest, "digest": digest(rest)})


def test_a_good_file_is_proved_again(whole: Certificate, tmp_path: Path) -> None:
    """Every step comes out as it was recorded, and the report says what was not checked."""
    path = tmp_path / "linear.json"
    path.write_text(dumps(whole), encoding="utf-8")
    found = replay(path)
    assert found.ok
    assert found.status == "proved"
    assert found.name == "linear"
    assert found.found == whole
    assert found.steps == len(whole.verdicts)
    assert any("rule" in note for note in found.notes)
    assert any("numeric agreement" in note for note in found.notes)
    found.raise_for_status()


def test_a_replay_needs_no_sympy(whole: Certificate, tmp_path: Path) -> None:
    """Neither SymPy nor NumPy, no rule, no loss, no catalog is loaded; and no prover where the small checker does."""
    path = tmp_path / "linear.json"
    path.write_text(dumps(whole), encoding="utf-8")
    code = "import sys; from derive.replay import replay; print(replay(sys.argv[1]).status); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    status, modules = done.stdout.splitlines()
    assert status == "proved"
    assert not {"sympy", "numpy", "derive.rule", "derive.loss", "derive.catalog"} & set(modules.split())
    assert not {"flint", "derive.prove"} & set(modules.split())


def test_an_unknown_verdict_stays_unknown(whole: Certificate) -> None:
    """What the author could not decide, and is decided here, is not what is recorded."""
    first = whole.derivations[0]
    undecided = replace(first.steps[0], verdict=Unknown("the time is used up"))
    changed = replace(whole, derivations=(replace(first, steps=(undecided, *first.steps[1:])), *whole.derivations[1:]))
    with pytest.raises(CertificateError, match="recorded as unknown, but it is proved"):
        replay_text(dumps(changed))


def _refuse(*_: object) -> None:
    raise CertificateError("this is not re-checked")


def test_what_cannot_be_decided_here_is_unknown(whole: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the time is used up nothing is proved, and then nothing is green; but it is no edit either."""
    monkeypatch.setattr(sys.modules["derive.replay"], "prove_terms", lambda *_, **__: Unknown("the time is used up"))
    monkeypatch.setattr(sys.modules["derive.replay"], "recheck", _refuse)
    found = replay_text(dumps(whole))
    assert found.status == "unknown"
    assert not found.ok
    with pytest.raises(UnknownError, match="partial-z, step 1"):
        found.raise_for_status()


def test_an_unjustified_step_stays_unjustified(whole: Certificate) -> None:
    """A step that was recorded as equal but not justified is never green."""
    last = whole.derivations[-1]
    odd = replace(last.steps[-1], justified=False)
    changed = replace(whole, derivations=(*whole.derivations[:-1], replace(last, steps=(*last.steps[:-1], odd))))
    assert replay_text(dumps(changed)).status == "unknown"


def test_a_refuted_certificate_replays_as_refuted() -> None:
    """A wrong step, honestly recorded with its witness, is refuted again; a witness that was touched is noticed."""
    loss = catalog.load("linear")
    *others, hessian = derivations(loss)
    last = replace(hessian.steps[-1], result=2 * hessian.steps[-1].result)
    bad = certify(loss, (*others, replace(hessian, steps=(*hessian.steps[:-1], last))), AGREEMENT)
    assert replay_text(dumps(bad)).status == "refuted"
    body = json.loads(dumps(bad))
    body["derivations"][-1]["steps"][-1]["verdict"]["witness"]["left"] = "7"
    with pytest.raises(CertificateError, match=r"refuted, but not as recorded \(witness\)"):
        replay_text(signed(body))


def test_missing_numbers_stay_missing(whole: Certificate) -> None:
    """Without a recorded agreement the status is unknown; with a bad one it is refuted."""
    bad = Agreement((replace(AGREEMENT.checks[0], error=1.0, ok=False),))
    assert replay_text(dumps(replace(whole, agreement=None))).status == "unknown"
    assert replay_text(dumps(replace(whole, agreement=Agreement(())))).status == "refuted"
    assert replay_text(dumps(replace(whole, agreement=bad))).status == "refuted"


# -- edits


def leaves(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all values that hold no others."""
    if isinstance(value, (dict, list)) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def edited(body: dict[str, Json], path: tuple[Any, ...], new: Json) -> dict[str, Json]:
    """A copy with one value changed."""
    out = copy.deepcopy(body)
    place: Any = out
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return out


def another(value: Json) -> Json:
    """A value of the same type that is not the same."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1
    return value + "x" if isinstance(value, str) else [0]


@settings(max_examples=examples(150, 40), deadline=None)
@given(data=st.data())
def test_any_edit_is_noticed(body: dict[str, Json], data: st.DataObject) -> None:
    """Change any one value in the file: it is refused."""
    path = data.draw(st.sampled_from(list(leaves(body))))
    place: Any = body
    for key in path:
        place = place[key]
    with pytest.raises(CertificateError):
        replay_text(json.dumps(edited(body, path, another(place))))


def claims(body: dict[str, Json]) -> Iterator[tuple[Any, ...]]:
    """The places in what a reader takes away: the cost, the starts, and the final formulas."""
    yield from leaves(body["cost"], ("cost",))
    for n, d in enumerate(body["derivations"]):
        if d["kind"] != "lemma":
            last = len(d["steps"]) - 1
            yield from leaves(d["start"], ("derivations", n, "start"))
            yield from leaves(d["steps"][last]["result"], ("derivations", n, "steps", last, "result"))


def test_an_edit_of_the_claim_is_refused_whatever_the_digest(body: dict[str, Json]) -> None:
    """Whoever computes a new digest still cannot change one number or name in what is claimed."""
    places = list(claims(body))
    assert len(places) > 60
    for path in places:
        place: Any = body
        for key in path:
            place = place[key]
        forged = signed(edited(body, path, another(place)))
        with pytest.raises(CertificateError):
            replay_text(forged)


def test_a_false_step_with_a_new_digest_is_refused(body: dict[str, Json]) -> None:
    """The sign of the whole gradient turned, and everything signed again."""
    gradient = next(n for n, d in enumerate(body["derivations"]) if d["kind"] == "gradient")
    path = ("derivations", gradient, "steps", 0, "result")
    wrong = edited(body, path, ["mul", -1, body["derivations"][gradient]["steps"][0]["result"]])
    with pytest.raises(CertificateError, match="gradient, step 1: recorded as proved, but it is refuted"):
        replay_text(signed(wrong))


def test_a_forged_side_condition_is_refused(body: dict[str, Json]) -> None:
    """Conditions that the proof did not need, or lacks, are noticed."""
    path = ("derivations", 0, "steps", 0, "verdict", "conditions")
    forged = edited(body, path, [{"kind": "positive", "term": "m"}])
    with pytest.raises(CertificateError, match=r"not as recorded \(conditions\)"):
        replay_text(signed(forged))


@pytest.mark.parametrize(
    ("field", "new"), [("notes", ["used: nothing"]), ("method", "magic"), ("domains_differ", True)]
)
def test_no_word_of_a_verdict_can_be_forged(body: dict[str, Json], field: str, new: Json) -> None:
    """The small checker confirms a verdict in all that it says; of anything else the prover decides again."""
    forged = edited(body, ("derivations", 0, "steps", 0, "verdict", field), new)
    with pytest.raises(CertificateError, match=rf"not as recorded \({field}\)"):
        replay_text(signed(forged))


def test_the_small_checker_confirms_all_or_nothing() -> None:
    """Where conditions, notes or domains are not those that it sees, and where it does not know them, it says no."""
    plain = Domain.of({})
    a, b = parse_formula("exp(log(z))"), parse_formula("z")
    verdict = prove_terms(a, b, plain)
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ
    assert not_rechecked(verdict, a, b, plain) is None
    assert not_rechecked(replace(verdict, domains_differ=False), a, b, plain) is not None
    a, b = parse_formula("2*log(z) + 1"), parse_formula("1 + log(z) + log(z)")
    verdict = prove_terms(a, b, plain)
    assert isinstance(verdict, Proved)
    assert not_rechecked(verdict, a, b, plain) is None
    assert not_rechecked(replace(verdict, conditions=()), a, b, plain) == "it finds other side conditions"
    a, b = parse_formula("diff(abs(z), z)"), parse_formula("sign(z)")
    verdict = prove_terms(a, b, plain)
    assert isinstance(verdict, Proved)
    assert verdict.notes
    silent = replace(verdict, notes=(), domains_differ=False)
    assert not_rechecked(silent, a, b, plain) == "it finds other side conditions"
    a, b = parse_formula("gamma(x + 1)"), parse_formula("x*gamma(x)")
    for described, confirmed in (("positive", True), ("real", False)):  # there are poles
        verdict = prove_terms(a, b, domain := Domain.of({"x": described}))
        assert isinstance(verdict, Proved)
        assert (not_rechecked(verdict, a, b, domain) is None) == confirmed
    assert not_rechecked(Unknown("why"), a, b, plain) == "nothing was proved, but unknown"


def test_notes_are_confirmed_as_they_are_or_not_at_all() -> None:
    """The hinge ties where yz = 1: the proof of its gradient says that ties are left out, and so does the checker."""
    hinge = certificate_of("hinge")
    (gradient,) = (d for d in hinge.derivations if d.kind == "gradient")
    verdict, domain = gradient.steps[0].verdict, Domain.of(hinge.domain)
    sides = equality(gradient.start, gradient.steps[0].result, gradient.indices)
    assert isinstance(verdict, Proved)
    assert len(verdict.notes) == 1
    assert not_rechecked(verdict, *sides, domain) is None
    for forged in ({"notes": ()}, {"notes": ("all is well",)}, {"domains_differ": False}, {"method": "magic"}):
        assert not_rechecked(replace(verdict, **forged), *sides, domain) is not None


def test_the_report_says_who_decided(whole: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the small checker does not know is proved by the prover, and the report counts and names it."""
    good = replay_text(dumps(whole))
    known = iter([False, True, False])

    def forgetful(*question: Any) -> Shown:
        if next(known, True):
            return recheck(*question)
        raise NotRechecked("cannot re-check this")

    monkeypatch.setattr("derive.replay.recheck", forgetful)
    found = replay_text(dumps(whole))
    assert found.ok
    assert _confirmed(found) == _confirmed(good) - 2
    said = [n for n in found.notes if n not in good.notes]
    assert len(said) == 3
    assert said[1].startswith(f"{whole.derivations[0].name}, step 1: proved by the prover")
    assert said[1].endswith("cannot re-check this")


def _confirmed(found: Replayed) -> int:
    """How many verdicts the small checker confirmed alone, as the report says."""
    (said,) = [n for n in found.notes if n.endswith("confirmed by the small checker alone")]
    count, of, total, *_ = said.split()
    assert (of, int(total)) == ("of", found.steps + len(found.statements))
    return int(count)


def test_side_conditions_cannot_be_dropped() -> None:
    """The logistic gradient takes logarithms; whatever conditions its proof records must come out again."""
    found: dict[str, Json] = json.loads(dumps(certificate_of("logistic")))
    assert replay_text(signed(found)).steps == 18
    recorded = [step["verdict"] for d in found["derivations"] for step in d["steps"]]
    assert all(v["status"] == "proved" for v in recorded)
    for verdict in recorded:
        verdict["domains_differ"] = not verdict["domains_differ"]
    with pytest.raises(CertificateError, match=r"not as recorded \(domains_differ\)"):
        replay_text(signed(found))


@pytest.mark.parametrize(
    ("path", "new", "reason"),
    [
        (("derivations",), [], "0 derivations of the gradient"),
        (("derivations", -1, "steps"), [], "has no steps"),
        (("derivations", -1, "start"), "m", "starts from another expression"),
        (("cost",), 0, "starts from another expression"),
        (("domain", "j"), "0..0", "j is 0..0 here, not 0..n-1"),
        (("domain", "m"), "{1}", "the proof would not hold for every data set"),
        (("domain", "y"), "nonsense", "cannot read the domain"),
        (("domain", "y"), "(1, 0)", "is empty"),
        (("derivations", -1, "indices"), ["j"], "2 different ones"),
        (("derivations", -1, "kind"), "theorem", "'lemma' or 'gradient' or 'hessian' was expected"),
        (("derivations", 0, "start"), ["evil", 1], "'evil' is not one of the known operations"),
        (("derivations", 0, "start"), "__import__('os')", "not a name"),
        (("derivations", 0, "start"), ["add", 1], "add takes at least 2"),
        (("derivations", 0, "start"), 1.5, "not an expression"),
        (("derivations", 0, "start"), None, "not an expression"),
        (("derivations", 0, "steps", 0, "verdict", "status"), "certain", "a verdict with the status proved"),
        (("derivations", 0, "steps", 0, "justified"), 1, "true or false was expected"),
        (("agreement", "checks", 0, "error"), "small", "a number was expected"),
        (("agreement", "checks", 0, "points"), 1.0, "a whole number was expected"),
        (("name",), 7, "a text was expected"),
        (("symbols",), {}, "a list was expected"),
        (("symbols", 0), [], "an object was expected"),
        (("domain",), [], "an object was expected"),
        (("domain", "m"), 1, "a text was expected"),
        (("agreement",), [], "an object was expected"),
        (("extra",), 1, "unknown extra"),
        (("schema",), 1, "schema 1 is not 2"),
        (("schema",), True, "schema True is not 2"),
    ],
)
def test_what_does_not_hold_together_is_refused(body: dict[str, Json], path: Any, new: Json, reason: str) -> None:
    """Each with the place and the reason, even where the digest fits."""
    with pytest.raises(CertificateError, match=reason):
        replay_text(signed(edited(body, path, new)))


@pytest.mark.parametrize("field", ["name", "digest", "schema", "derivations", "agreement"])
def test_a_missing_field_is_refused(body: dict[str, Json], field: str) -> None:
    """No field has a default."""
    less = {k: v for k, v in body.items() if k != field}
    with pytest.raises(CertificateError, match=r"missing|digest|schema"):
        replay_text(json.dumps(less))


# -- files


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "is empty"),
        (b" \n\t ", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a text file: byte 1"),
        (b"\xff\xfe{\x00", "is not a text file"),
        (b"{", "not a certificate"),
        (b"[]", "does not hold a JSON object"),
        (b"{}", "schema None"),
        (b"null", "does not hold a JSON object"),
        (b'{"schema": NaN}', "NaN is not a JSON number"),
        (b'{"schema": 2, "schema": 2}', "written twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"schema": ' + b"9" * 10_000 + b"}", "not a certificate"),
        (b"\\documentclass{article}", "not a certificate"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, raw: bytes, reason: str) -> None:
    """Empty, binary, truncated, deeply nested, or something else: a clear error."""
    path = tmp_path / "file.json"
    path.write_bytes(raw)
    with pytest.raises(CertificateError, match=reason):
        replay(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """The message gives the path and the reason of the system."""
    for path in (tmp_path / "no.json", tmp_path):
        with pytest.raises(CertificateError, match="cannot read"):
            replay(path)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    """It is not even parsed."""
    path = tmp_path / "huge.json"
    path.write_bytes(b" " * (MAX_BYTES + 1))
    with pytest.raises(CertificateError, match="more than 20 MB"):
        replay(path)


def test_a_file_of_just_the_limit_is_read(whole: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more is too many."""
    path = tmp_path / "linear.json"
    path.write_text(dumps(whole), encoding="utf-8")
    monkeypatch.setattr("derive.replay.MAX_BYTES", path.stat().st_size)
    assert replay(path).ok
    path.write_text(dumps(whole) + "\n", encoding="utf-8")
    with pytest.raises(CertificateError, match="MB: it is no certificate"):
        replay(path)


def test_a_term_of_endless_depth_is_refused(body: dict[str, Json]) -> None:
    """A term within the limits of JSON and beyond those of terms."""
    deep: Json = "m"
    for _ in range(300):
        deep = ["exp", deep]
    with pytest.raises(CertificateError, match="nested more than"):
        replay_text(signed(edited(body, ("derivations", 0, "start"), deep)))


def test_a_report_counts_only_what_it_proved(whole: Certificate) -> None:
    """A report over no derivations would be empty, and not green."""
    empty = Replayed(replace(whole, derivations=(), statements=()), ())
    assert (empty.steps, empty.status, empty.ok) == (0, "unknown", False)
    assert isinstance(replay_text(dumps(whole)).verdicts[0][0], Proved)


@pytest.mark.parametrize(("left", "right"), [("log(x**2)", "2*log(x)"), ("x**2/x", "x"), ("sqrt(x)**2", "x")])
def test_that_the_domains_agree_is_not_believed(left: str, right: str) -> None:
    """Two sides that are not defined at the same points are not said to be, whatever a file says of them."""
    a, b = parse_formula(left), parse_formula(right)
    verdict = prove_terms(a, b, Domain(), budget=2.0)
    assert isinstance(verdict, Proved)
    assert verdict.domains_differ
    assert not_rechecked(verdict, a, b, Domain()) is None
    assert not_rechecked(replace(verdict, domains_differ=False), a, b, Domain()) is not None
