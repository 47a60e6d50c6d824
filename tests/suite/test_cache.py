"""The cache: replayed, not trusted. Whatever an entry says, the verdict is the one that is proved."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from derive.certificate_json import digest, encode, record_from_json
from derive.check import check
from derive.claims.kinks import kinks
from derive.errors import CertificateError, DeriveError
from derive.prove.points import gaps
from derive.report import Report
from derive.suite import again as again_module
from derive.suite import answering, cache
from derive.suite.again import again
from derive.suite.cache import Cache
from derive.terms.heads import HEADS
from derive.terms.term import Term, num, sym
from derive.terms.text import parse_formula
from tests.shared import examples

LOG_LOSS = {
    "loss": "log(1 + exp(z)) - y*z",
    "gradient": "sigmoid(z) - y",
    "hessian": "sigmoid(z)*(1 - sigmoid(z))",
    "wrt": "z",
    "dtypes": ["float64"],
}
#: claims of every sort: proved, refuted and explained, kinks, kinds, several variables, no loss, symmetry
CLAIMS: dict[str, dict[str, Any]] = {
    "right": LOG_LOSS,
    "sign": {**LOG_LOSS, "gradient": "y - sigmoid(z)", "hessian": "sigmoid(z)"},
    "scaled": {**LOG_LOSS, "hessian": "2*sigmoid(z)*(1 - sigmoid(z))"},
    "majorizer": {**LOG_LOSS, "hessian": "1/4", "hessian_kind": "majorizer"},
    "catboost": {**LOG_LOSS, "gradient": "y - sigmoid(z)", "hessian": None, "convention": "catboost"},
    "kink": {"loss": "abs(z - y)", "gradient": "sign(z - y)", "wrt": "z", "dtypes": []},
    "outside": {"loss": "abs(z - y)", "gradient": "piecewise(3, z == y, sign(z - y), True)", "wrt": "z", "dtypes": []},
    "where": {"loss": "p**2", "where": {"p": "z + 1"}, "gradient": "2*p", "wrt": "z", "dtypes": []},
    "domain": {"loss": "log(z)", "gradient": "1/z", "wrt": "z", "domain": {"z": "positive"}, "dtypes": []},
    "two": {"loss": "a*b**2", "gradient": ["b**2", "2*a*b"], "wrt": ["a", "b"], "dtypes": []},
    "full": {"loss": "a*b", "hessian": [["0", "1"], ["1", "0"]], "wrt": ["a", "b"], "dtypes": []},
    "swapped": {"loss": "a*b**2", "gradient": ["2*a*b", "b**2"], "wrt": ["a", "b"], "dtypes": []},
    "entry": {
        "loss": "sum(z[i]**2, i, 0, m-1)",
        "gradient": "2*z[j]",
        "wrt": ["z[j]"],
        "dtypes": [],
        "domain": {"j": "0..m-1", "m": "positive integer"},
    },
    "no loss": {"gradient": "exp(z)", "hessian": "exp(z)", "wrt": "z", "dtypes": []},
    "curl": {"gradient": ["b", "-a"], "wrt": ["a", "b"], "dtypes": []},
}


def asked(store: Cache | None, keywords: dict[str, Any]) -> dict[str, Any]:
    """What a worker answers."""
    folder = str(store.folder) if store is not None else None
    keywords = {k: v for k, v in keywords.items() if v is not None}
    return answering.answer({"kind": "formulas", "keywords": keywords, "budget": 10.0, "cache": folder})


@pytest.fixture
def store(tmp_path: Path) -> Cache:
    """An empty cache."""
    return Cache(tmp_path / "cache")


@pytest.mark.parametrize("name", CLAIMS)
def test_an_unchanged_claim_is_replayed(store: Cache, name: str) -> None:
    """The second time the report comes from the cache, and is the same in all it says."""
    first = asked(store, CLAIMS[name])
    second = asked(store, CLAIMS[name])
    assert (first["replayed"], second["replayed"], second["cached"]) == (False, True, "")
    assert first["report"] == second["report"]


def test_another_claim_is_another_entry(store: Cache) -> None:
    """A changed formula, domain, kind or type is a claim of its own."""
    asked(store, LOG_LOSS)
    for change in ({"gradient": "sigmoid(z) - y + 0"}, {"domain": {"y": "{0, 1}"}}, {"dtypes": []}):
        assert not asked(store, {**LOG_LOSS, **change})["replayed"]


def test_what_is_not_decided_is_not_kept(store: Cache) -> None:
    """The next run tries again, as it may have more time."""
    claim = {"loss": "floor(2*z)*z - (floor(z) + floor(z + 1/2))*z + z**2", "gradient": "2*z", "wrt": "z", "dtypes": []}
    assert record_from_json(Report, asked(store, claim)["report"]).status == "unknown"
    assert not asked(store, claim)["replayed"]
    assert list(store.folder.rglob("*.json")) == []


def test_a_replay_asks_the_small_checker(store: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain proof is checked without the prover; a refutation by its witness."""
    asked(store, LOG_LOSS)
    monkeypatch.setattr(again_module, "prove_terms", lambda *a, **k: pytest.fail("the prover was asked"))
    monkeypatch.setattr("derive.claims.examination.Examination.report", lambda s: pytest.fail("it was examined"))
    assert asked(store, LOG_LOSS)["replayed"]


