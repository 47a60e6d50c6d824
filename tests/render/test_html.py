"""The pages: well-formed, complete, escaped, loading nothing, readable without colours, and honest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from derive import catalog
from derive.certificate import Agreement, Certificate, Check, Condition, Proved, Refuted, Unknown, Verdict, Witness
from derive.render import claims_html, html
from derive.render._html_page import MARKS
from derive.render._html_style import STYLE
from derive.render._mathml_printer import MathmlPrinter, row
from derive.render._printer import all_names
from derive.suite.outputs import FORMATS, Run
from derive.suite.policy import Policy
from derive.terms.heads import BINDERS, CONDITION_HEADS, HEADS, MATRIX_HEADS
from derive.terms.term import Term, add, make, mul, num, power, sym
from tests.render.test_outputs import HOSTILE, hostile, with_verdict
from tests.render.test_terms import example
from tests.shared import certificate_of, few, theorem_of

LEAVES = {"mi", "mn", "mo", "mtext", "mspace"}
#: elements of MathML that take a fixed number of others
ARITY = {"mfrac": 2, "msub": 2, "msup": 2, "munderover": 3}
ROWS = {"math", "mrow", "msqrt", "mtable", "mtr", "mtd", "semantics"}
REFUTED = Refuted(Witness((("z", "1/2"),), "0.25", "0.75"))
x, y, z, i, k, n = map(sym, "xyzikn")


def parsed(page: str) -> Element:
    """The page as XML, which is stricter than HTML, without what says that it is HTML."""
    return ElementTree.fromstring(page)


def seen(element: Element) -> str:
    """What a reader sees of it: without the LaTeX that comes with a formula."""
    if element.tag in ("annotation", "style"):
        return element.tail or ""
    return (element.text or "") + "".join(map(seen, element)) + (element.tail or "")


def mathml(t: Term) -> Element:
    """A term as the printer prints it."""
    return ElementTree.fromstring(row(MathmlPrinter(all_names(t)).term(t).text))


def shape(element: Element) -> Iterator[str]:
    """What is wrong with some MathML: elements that browsers do not know, with too few or too many others in them."""
    if element.tag in LEAVES:
        if len(element) or (not element.text and element.tag != "mspace"):
            yield f"{element.tag} has to hold text"
        return
    if element.tag not in ARITY and element.tag not in ROWS:
        yield f"what is {element.tag}?"
    if ARITY.get(element.tag, len(element)) != len(element):
        yield f"{element.tag} of {len(element)}"
    if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
        yield f"text that is in no element, in {element.tag}"
    for child in element:
        yield from shape(child) if child.tag != "annotation" else ()


@pytest.mark.parametrize("head", HEADS)
def test_every_head_prints(head: str) -> None:
    """Every head is well-formed MathML, with nothing of Python's own notation and no mark of a line break."""
    element = mathml(example(head))
    assert list(shape(element)) == []
    assert "".join(element.itertext()).strip()
    assert not re.search("Term|None|[\x1e\x1f]", "".join(element.itertext()))


def test_different_heads_look_different() -> None:
    """No two operations on the same arguments print alike."""
    plain = [h for h in HEADS if h not in MATRIX_HEADS | CONDITION_HEADS | set(BINDERS) | {"entry"}]
    printed = [ElementTree.tostring(mathml(example(h))) for h in plain]
    assert len(set(printed)) == len(printed)


