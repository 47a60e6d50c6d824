"""The pages of the losses: one for each, and the table of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from derive import catalog, derivation
from derive.certificate import Certificate, CheckedDerivation, CheckedStatement
from derive.compiled import matrix_form
from derive.errors import DeriveError
from derive.joint_loss import JointLoss
from derive.loss import Loss
from derive.render import latex, markdown
from derive.render._names import formula
from derive.render._statements import outcome, sentence
from derive.render._story import COST, Definition, Line, Story
from derive.render.markdown import escape, inline
from derive.render.numpy_code import numpy_code
from derive.terms.bridge import from_sympy
from derive.terms.term import free_names
from make import pictures

_INDICES = {"i", "j", "k", "l"}
_CATALOG = """
Each loss has a page with its four steps; `derive show NAME` prints more, `derive verify NAME` proves it again. $h$
without an index is the column vector of all $h_{i}$, $w$ that of the weights, and $D$ = diag(0, 1, …, 1) leaves the bias
alone.
*Convex* means: ℓ is convex in z, which is proved; or it is not, and a point is known that shows it.
"""


def names() -> list[str]:
    """The losses of one raw prediction, and the joint ones."""
    return sorted([*catalog.names(), *catalog.joint_names()])


def load(name: str) -> Loss | JointLoss:
    """The loss of this name."""
    return catalog.load(name) if name in catalog.names() else catalog.load_joint(name)


def index(certificates: Iterable[Certificate]) -> str:
    """The table of all losses."""
    rows = [_row(load(c.name), Story(c)) for c in certificates]
    heads = ["| loss | targets | link | convex | gradient |", "| --- | --- | --- | --- | --- |"]
    return "\n".join(["# The losses", "", _CATALOG.strip(), "", *heads, *rows]) + "\n"


def _row(loss: Loss | JointLoss, story: Story) -> str:
    found = "<br>".join(inline(_last(story, d)) for d in _of_kind(story, "gradient"))
    name = f"[{loss.name}](losses/{loss.name}.md)<br>{escape(loss.title)}"
    targets = f"`{loss.interval_y_true}`" if isinstance(loss, Loss) else ""
    return f"| {name} | {targets} | {loss.link} | {'yes' if loss.convex else 'no'} | {found} |"


def _last(story: Story, d: CheckedDerivation) -> str:
    line: Line = story.lines[d.name][-1]
    return f"{latex.nabla(line)} = {latex.term(line.right)}"


def page(c: Certificate) -> str:
    """One loss: what it is, its gradient in four steps, its Hessian, what is proved of it, and code."""
    return "\n".join(_page(load(c.name), Story(c))) + "\n"


def _page(loss: Loss | JointLoss, story: Story) -> Iterator[str]:
    yield from (f"# {escape(loss.title)}", "", escape(loss.description), "")
    if isinstance(loss, Loss):
        yield from (*pictures.shown(loss.name, pictures.drawing(loss.name), "../"), "")
    yield from ("## The loss", *_definitions(story), "", *_facts(loss, story))
    for d in _of_kind(story, "gradient"):
        yield from ("", f"## {d.title}, step by step", *markdown._derivation(story, d))
    for d in _of_kind(story, "hessian"):
        yield from ("", f"## {d.title}", *markdown._block(_last(story, d)))
        yield from _opening(f"Its {len(d.steps)} steps", markdown._derivation(story, d))
    yield from ("", "## What the steps use")
    for d in _of_kind(story, "lemma"):
        yield from _opening(f"Lemma: {d.title}", markdown._derivation(story, d))
    yield from ("", "## What is proved of it", "", *(_statement(s) for s in story.certificate.statements))
    if isinstance(loss, Loss):
        yield from _code(loss)


def _of_kind(story: Story, kind: str) -> list[CheckedDerivation]:
    return [d for d in story.certificate.derivations if d.kind == kind]


def _definitions(story: Story) -> Iterator[str]:
    """Those that the derivations use; more is used in the proofs of what is stated of the loss."""
    lines = [line for lines in story.lines.values() for line in lines]
    used = {name for line in lines for name in free_names(line.right)} | {COST}
    for d in reversed(list(story.definitions())):
        used |= free_names(d.right) if free_names(d.left) & used else set()
    for d in story.definitions():
        if free_names(d.left) & used - _INDICES:
            yield from (*markdown._block(_equation(d)), escape(d.says))
    yield ""
    for maths, says in story.remarks():
        yield f"- {'*if*' if maths == 'if' else inline(formula(maths))} {escape(says)}"


def part(c: Certificate, name: str) -> Iterator[str]:
    """One derivation of a certificate, or the formula of its cost."""
    story = Story(c)
    if name == "cost":
        return (line for d in story.definitions() if d.says == "the cost" for line in markdown._block(_equation(d)))
    return (line for d in c.derivations if d.name == name for line in markdown._derivation(story, d))


def _equation(d: Definition) -> str:
    return f"{latex.term(d.left)} = {latex.term(d.right)}"


def _facts(loss: Loss | JointLoss, story: Story) -> Iterator[str]:
    """A table: ranges, link, parameters, what was dropped, kinks, where it is from."""
    yield from ("| | |", "| --- | --- |")
    told = _of_row(loss) if isinstance(loss, Loss) else _of_joint(loss)
    yield from (f"| {label} | {text} |" for label, text in told)
    count = sum(len(d.steps) for d in story.certificate.derivations)
    yield f"| steps | {count}, each justified and proved |"
    yield f"| reference | {escape(loss.reference)} |"


def _of_row(loss: Loss) -> Iterator[tuple[str, str]]:
    yield "targets", f"`{loss.interval_y_true}`"
    yield "link", loss.link
    for p in loss.parameters:
        yield _maths(p.symbol), f"{escape(p.says)}; `{p.range}`, {p.values[0]} unless told"
    dropped = loss.constant_to_optimal_zero
    yield "dropped from the loss", _maths(dropped) if dropped != 0 else "nothing"
    for kink in loss.kinks:
        yield f"at {inline('z = ' + latex.term(from_sympy(kink.at)))}", escape(kink.says)


def _of_joint(loss: JointLoss) -> Iterator[tuple[str, str]]:
    yield "parameters", ", ".join(_maths(block.entry) for block in loss.blocks)
    yield "link", loss.link
    dropped = loss.constant_to_optimal_zero
    yield "dropped from the loss", "nothing" if dropped == "0" else escape(dropped)


def _maths(expr: Any) -> str:
    return inline(latex.term(from_sympy(expr)))


def _statement(s: CheckedStatement) -> str:
    return f"- {escape(sentence(s.says))} {markdown._MARKS[s.status]} {escape(outcome(s))}"


def _opening(summary: str, inside: Iterable[str]) -> Iterator[str]:
    yield from ("", '<details markdown="1">', f"<summary>{escape(summary)}</summary>", "", *inside, "", "</details>")


def _code(loss: Loss) -> Iterator[str]:
    """The derivatives of one sample's loss as NumPy code, where the formulas can be written so."""
    lines = list(code(loss))
    if lines:
        call = (
            f"`derive.gradient(derive.catalog.load({loss.name!r}))` compiles a form that is accurate for all finite z."
        )
        settings = [f"{name} = {value}" for name, value in loss.defaults.items()]
        yield from ("", "## As code", "", f"For arrays `z` and `y`, as the formulas stand. {call}", "")
        yield from ("```python", *_imports(lines), *settings, *lines, "```")


def code(loss: Loss) -> Iterator[str]:
    """Lines that assign ∂ℓ/∂z and ∂²ℓ/∂z² of arrays z and y."""
    derived = {"grad": derivation.gradient, "hess": derivation.hessian}
    for name, derive in derived.items():
        try:
            slope = matrix_form.read(derive(loss).result).slope
            yield f"{name} = {numpy_code(from_sympy(slope))}"
        except DeriveError:  # a form that is no function of one row
            return


def _imports(lines: list[str]) -> Iterator[str]:
    yield "import numpy as np"
    if any("special." in line for line in lines):
        yield "from scipy import special"
    yield ""