def test_a_replay_imports_no_sympy(store: Cache) -> None:
    """Neither SymPy nor NumPy nor FLINT is loaded for a claim that was proved before."""
    asked(store, LOG_LOSS)
    code = (
        "import json, sys\nfrom derive.suite.answering import answer\n"
        "out = answer(json.loads(sys.argv[1]))\n"
        "print(out['replayed'], {'sympy', 'numpy', 'flint'} & set(sys.modules))"
    )
    payload = {"kind": "formulas", "keywords": LOG_LOSS, "budget": 10.0, "cache": str(store.folder)}
    done = subprocess.run([sys.executable, "-c", code, json.dumps(payload)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True set()"


def test_no_loss_with_a_kink_is_taken_for_smooth() -> None:
    """The heads that make the small checker pass on to the prover are those at which a loss may have a kink."""
    x, y = sym("x"), sym("y")
    for head, (least, _) in HEADS.items():
        args = {"polygamma": (num(1), x), "cumulant": (num(1), x)}.get(head, (x, y, x, y)[:least])
        if head not in {"at", "delta", "sum", "prod", "slope", "given", "diff", "entries", "map", "entry", "matrix"}:
            assert bool(gaps(Term(head, args))) <= (head in again_module.TIES), head
    assert kinks.__name__ == "kinks"


# -- entries that are damaged, foreign or edited


def entry_of(store: Cache, keywords: dict[str, Any]) -> Path:
    """The one file of a claim."""
    asked(store, keywords)
    return store.path({"kind": "formulas", "keywords": {k: v for k, v in keywords.items() if v is not None}})


def rewritten(path: Path, entry: dict[str, Any]) -> None:
    """An entry as somebody would forge it: with a digest that fits."""
    body = {k: v for k, v in entry.items() if k != "digest"}
    path.write_text(json.dumps({**body, "digest": digest(body)}))


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda text: "", "damaged"),
        (lambda text: "[]", "damaged"),
        (lambda text: "[" * 100_000, "damaged"),
        (lambda text: "\x00\xff", "damaged"),
        (lambda text: text.replace('"version":"', '"version":"0.'), "another version"),
        (lambda text: text.replace('"schema":1', '"schema":0', 1), "another version"),
        (lambda text: text.replace('"wrt":"z"', '"wrt":"y"'), "another claim"),
        (lambda text: text.replace('"proved"', '"refuted"'), "edited"),
        (lambda text: text.replace('"digest":"', '"digest":"0'), "edited"),
        (lambda text: text + " " * 6_000_000, "too large"),
    ],
)
def test_damage_is_noticed(store: Cache, damage: Any, says: str) -> None:
    """An entry that is cut off, of another version or claim, or edited is said and proved anew."""
    path = entry_of(store, LOG_LOSS)
    path.write_text(damage(path.read_text()))
    answer = asked(store, LOG_LOSS)
    assert not answer["replayed"]
    assert says in answer["cached"]
    assert record_from_json(Report, answer["report"]).status == "proved"
    assert asked(store, LOG_LOSS)["replayed"]