@pytest.mark.parametrize(
    ("t", "shown"),
    [
        (add(mul(num(-1), x), num(1)), "1−x"),
        (mul(num(-1), add(x, y)), "−(x+y)"),
        (power(add(x, y), num(2)), "(x+y)2"),
        (power(num(-2), num(2)), "(−2)2"),
        (make("log", make("sigmoid", z)), "ln(σ(z))"),
        (mul(x, make("log", add(num(1), y))), "xln(y+1)"),
        (make("sum", add(mul(x, make("exp", add(z, y))), y), i, num(0), n), "∑i=0n(xez+y+y)"),
        (mul(make("sum", x, i, num(0), n), y), "y∑i=0nx"),
        (mul(num(2), add(x, mul(y, add(x, z)))), "2[x+y(x+z)]"),
        (mul(num(2), power(num(3), x)), "2⋅3x"),
        (make("cumulant", num(1), x), "A'(x)"),
        (make("diff", make("diff", x, y), y), "∂2x∂y2"),
        (make("piecewise", x, make("lt", x, num(0)), y, make("true")), "{xifx<0yotherwise"),
        (num(-3, 4), "−34"),
        (mul(sym("sigma"), make("sigmoid", sym("sigma"))), "σsigmoid(σ)"),
    ],
)
def test_brackets_and_order(t: Term, shown: str) -> None:
    """The letters stand in the order of a book, and brackets where something would be read wrongly without them."""
    assert re.sub(r"[\s\u2061-\u2063]", "", "".join(mathml(t).itertext())) == shown


def test_what_is_raised_or_divided_is_one_element() -> None:
    """x y/z and x^(y z) differ from x (y/z) and x^y z in which elements hold what."""

    def parts(t: Term, tag: str) -> list[str]:
        return [re.sub(r"[\s\u2062]", "", "".join(part.itertext())) for part in next(mathml(t).iter(tag))]

    assert parts(add(num(1), mul(x, y, power(z, num(-1)))), "mfrac") == ["xy", "z"]
    assert parts(power(z, num(-2)), "mfrac") == ["1", "z2"]
    assert parts(power(x, mul(y, z)), "msup") == ["x", "yz"]
    assert parts(mul(power(x, y), z), "msup") == ["x", "y"]


def test_a_long_name_in_markup_is_text() -> None:
    """Names are escaped where they are printed, and a number behind a letter is an index."""
    assert ElementTree.tostring(mathml(sym("theta_2")), "unicode") == "<mrow><msub><mi>θ</mi><mn>2</mn></msub></mrow>"
    assert ElementTree.tostring(mathml(sym("raw_value")), "unicode") == "<mi>raw_value</mi>"


# -- whole pages


def page_of(name: str) -> tuple[Certificate, str]:
    """A certificate and its page."""
    found = hostile() if name == "hostile" else certificate_of(name)
    return found, html.render(found)


class Outline(HTMLParser):
    """What is opened and closed, as a browser reads it."""

    VOID = ("meta",)

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag


def assert_is_a_page(page: str) -> Element:
    """Well-formed as HTML and as XML, one main part and one first heading, no level left out, unique ids."""
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    assert outline.headings[0] == 1
    assert outline.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(outline.headings))
    root = parsed(page)
    assert [len(list(root.iter(tag))) for tag in ("main", "header", "footer", "title")] == [1, 1, 1, 1]
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(set(ids)) == len(ids)
    assert {e.get("href", "#")[1:] for e in root.iter("a")} <= {*ids}
    assert {e.get("aria-labelledby") for e in root.iter("section")} - {None} <= {*ids}
    assert [problem for m in root.iter("math") for problem in shape(m)] == []
    return root


def assert_loads_nothing(page: str) -> None:
    """No script, no address that a browser would fetch, and a policy that forbids both."""
    root = parsed(page)
    assert {e.tag for e in root.iter()}.isdisjoint({
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "form",
        "base",
    })
    attributes = [(key, value) for e in root.iter() for key, value in e.attrib.items()]
    assert not [key for key, _ in attributes if key in ("src", "srcset", "data", "action") or key.startswith("on")]
    assert all(value.startswith("#") for key, value in attributes if key == "href")
    assert not re.search(r"url\(|@import|https?:", STYLE)
    assert [e.get("content") for e in root.iter("meta") if e.get("http-equiv")] == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]


