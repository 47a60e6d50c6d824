"""The proof check in text: nothing undecided looks proved, every reason is shown, and it fits 80 columns."""

from __future__ import annotations

import pytest

from derive.certificate import (
    Agreement,
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStep,
    Condition,
    Proved,
    Refuted,
    Unknown,
    Verdict,
    Witness,
)
from derive.render import replayed, report
from derive.terms.text import parse_formula

LONG = "a very long reason that goes on and on, " * 6
PROVED = Proved("normal form", (Condition("positive", parse_formula("x - 1")),), True, ("a note",))
REFUTED = Refuted(Witness((("x", "1/2"), ("y", "-3")), "0.25", "0.75"))


def certificate(verdict: Verdict, justified: bool = True, check: Check | None = None) -> Certificate:
    """One lemma with one step, and at most one numeric check."""
    term = parse_formula("x")
    step = CheckedStep("a rule with a long name " * 2, "a = b", "Says so.", term, justified, verdict)
    lemma = CheckedDerivation("lemma", "A lemma " + "about something " * 8, "lemma", term, (step,))
    agreement = Agreement((check,)) if check else None
    return Certificate("sample", "A sample", term, {}, (), (), (lemma,), agreement)


@pytest.mark.parametrize("verdict", [PROVED, REFUTED, Unknown(LONG)], ids=lambda v: v.status)
@pytest.mark.parametrize("ok", [True, False])
def test_it_fits_and_says_the_status(verdict: Verdict, ok: bool) -> None:
    """Each line has at most 80 columns; the verdict's word is there, and no other verdict's."""
    check = Check("gradient against differences " * 3, 10, 1e-3, 1e-9, LONG, ok, "z = 37")
    text = report.render(certificate(verdict, check=check))
    assert max(map(len, text.splitlines())) <= 80
    assert f"justified, {verdict.status}" in text
    assert ("disagrees" in text, "worst at z = 37" in " ".join(text.split())) == (not ok, not ok)


def test_what_is_not_justified_is_not_green() -> None:
    """An equal step whose rule does not give it is shown as such, and not counted."""
    text = report.render(certificate(PROVED, justified=False))
    assert "not justified, proved" in text
    assert "sample: unknown; 0 of 1 steps justified and proved, 0 of 0 numeric checks agree" in text
    assert "numbers: not compared" in text


def test_a_verdict_on_its_own() -> None:
    """The method with the side conditions, the witness, or the reason."""
    proved = report.render_verdict(PROVED)
    assert proved.startswith("proved: normal form; the two sides are not defined at the same points; a note")
    assert proved.endswith("  where x - 1 > 0\n")
    refuted = "refuted: at x = 1/2, y = -3 the left side is 0.25, the right side 0.75\n"
    assert report.render_verdict(REFUTED) == refuted
    assert report.render_verdict(Unknown("no time left")) == "unknown: no time left\n"


def test_a_replay_shows_what_was_not_proved_again() -> None:
    """The steps that did not come out as proved, and what a replay cannot check."""
    text = replayed.render(certificate(Unknown("no time left")), ("the numbers were not computed",))
    assert text.startswith("sample: unknown; 0 of 1 steps proved again")
    assert "no time left" in text
    assert "note: the numbers were not computed" in text


def test_colours_are_words_of_the_caller() -> None:
    """The caller paints the verdicts; what is proved and what is refuted differ."""
    painted = [
        report.render_verdict(v, lambda word, colour: f"<{colour}>{word}") for v in (PROVED, REFUTED, Unknown("?"))
    ]
    assert [text.split(":")[0] for text in painted] == ["<green>proved", "<red>refuted", "<yellow>unknown"]
