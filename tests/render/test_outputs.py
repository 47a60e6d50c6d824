"""The derivation in LaTeX, text, Markdown and JSON: it looks as agreed, it fits, and nothing unproved looks proved.

`pytest --update-golden` rewrites the files in tests/golden; look at the difference before you keep it.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from derive import catalog
from derive.certificate import (
    Agreement,
    Certificate,
    Check,
    CheckedDerivation,
    CheckedStep,
    Condition,
    Proved,
    Refuted,
    Symbol,
    Unknown,
    Witness,
)
from derive.certificate_json import loads
from derive.render import json, latex, markdown, text
from derive.terms.term import add, at, make, mul, num, power, sym
from tests.shared import certificate_of as certificate
from tests.shared import few

GOLDEN = Path(__file__).parents[1] / "golden"
OUTPUTS: dict[str, Callable[[Certificate], str]] = {
    "tex": latex.render,
    "txt": text.render,
    "md": markdown.render,
}
#: no kinks, kinks, parameters; and every character that means something somewhere
FEW = ("logistic", "huber", "tweedie", "hostile")
#: by default each loss in one width, and these in all
WIDTHS = [
    pytest.param(name, width, marks=() if width == 60 or name in FEW else pytest.mark.exhaustive)
    for name in (*catalog.names(), "hostile")
    for width in (50, 60, 80, 132)
]
HOSTILE = r"50% of a_b & c#d {x} \foo ~ ^ < > | $ é 中 σ(zᵢ) − ∂²ℓ/∂z² θₖ² → ∞ $x$ `code` *bold* <b>"

FORMULA = r"f(é) = {x}_1 % 3 & θₖ² ~ \foo#, where $ < 中 | * `"


def with_verdict(verdict: Proved | Refuted | Unknown, justified: bool = True) -> Certificate:
    """A certificate with one step of the gradient that has this verdict."""
    real = certificate("logistic")
    last = real.derivations[-2]
    step = replace(last.steps[0], verdict=verdict, justified=justified)
    return replace(real, derivations=(replace(last, steps=(step,)),), statements=())


def hostile() -> Certificate:
    """A certificate whose every text and name is hard to typeset, with a line that is far too long."""
    names = [sym(name) for name in ("sample_weight", "theta_12", "é", "中", "alpha")]
    long = add(*(mul(num(n + 2), at("X", sym("i"), num(n)), power(a, num(n + 2))) for n in range(7) for a in names))
    inside = make("sum", mul(sym("alpha"), add(make("exp", long), power(long, num(-1)))), sym("i"), num(0), sym("m"))
    steps = (
        CheckedStep(HOSTILE, FORMULA, HOSTILE, inside, True, Proved(HOSTILE, (Condition("positive", long),), True)),
        CheckedStep("r", "f", "s", long, False, Refuted(Witness(((HOSTILE, "1/2"),), "1", "2"), notes=(HOSTILE,))),
        CheckedStep("r", "f", "s", long, True, Unknown(HOSTILE)),
    )
    lemma = CheckedDerivation("lemma", HOSTILE, "lemma", make("log", long), steps)
    check = Check(HOSTILE, 3, float("inf"), 1e-12, HOSTILE, False, HOSTILE)
    symbols = tuple(Symbol(name.name, HOSTILE, "nonzero (0, oo)") for name in names)
    return Certificate("hostile", HOSTILE, inside, {}, symbols, (), (lemma,), Agreement((check,)), "", HOSTILE)


@pytest.mark.parametrize("suffix", OUTPUTS)
@pytest.mark.parametrize("name", ["logistic", "linear-l2"])
def test_golden(name: str, suffix: str, pytestconfig: pytest.Config) -> None:
    """The whole output is the one that was looked at and kept."""
    path, printed = GOLDEN / f"{name}.{suffix}", OUTPUTS[suffix](certificate(name))
    if pytestconfig.getoption("--update-golden"):
        path.write_text(printed, encoding="utf-8")
    assert printed == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", few(catalog.names(), FEW))
@pytest.mark.parametrize("output", OUTPUTS)
def test_every_step_is_there(name: str, output: str) -> None:
    """Each derivation has its title, and each step its rule and its verdict."""
    c = certificate(name)
    printed = OUTPUTS[output](c)
    steps = [step for d in c.derivations for step in d.steps]
    printed_steps = re.split(r"\n(?:Statements|\\subsection\*\{Statements\}|## Statements)", printed)[0]
    counted = {"tex": r"% proved: \w", "txt": "✓ proved", "md": "✅ [^:]*: proved"}[output]
    assert all(d.title in printed for d in c.derivations)
    assert len(re.findall(counted, printed_steps)) == len([s for s in steps if s.ok]) == len(steps)
    assert re.search(r"∇²J|\\nabla\^\{2\} J", printed)


@pytest.mark.parametrize(("name", "width"), WIDTHS)
def test_text_fits(name: str, width: int) -> None:
    """No line is longer than the width, and nothing is left over from the search for line breaks."""
    printed = text.render(hostile() if name == "hostile" else certificate(name), width=width)
    assert max(map(len, printed.splitlines())) <= width
    assert printed.replace("\n", "").isprintable()
    assert not any(line.endswith(" ") for line in printed.splitlines())


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize(
    ("verdict", "justified", "word", "reason"),
    [
        (Refuted(Witness((("z", "1/2"),), "0.25", "0.75")), True, "refuted", ["1/2", "0.25", "0.75"]),
        (Unknown("no time left"), True, "unknown", ["no time left"]),
        (Proved("normal form"), False, "not justified", []),
        (Refuted(Witness((("z", "1/2"),), "0.25", "0.75")), False, "not justified", ["1/2"]),
    ],
)
def test_nothing_unproved_looks_proved(
    output: str, verdict: Proved | Refuted | Unknown, justified: bool, word: str, reason: list[str]
) -> None:
    """A step that is refuted, unknown, or equal but not justified says so, says why, and has no mark of a proof."""
    printed = OUTPUTS[output](with_verdict(verdict, justified))
    assert word in printed
    assert all(part in printed for part in reason)
    assert not re.search(r"✓ proved|✅|, proved\}|% proved", printed)


@pytest.mark.parametrize("output", OUTPUTS)
def test_side_conditions_are_shown(output: str) -> None:
    """What a proof rests on is printed, and that the two sides are not defined at the same points."""
    conditions = (Condition("positive", sym("z")), Condition("nonzero", sym("m")), Condition("nonnegative", sym("n")))
    printed = OUTPUTS[output](with_verdict(Proved("normal form", conditions, domains_differ=True)))
    relations = ["z > 0", "m ≠ 0", "n ≥ 0"] if output == "txt" else [r"z \?>|z \\gt", r"m \\ne 0", r"n \\ge 0"]
    assert all(re.search(r, printed) or r in printed for r in relations[1:])
    assert re.search(r"z (>|\\gt) +0", printed)
    assert "not defined at the same points" in " ".join(printed.split())


@pytest.mark.parametrize("output", OUTPUTS)
def test_numbers_are_shown(output: str) -> None:
    """Each check has its points, the error met, the error allowed and why; one that disagrees says where."""
    good = Check("gradient, at corners", 1234, 2.5e-13, 1e-12, "a few roundings", True, "somewhere")
    bad = replace(good, name="hessian, at corners", error=0.5, ok=False, worst="z = 37, y = 1")
    printed = OUTPUTS[output](replace(certificate("logistic"), agreement=Agreement((good, bad))))
    for part in ("gradient, at corners", "1,234", "a few roundings", "z = 37, y = 1"):
        assert part in printed
    assert "somewhere" not in printed
    assert re.search(r"2\.5e-13|2\.5 \\cdot 10\^\{-13\}", printed)


def test_an_empty_derivation_is_named() -> None:
    """A derivation without steps shows nothing, and says so."""
    empty = replace(certificate("linear").derivations[-1], steps=())
    for render in OUTPUTS.values():
        assert "nothing is shown" in render(replace(certificate("linear"), derivations=(empty,)))


def test_json_is_the_certificate() -> None:
    """Read back, it is the same certificate."""
    assert loads(json.render(certificate("linear"))) == certificate("linear")


def test_paint_changes_no_letter() -> None:
    """Colours go around the words of the verdicts and change no width."""
    painted = text.render(
        certificate("linear"), paint=lambda words, colour: f"\x1b[{colour}]{words}\x1b[0]" if colour else words
    )
    assert "\x1b[green]✓ proved\x1b[0]" in painted
    assert re.sub(r"\x1b\[\w*\]?", "", painted).replace("]", "") == text.render(certificate("linear")).replace("]", "")


@pytest.mark.parametrize("name", [*catalog.names(), "hostile"])
def test_latex_is_well_formed(name: str) -> None:
    """Braces, environments and large brackets are closed, the latter on each line; no character needs a package."""
    printed = latex.render(hostile() if name == "hostile" else certificate(name), standalone=True)
    body = re.sub(r"(?<!\\)%.*", "", printed)
    bare = re.sub(r"\\[{}]", "", body)
    assert bare.count("{") == bare.count("}")
    begun = re.findall(r"\\(begin|end)\{([a-z*]+)\}", body)
    assert all(sum(e == (kind, env) for e in begun) for _, env in begun for kind in ("begin", "end"))
    for row in re.split(r"\\\\\n", body):
        assert row.count(r"\left") == row.count(r"\right") + row.count(r"\leftmargin")
    assert set(re.sub(r"[\x00-\x7f]", "", body)) <= {"é"}


def test_markdown_survives_markdown() -> None:
    """Mathematics holds nothing that Markdown or GitHub would read as something else."""
    for c in (certificate("logistic-l2"), hostile()):
        printed = markdown.render(c)
        inline = re.findall(r"(?<![\\$])\$([^$\n]+)(?<!\\)\$(?!\$)", printed)
        blocks = re.findall(r"^\$\$\n(.*)\n\$\$$", printed, re.M)
        assert inline
        assert blocks
        for math in (*inline, *blocks):
            assert not re.search(r"\\[^A-Za-z]|operatorname|[*<>|~`]", math), math
        assert not any(re.search(r"[^A-Za-z0-9 ]_[^ ]", math) for math in inline)
        assert printed.count("$$\n") % 2 == 0
        for above, below in pairwise(printed.splitlines()):
            assert not (below == "$$" and above.startswith(("+ ", "- ", "* ")))


@pytest.mark.latex
@pytest.mark.parametrize("name", few([*catalog.names(), "hostile"], ("logistic", "tweedie", "hostile")))
def test_the_document_compiles(name: str, tmp_path: Path) -> None:
    """pdflatex compiles the document without a warning and without a line that is too wide."""
    c = hostile() if name == "hostile" else certificate(name)
    (tmp_path / "d.tex").write_text(latex.render(c, standalone=True), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "d.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    bad = [line for line in done.stdout.splitlines() if re.search(r"Warning|Overfull|Underfull|Missing", line)]
    assert bad == []


@pytest.mark.latex
def test_the_fragment_can_be_pasted(tmp_path: Path) -> None:
    """Without `standalone` the output needs nothing but amsmath."""
    head = "\\documentclass{article}\n\\usepackage{amsmath}\n\\begin{document}\n"
    pasted = head + latex.render(certificate("logistic-l2")) + "\\end{document}\n"
    (tmp_path / "d.tex").write_text(pasted, encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "d.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
