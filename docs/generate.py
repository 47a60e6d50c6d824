"""Writes what the documentation has from the code, and the notebook and the pictures: `python docs/generate.py`.

A test compares the files with what this makes, so that they cannot fall behind the code.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

from derive import catalog
from derive.certificate import Certificate
from derive.check import check
from derive.render import latex, markdown
from derive.render.markdown import inline
from derive.report import ClaimVerdict, Component
from derive.rule import Rule, load_rules
from derive.terms.text import parse_formula
from derive.theorem import certify
from derive.verify import verify
from make import losses as loss_pages
from make import notebook, pictures

DOCS = Path(__file__).parent
_NOTE = "<!-- Written by docs/generate.py from the code. Change the code, then run it again. -->"


def rules() -> str:
    """Every rule, file by file: what it does, its formula, its side conditions, the derivations that use it."""
    users = _users()
    ours = [r for r in load_rules().values() if r.rewrite.__module__.startswith("derive.rules.")]
    found = sorted(ours, key=lambda r: (r.rewrite.__module__, r.name))
    lines = [_NOTE, "# The rules", "", _INTRODUCTION.strip()]
    for module, group in itertools.groupby(found, key=lambda r: r.rewrite.__module__):
        lines += ["", f"## {module.rpartition('.')[2]}.py", "", _first(sys.modules[module].__doc__), ""]
        lines += ["| rule | what it does | formula | needs | used for |", "| --- | --- | --- | --- | --- |"]
        lines += [_rule(r, users.get(r.name, ())) for r in group]
    return "\n".join(lines) + "\n"


_INTRODUCTION = """
A rule rewrites an expression, or raises `RuleDoesNotApply`: it never gives back what it was given. It only *proposes*.
A step is green when the rule, applied again, gives the same result (*justified*) and the result is proved equal to the
expression before (*proved*). The proof knows no rule, so a wrong rule makes a red step, not a false theorem.

*Needs* are the side conditions in words. They are what a reader has to know; the prover finds its own.
"""


def _rule(r: Rule, users: tuple[str, ...]) -> str:
    cells = (f"**{r.name}**", r.says, f"`{r.formula}`", "; ".join(r.conditions), ", ".join(users))
    return f"| {' | '.join(cells)} |"


def _users() -> dict[str, tuple[str, ...]]:
    """rule -> the derivations in the catalog that use it."""
    found: dict[str, dict[str, None]] = {}
    for certificate in _certificates():
        for d in certificate.derivations:
            for step in d.steps:
                found.setdefault(step.rule, {})[d.name] = None
    return {rule: tuple(sorted(names)) for rule, names in found.items()}


def losses() -> str:
    """The table of all losses of the catalog."""
    return f"{_NOTE}\n{loss_pages.index(_certificates())}"


def loss(name: str) -> str:
    """The page of one loss."""
    return f"{_NOTE}\n{loss_pages.page(_certificate(name))}"


def filled(page: str) -> str:
    """A page as it is, with what it asks for by `<!-- gradient of logistic -->` and `<!-- picture path -->` anew."""

    def fresh(found: re.Match[str]) -> str:
        return "\n".join([found[1], *_asked(*found[1][5:-4].split()), "", "<!-- end -->"])

    text = (DOCS / page).read_text(encoding="utf-8")
    return re.sub(r"(<!-- (?:picture [\w-]+|[\w-]+ of [\w-]+) -->)\n.*?<!-- end -->", fresh, text, flags=re.DOTALL)


def _asked(*words: str) -> Iterable[str]:
    if words[0] == "picture":
        return pictures.shown(words[1], pictures.drawing(words[1]))
    return loss_pages.part(_certificate(words[2]), words[0])


def _certificates() -> Iterator[Certificate]:
    return map(_certificate, loss_pages.names())


@cache
def _certificate(name: str) -> Certificate:
    certificate = verify(loss_pages.load(name), numeric=False)
    if any(v.status != "proved" for v in certificate.verdicts):
        raise SystemExit(f"{name} is not proved: nothing was written")
    return certificate


def _first(doc: str | None) -> str:
    return (doc or "").splitlines()[0]


def museum() -> str:
    """Ten real mistakes: where each comes from, the formula, the verdict with its witness, the right formula."""
    cases = {c["id"]: c for c in json.loads((DOCS.parent / "tests/data/public_cases.json").read_text(encoding="utf-8"))}
    lines = [_NOTE, "# The bug museum", "", _MUSEUM.strip()]
    for exhibit in json.loads((DOCS / "museum.json").read_text(encoding="utf-8")):
        lines += ["", *_exhibit(exhibit, cases[exhibit["id"]])]
    return "\n".join(lines) + "\n"


_MUSEUM = """
Mistakes in derivatives that were written by hand, each from a public project, with the verdict of `derive.check`. None
of them raised an error. A verdict of *refuted* has a point with both values; what is said to be wrong is an equality
that was proved before it was said; the right formula is proved too.
"""


def _exhibit(exhibit: dict[str, str], case: dict[str, Any]) -> Iterator[str]:
    terms = {"convention": case["signs"], "domain": case["domain"], "dtypes": (), "budget": 60}
    report = check(case["loss"], case["gradient"], case["hessian"], case["wrt"], **terms)
    repository, _, number = exhibit["source"].partition("#")
    yield f"## {exhibit['title']}"
    yield ""
    yield f"[{exhibit['source']}](https://github.com/{repository}/issues/{number}). {exhibit['story']}"
    yield from ("", "| | |", "| --- | --- |", f"| loss | {inline(latex.term(parse_formula(case['loss'])))} |")
    for claim in report.claims:
        bad = next((c for c in claim.components if c.status == "refuted"), None)
        if bad is not None:
            yield from (f"| {what} | {text} |" for what, text in _told(claim, bad))


def _told(claim: ClaimVerdict, bad: Component) -> Iterator[tuple[str, str]]:
    """What is claimed of an entry, why it is wrong, and what is right."""
    yield f"claimed {claim.side.replace('h', 'H')}, {bad.name}", inline(latex.term(bad.claimed))
    witness = getattr(bad.verdict, "witness", None)
    if witness is not None:
        at = ", ".join(f"{name} = {value}" for name, value in witness.point)
        yield "**refuted**", f"at {at} it is {witness.right}, and should be {witness.left}"
    for d in bad.diagnosis:
        yield d.kind, re.sub(r"([*_])", r"\\\1", _escaped(d.says))
    if bad.right is not None:
        yield "right", inline(latex.term(bad.right.term))


_THEOREMS = """
What a derivation cannot say: limits, convexity, minima, that two costs share one rule. Each statement below is a question
that the prover decided; `derive show NAME` prints the same, `derive verify NAME` decides it again, and the statements about
linear and logistic regression are part of the certificates of `linear`, `logistic` and `logistic-l2`. Where a statement says
that something is *not* so, its question was refuted, and the point is given.