@pytest.mark.parametrize("name", few([*catalog.names(), "hostile"], ("logistic", "huber", "hostile")))
def test_every_step_is_there(name: str) -> None:
    """Each derivation has its title, each step opens to its rule and verdict; the page is well-formed and alone."""
    c, page = page_of(name)
    root = assert_is_a_page(page)
    assert_loads_nothing(page)
    headings = [seen(h).strip() for h in root.iter("h2")]
    assert all(any(d.title in h for h in headings) for d in c.derivations)
    opened = [(seen(d.find("summary") or d), seen(d)) for steps in root.iter("ol") for d in steps.iter("details")]
    steps = [step for d in c.derivations for step in d.steps]
    assert len(opened) == len(steps)
    for (head, whole), step in zip(opened, steps, strict=True):
        assert step.rule in head
        assert ("✓ proved" in head) == step.ok
        for part in (step.says, step.formula, "Justified", f"{'Yes' if step.justified else 'No'}: the rule"):
            assert part in whole


@pytest.mark.parametrize("name", ["logistic", "split-cost", "logistic-squared-error"])
def test_theorems_and_statements(name: str) -> None:
    """Each statement has its formulas and its verdict, and opens to the question, its domain and the proof."""
    c = theorem_of(name) if name in catalog.theorem_names() else certificate_of(name)
    root = assert_is_a_page(html.render(c))
    items = [li for ul in root.iter("ul") if ul.get("class") == "statements" for li in ul.findall("li")]
    assert len(items) == len(c.statements) > 0
    for li, s in zip(items, c.statements, strict=True):
        assert li.find(".//math") is not None
        assert f"{MARKS[s.status]} {s.status}" in seen(li)
        assert all(
            part in seen(li) for part in ("Question", "Domain", "Proof" if s.expected == "proved" else "Refuted")
        )


@pytest.mark.parametrize(
    ("verdict", "justified", "word", "reasons"),
    [
        (REFUTED, True, "✗ refuted", ["1/2", "0.25", "0.75"]),
        (Unknown("no time left"), True, "? unknown", ["No time left"]),
        (Proved("normal form"), False, "✗ not justified (equal)", ["does not give this line"]),
        (REFUTED, False, "✗ not justified (refuted)", ["1/2"]),
    ],
)
def test_nothing_unproved_looks_proved(verdict: Verdict, justified: bool, word: str, reasons: list[str]) -> None:
    """What is refuted, unknown or not justified says so, is open, and has no mark or colour of a proof."""
    root = parsed(html.render(with_verdict(verdict, justified)))
    (step,) = (d for ol in root.iter("ol") for d in ol.iter("details"))
    assert word in seen(step)
    assert step.get("open") is not None
    assert all(reason in seen(step) for reason in reasons)
    assert "✓" not in seen(root)
    assert not [e for e in root.iter("span") if "proved" in e.get("class", "").split()]


def test_verdicts_are_words() -> None:
    """Whoever sees no colour reads the same: the class of a verdict is never more than its words say."""
    for c in (hostile(), certificate_of("logistic"), with_verdict(Unknown("late"))):
        for span in parsed(html.render(c)).iter("span"):
            if (kind := span.get("class", "").removeprefix("verdict ")) != span.get("class"):
                words = {
                    "proved": "✓ (proved|agrees)",
                    "refuted": "✗ (refuted|disagrees|not justified)",
                    "unknown": r"\? unknown",
                }
                assert re.match(words[kind], seen(span))


def test_side_conditions_are_shown() -> None:
    """What a proof rests on is printed, and that the two sides are not defined at the same points opens the step."""
    conditions = (Condition("positive", z), Condition("nonzero", sym("m")), Condition("nonnegative", n))
    root = parsed(html.render(with_verdict(Proved("normal form", conditions, domains_differ=True))))
    (step,) = (d for ol in root.iter("ol") for d in ol.iter("details"))
    assert step.get("open") is not None
    assert [part in seen(step).replace(" ", "") for part in ("z>0", "m≠0", "n≥0")] == [True] * 3
    assert "not defined at the same points" in seen(step)


