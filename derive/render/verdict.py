"""A verdict on its own in a notebook: the answer, how it was found, and the side conditions that it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from derive.certificate import Proved, Verdict
from derive.render import latex as _latex
from derive.render import markdown as _markdown
from derive.render._names import escape
from derive.render.report import explain


def markdown(verdict: Verdict) -> str:
    """The verdict in Markdown.

    >>> from derive import prove
    >>> print(markdown(prove("sqrt(x**2)", "x")), end="")
    **refuted**: at x = -1/2 the left side is 0.50000000, the right side -1/2
    """
    where = [f"- where {_markdown.inline(m)}" for m in _conditions(verdict)]
    return "\n".join([
        f"**{verdict.status}**: {_markdown.escape(explain(verdict))}",
        *([""] if where else []),
        *where,
        "",
    ])


def latex(verdict: Verdict) -> str:
    """The verdict in LaTeX, for a document that loads amsmath."""
    where = [rf"\item where ${m}$" for m in _conditions(verdict)]
    listed = [r"\begin{itemize}", *where, r"\end{itemize}"] if where else []
    return "\n".join([rf"\textbf{{{verdict.status}}}: {escape(explain(verdict))}", *listed, ""])


def _conditions(verdict: Verdict) -> Iterator[str]:
    for c in verdict.conditions if isinstance(verdict, Proved) else ():
        yield f"{_latex.term(c.term)} {_latex.RELATIONS[c.kind]}"