A limit is stated with its modulus: f(h) → L says that for every ε > 0 there is a δ > 0, given as a formula, with
|f(h) − L| < ε within δ of the place. With h = 1 − δt, 0 < t < 1, that is an inequality in ε and t. A function A of which
nothing is known but that it is smooth and convex stands for the cumulant function of any exponential family. A minimum in
a box is enclosed by an interval Newton step.
"""


def theorems() -> str:
    """Every theorem with its statements, its formulas and its verdicts."""
    lines = [_NOTE, "# The theorems", "", _THEOREMS.strip()]
    for entry in catalog.entries(catalog.THEOREMS):
        found = catalog.theorem(entry.name)
        page = markdown.render(certify(found)).rstrip() if found else ""
        lines += ["", re.sub(r"^(#+ )", r"#\1", page, flags=re.MULTILINE)]
    return "\n".join(lines) + "\n"


def architecture() -> str:
    """The page as it is, with the list of modules anew."""
    page = (DOCS / "architecture.md").read_text(encoding="utf-8")
    listed = f"<!-- modules -->\n{_modules()}\n<!-- end of modules -->"
    return re.sub(r"<!-- modules -->\n.*?<!-- end of modules -->", lambda _: listed, page, flags=re.DOTALL)


def _modules() -> str:
    """A table for the pipeline, and one for each folder: what a module says of itself."""
    paths = sorted((DOCS.parent / "derive").rglob("*.py"), key=lambda p: (p.parent.parts, p.stem))
    lines = []
    for folder, group in itertools.groupby(paths, key=lambda p: p.parent.relative_to(DOCS.parent).as_posix()):
        lines += ["", f"**{folder}/**", "", "| module | |", "| --- | --- |"]
        lines += [f"| `{p.name}` | {_escaped(_paragraph(p))} |" for p in group]
    return "\n".join(lines)


def _paragraph(path: Path) -> str:
    """The first paragraph of a module's docstring in one line."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split())


def _escaped(text: str) -> str:
    return re.sub(r"([|<])", r"\\\1", text)


#: file -> what makes it
PAGES = {
    "rules.md": rules,
    "losses.md": losses,
    "theorems.md": theorems,
    "architecture.md": architecture,
    "bug-museum.md": museum,
    "tutorial.md": partial(filled, "tutorial.md"),
    "index.md": partial(filled, "index.md"),
    **{f"losses/{name}.md": partial(loss, name) for name in loss_pages.names()},
}


def main() -> None:
    """Write the files."""
    (DOCS / "losses").mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
    for old in set((DOCS / "losses").glob("*.md")) - {DOCS / name for name in PAGES}:
        old.unlink()
    notebook.write(notebook.run(notebook.read()))
    pictures.draw()


if __name__ == "__main__":
    main()