def test_numbers_are_a_table() -> None:
    """Each check is a row with a head; one that disagrees says where; columns have heads too."""
    good = Check("gradient, at corners", 1234, 2.5e-13, 1e-12, "a few roundings", True, "somewhere")
    bad = replace(good, name="hessian, at corners", error=0.5, ok=False, worst="z = 37, y = 1")
    root = parsed(html.render(replace(certificate_of("logistic"), agreement=Agreement((good, bad)))))
    table = list(root.iter("table"))[-1]
    heads = [(th.get("scope"), seen(th).strip()) for th in table.iter("th")]
    assert [text for scope, text in heads if scope == "row"] == ["gradient, at corners", "hessian, at corners"]
    assert [text for scope, text in heads if scope == "col"] == [
        "compared",
        "points",
        "error met",
        "error allowed",
        "result",
    ]
    rows = [seen(tr) for tr in table.iter("tr")]
    assert "1,2342.5e-131.0e-12✓ agrees" in rows[1].replace("\n", "")
    assert "✗ disagrees worst at z = 37, y = 1" in rows[2]
    assert "somewhere" not in rows[1]
    assert "Not compared" in html.render(replace(certificate_of("logistic"), agreement=None))


def test_every_text_is_escaped() -> None:
    """Mark-up in names and texts is shown as it was written, and what cannot be seen is named."""
    evil = (
        '</title><script>alert(1)</script><img src="https://example.org/x" onerror=alert(1)> & &lt; \x1b[31m \u202e\x00'
    )
    c = hostile()
    root = assert_is_a_page(html.render(c))
    assert HOSTILE in seen(root)
    step = replace(c.derivations[0].steps[0], rule=evil, says=evil, formula=evil, verdict=Proved(evil, notes=(evil,)))
    check = Check(evil, 1, 0.0, 0.0, evil, False, evil)
    worse = replace(
        c, title=evil, description=evil, reference=evil, agreement=Agreement((check,)),
        derivations=(replace(c.derivations[0], title=evil, steps=(step,)),),
        symbols=(replace(c.symbols[0], says=evil),),
    )  # fmt: skip
    page = html.render(worse)
    assert_is_a_page(page)
    assert_loads_nothing(page)
    assert "U+001B[31m U+202EU+0000" in page
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", page)


def test_an_empty_derivation_is_named() -> None:
    """A derivation without steps shows nothing, and says so."""
    empty = replace(certificate_of("linear").derivations[-1], steps=())
    assert "nothing is shown" in html.render(replace(certificate_of("linear"), derivations=(empty,)))


def test_formulas_carry_their_latex() -> None:
    """Whoever copies a formula gets its LaTeX; a wide one can be scrolled by the keyboard and has a name."""
    root = parsed(html.render(certificate_of("logistic")))
    assert r"\nabla J = \frac{1}{m} X^{\mathsf{T}} (h - y)" in [e.text for e in root.iter("annotation")]
    boxes = [e for e in root.iter("div") if e.get("class") == "formula"]
    wide = [b for b in boxes if int(b.get("style", "").removeprefix("--letters: ")) > 30]
    assert 0 < len(wide) < len(boxes)
    assert all((b.get("tabindex"), b.get("role"), b.get("aria-label")) == ("0", "group", "formula") for b in wide)


# -- how it looks


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    digits = "".join(2 * d for d in colour) if len(colour) == 3 else colour
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("number", range(3), ids=["light", "dark", "paper"])
def test_contrast(number: int) -> None:
    """Every colour of text on every ground that it stands on has a contrast of at least 4.5 to 1."""
    palettes = [
        dict(re.findall(r"--([a-z-]+): #([0-9a-f]+)", block)) for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
    ]
    assert len(palettes) == 3
    colours = palettes[number]
    pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("paper", "box")]
    pairs += [(status, f"{status}-box") for status in ("proved", "refuted", "unknown")]
    for ink, ground in pairs:
        low, high = sorted((luminance(colours[ink]), luminance(colours[ground])))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)


