"""What a notebook shows of a verdict, a certificate and a report: Markdown that is read as meant, LaTeX that is set."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from derive.certificate import Condition, Proved, Refuted, Unknown, Verdict, Witness
from derive.render import verdict as rendered
from derive.terms.text import parse_formula
from tests.shared import certificate_of

VERDICTS = (
    Proved("normal form", (Condition("positive", parse_formula("x_1 - 1")),), True, ("a_b *note*",)),
    Refuted(Witness((("x", "1/2"), ("y_1", "-3")), "0.25", "0.75")),
    Unknown("no time left: 100 % of <it> & more"),
)
REPORTS = ("sign", "two", "naive", "curl", "kink", "catboost")


@pytest.mark.parametrize("verdict", VERDICTS, ids=lambda v: v.status)
def test_a_verdict_in_a_notebook(verdict: Verdict) -> None:
    """The word of the verdict is set bold and no other is; formulas are mathematics; nothing is taken for mark-up."""
    shown = verdict._repr_markdown_()
    assert shown == rendered.markdown(verdict)
    assert re.findall(r"\*\*(\w+)\*\*", shown) == [verdict.status]
    assert re.findall(r"(?<!\\)[<>]", re.sub(r"\$.*?\$", "", shown)) == []
    assert verdict._repr_latex_().startswith(rf"\textbf{{{verdict.status}}}: ")


def test_the_sides_conditions_are_shown() -> None:
    """A proof that rests on x₁ > 1 says so, as a formula."""
    assert rendered.markdown(VERDICTS[0]).endswith("\n\n- where $x_{1} - 1 > 0$\n".replace(">", r"\gt "))
    assert r"\item where $x_{1} - 1 > 0$" in rendered.latex(VERDICTS[0])


def in_markdown(ci: Any) -> dict[str, str]:
    """Everything that a notebook shows as Markdown."""
    shown = {v.status: v._repr_markdown_() for v in VERDICTS} | {n: ci.report_of(n)._repr_markdown_() for n in REPORTS}
    return {**shown, "logistic": certificate_of("logistic")._repr_markdown_()}


def test_mathematics_survives_markdown(ci: Any) -> None:
    """Dollars come in pairs, and inside of them there is nothing that Markdown would eat before MathJax sees it."""
    for name, text in in_markdown(ci).items():
        outside, inside = text, re.findall(r"(?<!\\)\$\$?(.+?)(?<!\\)\$\$?", text, re.DOTALL)
        for math in inside:
            outside = outside.replace(math, "")
        assert re.sub(r"\\\$|\$", "", outside).count("$") == 0, name
        assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0, name
        assert [m for m in inside if re.search(r"\\[{}_|,;!]|<|(?<![\\])\*", m)] == [], name


@pytest.mark.latex
def test_latex_is_set(ci: Any, tmp_path: Path) -> None:
    """The LaTeX of every verdict and report compiles in a document that loads amsmath and nothing else."""
    bodies = [v._repr_latex_() for v in VERDICTS] + [ci.report_of(n)._repr_latex_() for n in REPORTS]
    text = "\n\n".join([r"\documentclass{article}\usepackage{amsmath}\begin{document}", *bodies, r"\end{document}"])
    (tmp_path / "shown.tex").write_text(text, encoding="utf-8")
    command = [shutil.which("pdflatex") or "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "shown.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, errors="replace")
    assert done.returncode == 0, done.stdout[-2000:]
