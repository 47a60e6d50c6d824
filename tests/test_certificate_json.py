"""Certificates as text: what is written is read back, the same text each time."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.certificate import (
    Agreement,
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStep,
    Condition,
    Notation,
    Proved,
    Question,
    Refuted,
    Symbol,
    Unknown,
    Witness,
)
from derive.certificate_json import digest, dumps, encode, loads, record_from_json, verdict_from_json
from derive.errors import CertificateError
from derive.terms.term import make, num, sym

Z = sym("z")
#: what a file may hold: no control characters but the end of a line, and nothing that changes the direction of writing
TEXT = st.text(
    st.characters(blacklist_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), whitelist_characters="\n", codec="utf-8"),
    max_size=20,
)
TERMS = st.recursive(
    st.sampled_from([Z, sym("θ"), num(0), num(-7, 3), make("pi")]),
    lambda t: st.one_of(st.tuples(t, t).map(lambda a: make("add", *a)), t.map(lambda a: make("exp", a))),
    max_leaves=6,
)
CONDITIONS = st.builds(Condition, st.sampled_from(["positive", "nonnegative", "nonzero"]), TERMS)
PROOFS = st.recursive(st.none() | st.integers() | TEXT, lambda j: st.lists(j, max_size=3), max_leaves=5)
VERDICTS = st.one_of(
    st.builds(Proved, TEXT, st.lists(CONDITIONS, max_size=2).map(tuple), st.booleans(), st.just(("a note",)), PROOFS),
    st.builds(Refuted, st.builds(Witness, st.just((("z", "1/3"),)), TEXT, TEXT), TEXT),
    st.builds(Unknown, TEXT),
)
STEPS = st.builds(CheckedStep, TEXT, TEXT, TEXT, TERMS, st.booleans(), VERDICTS)
DERIVATIONS = st.builds(
    CheckedDerivation,
    *(TEXT, TEXT, st.sampled_from(["lemma", "gradient", "hessian"]), TERMS, st.lists(STEPS, max_size=3).map(tuple)),
    st.sampled_from([(), ("j",), ("j", "l")]),
)
NUMBERS = st.floats(allow_nan=False)
CHECKS = st.builds(Check, TEXT, st.integers(0, 10**6), NUMBERS, NUMBERS, TEXT, st.booleans(), TEXT)
CERTIFICATES = st.builds(
    Certificate,
    *(TEXT, TEXT, TERMS, st.dictionaries(TEXT, TEXT, max_size=3)),
    st.lists(st.builds(Symbol, TEXT, TEXT, TEXT, st.lists(TERMS, max_size=2).map(tuple)), max_size=2).map(tuple),
    st.lists(st.builds(Notation, TEXT, st.just(("i",)), TERMS, TEXT), max_size=2).map(tuple),
    st.lists(DERIVATIONS, max_size=3).map(tuple),
    st.none() | st.lists(CHECKS, max_size=2).map(lambda c: Agreement(tuple(c))),
    *(TEXT, TEXT, TEXT),
)
EMPTY = Certificate("name", "title", Z, {}, (), (), (), None)


@given(CERTIFICATES)
def test_what_is_written_is_read_back(certificate: Certificate) -> None:
    """Every record, every field, every kind of verdict."""
    assert loads(dumps(certificate)) == certificate
    assert dumps(loads(dumps(certificate))) == dumps(certificate)


@given(VERDICTS)
def test_a_verdict_alone(verdict: Proved | Refuted | Unknown) -> None:
    """Verdicts cross from a worker the same way."""
    assert verdict_from_json(json.loads(json.dumps(encode(verdict)))) == verdict


def test_every_field_is_written() -> None:
    """A field that is added to the record is in the file, without a change here."""
    assert set(json.loads(dumps(EMPTY))) == {f.name for f in fields(Certificate)} | {"digest"}


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_an_error_that_is_not_finite_is_json_all_the_same(number: float) -> None:
    """An overflow is reported as such: the file stays strict JSON."""
    check = Check("c", 1, number, 1.0, "why", False)
    text = dumps(replace(EMPTY, agreement=Agreement((check,))))
    assert "Infinity" not in text
    assert "NaN" not in text
    read = loads(text).agreement
    assert read is not None
    assert repr(read.checks[0].error) == repr(number)


def test_the_digest_is_that_of_the_contents() -> None:
    """Layout does not matter, contents do."""
    body = json.loads(dumps(EMPTY))
    assert loads(json.dumps(body, indent=7)) == EMPTY
    assert body.pop("digest") == digest(body)
    body["title"] = "another"
    with pytest.raises(CertificateError, match="the certificate of name was edited"):
        loads(json.dumps({**body, "digest": digest(encode(EMPTY))}))


def test_the_text_is_laid_out_for_people_and_for_differences() -> None:
    """Fields are sorted, one to a line, letters of all alphabets as they are, and a line break at the end."""
    text = dumps(replace(EMPTY, title="Köln θ"))
    assert '\n "title": "Köln θ",\n' in text
    assert text.endswith("}\n")
    body = json.loads(text)
    assert list(body) == sorted(body)


def test_a_record_alone() -> None:
    """One record is read back as strictly as a whole certificate."""
    check = Check("c", 1, 0.5, 1.0, "why", True)
    assert record_from_json(Check, json.loads(json.dumps(encode(check)))) == check
    with pytest.raises(CertificateError, match="check: missing points; unknown extra"):
        record_from_json(Check, {k: v for k, v in encode(check).items() if k != "points"} | {"extra": 1})
    with pytest.raises(CertificateError, match=r"^check: missing points$"):
        record_from_json(Check, {k: v for k, v in encode(check).items() if k != "points"})
    with pytest.raises(CertificateError, match=r"^check: unknown extra$"):
        record_from_json(Check, {**encode(check), "extra": 1})


def test_what_was_asked_is_not_written() -> None:
    """A verdict knows its question for explanations; a certificate has the terms anyway."""
    verdict = Refuted(Witness((("z", "1"),), "1", "2"), question=Question(Z, Z, {}))
    assert "question" not in encode(verdict)
    assert verdict_from_json(encode(verdict)) == verdict


WRONG = [
    ({"status": []}, "the status proved, refuted or unknown"),
    ({"status": "proven", "reason": ""}, "the status proved, refuted or unknown"),
    ({"status": "unknown", "reason": "", "notes": "none"}, "a list"),
    (
        {**encode(Refuted(Witness((("z", "1"),), "1", "2"))), "witness": {"point": [["z"]], "left": "", "right": ""}},
        "2",
    ),
    (
        {
            **encode(Refuted(Witness((("z", "1"),), "1", "2"))),
            "witness": {"point": [["z", "1", "2"]], "left": "", "right": ""},
        },
        "a list of 2",
    ),
]


@pytest.mark.parametrize(("value", "says"), WRONG, ids=str)
def test_a_malformed_verdict_is_an_error_that_says_where(value: object, says: str) -> None:
    """Never a traceback: the kind of every part is checked before it is used."""
    with pytest.raises(CertificateError, match=says):
        verdict_from_json(value)


@pytest.mark.parametrize("error", [[], {}, "big", True, None])
def test_an_error_is_a_number(error: object) -> None:
    """Or one of the three words for what is not finite."""
    with pytest.raises(CertificateError, match="a number was expected"):
        record_from_json(Check, {**encode(Check("c", 1, 0.5, 1.0, "why", True)), "error": error})