def test_paper_shows_what_is_closed() -> None:
    """On paper nothing is closed, and what is wider than a line is set smaller instead of cut."""
    printed = STYLE[STYLE.index("@media print") :]
    assert "details::details-content { content-visibility: visible" in printed
    assert "min(1, 62 / var(--letters))" in printed
    assert "prefers-color-scheme: dark" in STYLE


# -- claims


@pytest.mark.parametrize("name", ["sign", "two", "naive", "catboost", "right", "curl", "kink"])
def test_a_report(name: str, ci: SimpleNamespace) -> None:
    """The page of a report says what its text says; verdicts are words, and what is not proved is open."""
    report = ci.report_of(name)
    page = report.html()
    root = assert_is_a_page(page)
    assert_loads_nothing(page)
    shown = " ".join(seen(root).split()).lower()
    assert report.status in shown
    for claim in report.claims:
        assert f"{claim.side}: {claim.status}" in shown
        for c in claim.components:
            assert f"{c.name}: {MARKS[c.status]} {c.status}".lower() in shown
            assert c.right is None or c.right.numpy in page.replace("&lt;", "<")
    assert ("✓ proved" in shown) == (
        "proved" in {report.status, *(c.status for k in report.claims for c in k.components)}
    )
    for details in root.iter("details"):
        assert (details.get("open") is None) == ("How it was proved" in seen(details))


def test_a_notebook_prefers_mathematics(ci: SimpleNamespace) -> None:
    """No page inside a page: a notebook shows the LaTeX or the Markdown of a report, as before."""
    assert not hasattr(ci.report_of("sign"), "_repr_html_")
    assert not hasattr(Certificate, "_repr_html_")


def test_many_claims(ci: SimpleNamespace) -> None:
    """A table of all, each with its answer and its report: also those that are late or cannot be read, escaped."""
    outcomes = (*map(ci.outcome, ("sign", "right")), ci.late(), ci.bad(), ci.probed())
    page = FORMATS["html"](Run(outcomes, Policy(), len(outcomes), 1.0))
    root = assert_is_a_page(page)
    assert_loads_nothing(page)
    rows = [" ".join(seen(tr).split()) for tr in next(root.iter("table")).iter("tr")][1:]
    assert [row.split(" ")[0].rsplit("::")[-1] for row in rows] == ["sign✗", "right✓", "late?", "bad✗", "rows?"]
    assert "cannot be read" in rows[3]
    assert sum("✓" in row for row in rows) == 1
    assert "::error::no" in seen(root)
    assert "nothing was checked" in claims_html.render_all((), "0 claims: nothing was checked")


@pytest.mark.usefixtures("in_process")
def test_on_the_command_line(tmp_path: Path) -> None:
    """`show` and `check` write the page, and exit as with any other format."""
    from click.testing import CliRunner

    from derive.cli import main

    file = tmp_path / "linear.html"
    assert (
        CliRunner().invoke(main, ["show", "linear", "--format", "html", "--no-pictures", "-o", str(file)]).exit_code
        == 0
    )
    assert_is_a_page(file.read_text(encoding="utf-8"))
    claim = ["check", "--loss", "z**2", "--gradient", "z", "--wrt", "z", "--no-cache", "--format", "html"]
    wrong = CliRunner().invoke(main, [*claim, "--output", f"html={tmp_path / 'all.html'}"])
    assert wrong.exit_code == 1
    assert "✗ refuted" in seen(assert_is_a_page(wrong.stdout))
    assert_is_a_page((tmp_path / "all.html").read_text(encoding="utf-8"))
