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
    Refuted,
    Symbol,
    Unknown,
    Witness,
)
from derive.certificate_json import digest, dumps, encode, loads, verdict_from_json
from derive.errors import CertificateError
from derive.terms.term import make, num, sym

Z = sym("z")
TEXT = st.text(max_size=20)
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