def test_an_entry_of_another_claim_is_foreign(store: Cache) -> None:
    """A proof of something else, put under the name of a false claim, proves nothing."""
    wrong = {**LOG_LOSS, "gradient": "sigmoid(z) + y"}
    right, false = entry_of(store, LOG_LOSS), entry_of(store, wrong)
    false.write_text(right.read_text())
    assert "another claim" in asked(store, wrong)["cached"]
    entry = json.loads(right.read_text())
    entry["claim"]["keywords"] = wrong
    rewritten(false, entry)
    answer = asked(store, wrong)
    assert "it holds" in answer["cached"] or "does not hold" in answer["cached"]
    assert record_from_json(Report, answer["report"]).status == "refuted"


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value."""
    if at:
        yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*at, key))


def put(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """A copy with something else at one place; `...` removes what is there."""
    out = json.loads(json.dumps(value))
    inside = out
    for key in at[:-1]:
        inside = inside[key]
    if new is ...:
        del inside[at[-1]]
    else:
        inside[at[-1]] = new
    return out


REPORTS = {name: check(**claim) for name, claim in CLAIMS.items()}
BODIES = {name: encode(report) for name, report in REPORTS.items()}
PLACES = [(name, at) for name, body in BODIES.items() for at in places(body) if "findings" not in at]
NEW = st.sampled_from([
    *("proved", "refuted", "unknown", "exact", "wrong", "majorizer", "z", "0", "1/0", "-7/3", ""),
    *(None, True, False, 0, 1, ..., [], {}, {"zero": True}, {"empty": True}, {"undefined": "x"}),
    {"status": "proved", "method": "normal form over exact arithmetic", "conditions": [], "domains_differ": False,
     "notes": [], "proof": {"zero": True}},
    {"status": "unknown", "reason": "", "notes": []},
])  # fmt: skip


def decisive(report: Report) -> tuple[Any, ...]:
    """What an edit must not change: the verdicts."""
    sides = [(c.side, c.status, c.kind, c.accepted, [x.status for x in c.components]) for c in report.claims]
    return report.status, report.ok, report.answer, report.convention, sides


@settings(max_examples=examples(300, 80), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PLACES), NEW)
def test_no_edit_makes_a_wrong_verdict(place: tuple[str, tuple[Any, ...]], new: Any) -> None:
    """Any field of an entry is changed, with a digest that fits: the verdict is the true one, or it is refused."""
    name, at = place
    claim = {"budget": 10.0, **{k: v for k, v in CLAIMS[name].items() if v is not None}}
    try:
        shown = again(claim, record_from_json(Report, put(BODIES[name], at, new)))
    except CertificateError:
        return
    assert decisive(shown) == decisive(REPORTS[name])


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.parametrize("other", ["right", "sign", "two", "kink"])
def test_no_report_of_another_claim_is_taken(name: str, other: str) -> None:
    """The whole report of another claim proves nothing of this one."""
    if BODIES[other] == BODIES[name]:
        return
    claim = {"budget": 10.0, **{k: v for k, v in CLAIMS[name].items() if v is not None}}
    with pytest.raises(CertificateError):
        again(claim, REPORTS[other])


def test_findings_that_decide_are_found_anew(store: Cache) -> None:
    """With `strict_floating_point` the findings are part of the answer: an entry without them changes nothing."""
    claim = {**LOG_LOSS, "strict_floating_point": True}
    path = entry_of(store, claim)
    entry = json.loads(path.read_text())
    assert entry["body"]["findings"]
    entry["body"]["findings"] = []
    rewritten(path, entry)
    assert not record_from_json(Report, asked(store, claim)["report"]).ok


@pytest.mark.parametrize("point", [[["z", "1e999999999"]], [["z", "1/0"]], [], [["z", "nan"]], [["q", "1"]]])
def test_a_witness_that_is_no_point(point: Any) -> None:
    """Coordinates are short fractions, all of them there; anything else is refused before it is computed with."""
    body = json.loads(json.dumps(BODIES["sign"]))
    body["gradient"]["components"][0]["verdict"]["witness"]["point"] = point
    with pytest.raises(CertificateError, match="witness"):
        again({"budget": 10.0, **CLAIMS["sign"]}, record_from_json(Report, body))


# -- the disk


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    """Without a place for the cache everything is decided all the same, and why nothing is kept is said."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    answer = asked(Cache(blocked / "cache"), LOG_LOSS)
    assert record_from_json(Report, answer["report"]).status == "proved"
    assert "not cached: not a directory" in answer["cached"] or "cannot be read" in answer["cached"]


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_full_or_read_only_disk(store: Cache, monkeypatch: pytest.MonkeyPatch, error: int) -> None:
    """A disk that is full, or a folder that is read-only, costs the entry and nothing else; no half file is left."""

    def fail(*args: Any) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr("pathlib.Path.replace", fail)
    answer = asked(store, LOG_LOSS)
    assert answer["cached"] == f"not cached: {os.strerror(error).lower()}"
    assert [p for p in store.folder.rglob("*") if p.is_file()] == []


