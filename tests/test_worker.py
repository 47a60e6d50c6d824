"""The worker: what a person typed cannot take the caller down, use up its memory or its time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from derive.certificate import Unknown
from derive.domain import Domain
from derive.errors import CertificateError, DeriveError, DomainError, FormulaError, TermError
from derive.terms.json import to_json
from derive.terms.term import Term
from derive.terms.text import parse_formula
from derive.worker import _answer, decide, run


def payload(a: Term, b: Term, budget: float = 2.0) -> dict[str, object]:
    """A request of the prover."""
    return {"a": to_json(a), "b": to_json(b), "domain": {}, "budget": budget}


def test_the_worker_answers_like_the_prover() -> None:
    """The verdict comes back as the record that the prover gave, domain included."""
    x = parse_formula("x")
    assert decide(parse_formula("sqrt(x**2)"), x, Domain.of({"x": "positive"})).status == "proved"
    assert decide(parse_formula("sqrt(x**2)"), x, Domain()).status == "refuted"


def test_time_is_limited() -> None:
    """A worker that is not ready in time is stopped: unknown."""
    x = parse_formula("x")
    verdict = decide(x, x, Domain(), timeout=0.001)
    assert verdict == Unknown("not decided within 0.001 seconds")


def test_large_numbers_reach_the_worker() -> None:
    """The largest numbers that a formula can hold cross to the worker; larger ones are refused when they are read."""
    large = parse_formula("1e1000/1e-1000/1e-1000/1e-990")
    assert decide(large, parse_formula("10**3990"), Domain()).status == "proved"
    with pytest.raises(FormulaError, match="4,000 digits"):
        parse_formula("1e1000/1e-1000/1e-1000/1e-1000/1e-1000")


def test_memory_is_limited() -> None:
    """A worker that runs out of memory is unknown, whether Python or a C library met the limit."""
    x = parse_formula("x")
    verdict = run("prove", payload(x, x), memory=40)
    assert isinstance(verdict, Unknown)
    assert "40 MiB" in verdict.reason


def finished(code: int, out: str = "", err: str = "") -> subprocess.CompletedProcess[str]:
    """A worker that has ended."""
    return subprocess.CompletedProcess([], code, out, err)


@pytest.mark.parametrize(
    ("done", "why"),
    [
        (finished(-6, '{"result": 1}', "Flint exception (General error):\n    Unable to allocate memory"), "SIGABRT: "),
        (finished(-9), "SIGKILL)"),
        (finished(1, "", "Traceback\nImportError: no flint"), "exit code 1: ImportError: no flint"),
        (finished(0, '{"result": {"status": "pro'), "did not finish"),
        (finished(0, ""), "did not finish"),
        (finished(0, '{"unknown": "it needs more memory"}'), "it needs more memory"),
    ],
)
def test_a_worker_that_died_proves_nothing(done: subprocess.CompletedProcess[str], why: str) -> None:
    """An aborted, killed or broken worker is unknown, whatever it had printed before."""
    answer = _answer(done, 100)
    assert isinstance(answer, Unknown)
    assert why in answer.reason


def test_errors_come_back_as_they_were() -> None:
    """Bad input that the worker finds is the same error here."""
    with pytest.raises(DomainError, match="what it was"):
        _answer(finished(0, '{"error": ["DomainError", "what it was"]}'), 100)
    with pytest.raises(DeriveError):
        _answer(finished(0, '{"error": ["NoSuchError", "what it was"]}'), 100)
    with pytest.raises(TermError):
        run("prove", {"a": ["nothing"], "b": 1, "domain": {}, "budget": 1.0})


def test_the_worker_calls_only_what_it_offers() -> None:
    """A function that is not in the table is not called."""
    assert isinstance(run("os.system", "true"), Unknown)


def test_only_an_own_answer_is_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is not the record of a verdict is an error, never a proof."""
    monkeypatch.setattr("derive.worker.run", lambda *a, **k: {"status": "proved"})
    with pytest.raises(CertificateError):
        decide(parse_formula("x"), parse_formula("x"), Domain())


def test_a_limit_is_never_raised_and_never_fails() -> None:
    """Under `ulimit -v`, or where the system refuses a limit, the work goes on with the limit that is there."""
    code = (
        "import resource; from derive.worker import lower; resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
        "lower(resource.RLIMIT_CORE, 10); lower(resource.RLIMIT_NOFILE, 64);"
        "print(resource.getrlimit(resource.RLIMIT_CORE)[1], resource.getrlimit(resource.RLIMIT_NOFILE)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "64"]