def test_processes_share_a_folder(store: Cache) -> None:
    """Several processes that write and read the same entries at once see whole entries or none."""
    code = (
        "import json, sys\nfrom pathlib import Path\nfrom derive.suite.cache import Cache\n"
        "c = Cache(Path(sys.argv[1]), max_entries=5)\n"
        "for n in range(300):\n"
        "    claim = {'n': n % 10}\n    c.put(claim, ['x' * 5000, n % 10])\n    found = c.get(claim)\n"
        "    assert found.body in (None, ['x' * 5000, n % 10]) and not found.why, found\n"
        "    n % 50 or c.trim()\n"
    )
    with ThreadPoolExecutor(3) as pool:
        command = [sys.executable, "-c", code, str(store.folder)]
        runs = [pool.submit(subprocess.run, command, capture_output=True, text=True, check=False) for _ in range(3)]
        assert [(r.result().returncode, r.result().stderr) for r in runs] == [(0, "")] * 3
    assert not list(store.folder.rglob("*.part"))


def test_the_number_of_entries_is_bounded(tmp_path: Path) -> None:
    """What was not used for the longest time goes first; what a killed process left behind goes too."""
    small = Cache(tmp_path, max_entries=3, max_bytes=100_000)
    for n in range(6):
        small.put({"n": n}, "x")
        os.utime(small.path({"n": n}), (n, n))
    left = small.path({"n": 0}).parent / "tmpabc.part"
    left.write_text("half")
    os.utime(left, (0, 0))
    assert small.get({"n": 1}).body == "x"  # it is used, so it is kept
    assert small.trim() == 4
    assert [n for n in range(6) if small.get({"n": n}).body] == [1, 4, 5]
    assert Cache(tmp_path, max_bytes=250).trim() == 2


def test_the_folder_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`DERIVE_CACHE` goes first, then `XDG_CACHE_HOME`, then what is usual on the platform; `off` means none."""
    monkeypatch.setenv("DERIVE_CACHE", "off")
    assert cache.default_folder() is None
    monkeypatch.setenv("DERIVE_CACHE", str(tmp_path))
    assert cache.default_folder() == tmp_path
    monkeypatch.delenv("DERIVE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.default_folder() == tmp_path / "derive"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert "derive" in str(cache.default_folder())


def test_a_key_names_claim_version_and_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The order of keywords makes no difference; another version of the program does."""
    before = cache.key({"a": 1, "b": 2})
    assert cache.key({"b": 2, "a": 1}) == before
    monkeypatch.setattr(cache, "VERSION", "0.0.0")
    assert cache.key({"a": 1, "b": 2}) != before


# -- code


CODE = """
def residual(y_true, y_pred):
    return y_pred - y_true, 1.0 + 0*y_pred
"""


def of_code(store: Cache, path: Path, **keywords: Any) -> dict[str, Any]:
    """What a worker answers about an objective, in a process of its own."""
    said = {"loss": "(z - y)**2/2", "library": "xgboost", "dtypes": ["float64"], **keywords}
    payload = {"kind": "objective", "objective": f"{path}::residual", "keywords": said, "budget": 10.0}
    code = (
        "import json, sys\nfrom derive.suite.answering import answer\n"
        "print(json.dumps(answer(json.loads(sys.argv[1]))))"
    )
    command = [sys.executable, "-c", code, json.dumps({**payload, "cache": str(store.folder)})]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    out: dict[str, Any] = json.loads(done.stdout)
    return out


def test_objectives_are_read_again(store: Cache, tmp_path: Path) -> None:
    """An objective is replayed while what it computes is the same, and not where a module that it imports changed."""
    path = tmp_path / "mine.py"
    path.write_text(CODE)
    assert not of_code(store, path)["replayed"]
    second = of_code(store, path)
    assert second["replayed"]
    assert second["report"]["source"]["gradient_line"] == 3
    (tmp_path / "helper.py").write_text("def difference(a, b): return a - b\n")
    path.write_text("from helper import difference\n" + CODE.replace("y_pred - y_true", "difference(y_pred, y_true)"))
    of_code(store, path)
    assert of_code(store, path)["replayed"]
    (tmp_path / "helper.py").write_text("def difference(a, b): return b - a  # turned round\n")
    wrong = of_code(store, path)
    assert (wrong["replayed"], record_from_json(Report, wrong["report"]).status) == (False, "refuted")


def test_bad_claims_are_errors_with_a_cache_too(store: Cache) -> None:
    """What cannot be read is the same error, and is not kept."""
    with pytest.raises(DeriveError, match="'log'"):
        asked(store, {"loss": "lgo(z)", "gradient": "1"})
    assert parse_formula("z") == sym("z")
    assert not store.folder.exists()
