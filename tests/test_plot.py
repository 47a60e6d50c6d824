"""Pictures: each one is drawn, shows what was proved, and is a good part of a page."""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import sympy as sp
from click.testing import CliRunner

from derive import catalog, plot
from derive.check import check
from derive.cli import common, main
from derive.errors import DeriveError
from derive.loss import Loss
from derive.plot import costs, curves, paths, style
from derive.plot.functions import of_expression, of_text, rows
from derive.render import claims_html
from derive.render.picture import Picture
from derive.report import Report
from derive.theorems.logistic_squared_error import THEOREM
from tests.shared import certificate_of, few

MOST = 400_000
PAGES = ("logistic", "logistic-squared-error", "split-cost", "huber", "gamma-inverse")


@cache
def wrong() -> Report:
    """A gradient that is wrong for small z, and a Hessian that is right."""
    return check(
        loss="log(1 + exp(z)) - y*z",
        gradient="max(sigmoid(z), 1/10) - y",
        hessian="sigmoid(z)*(1 - sigmoid(z))",
        wrt="z",
        domain={"y": "{0, 1}"},
    )


@cache
def of_item(name: str) -> tuple[Picture, ...]:
    """The pictures of a page."""
    return plot.of_item(name)


def shown(figure: Any) -> list[str]:
    """The names of its curves."""
    return [text.get_text() for text in figure.get_legend().get_texts()]


@pytest.mark.parametrize("name", few(plot.PICTURES, ["contours", "surface"]))
def test_every_picture_is_drawn(name: str, tmp_path: Path) -> None:
    """With named axes; twice the same bytes, in each format."""
    figure = plot.figure(name)
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)
    if name == "split-cost":
        for form in ("png", "svg", "pdf"):
            plot.written(name, tmp_path / f"b.{form}")
            plot.save(figure, tmp_path / f"a.{form}")
            assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()
            assert not re.search(b"CreationDate|<dc:date>", (tmp_path / f"a.{form}").read_bytes())


@pytest.mark.parametrize("name", [n for n in catalog.names() if isinstance(catalog.load(n), Loss)])
def test_a_picture_of_every_loss(name: str) -> None:
    """Each loss with one raw prediction has three panels with finite curves, all kinks marked."""
    loss = catalog.load(name)
    drawing = curves.loss(loss)
    from matplotlib.figure import Figure

    for draw in drawing.panels:
        ax = Figure().subplots()
        draw(ax)
        lines = [line for line in ax.lines if line.get_linestyle() != "None"]
        assert len(lines) in (2, 3)
        assert all(np.isfinite(line.get_ydata()).mean() > 0.9 for line in lines)
        marks = [line for line in ax.lines if line.get_marker() == "o"]
        assert bool(sum(len(line.get_xdata()) for line in marks)) == bool(loss.kinks)
    assert ("kinks" in drawing.says) == bool(loss.kinks)


@pytest.mark.parametrize("name", [n for n in catalog.names() if isinstance(catalog.load(n), Loss)])
def test_each_curve_is_the_derivative_of_the_one_before(name: str) -> None:
    """By differences, at points without a kink: a factor in front of the matrix form, such as −1 or 2, counts too."""
    loss, step = catalog.load(name), 1e-5
    z = np.linspace(0.21, 3.7, 9) + 1e-3
    for y in (y for y in (-1, 0, 1, 3) if y in loss.interval_y_true):
        for order in (1, 2):
            before, curve = rows(loss, order - 1), rows(loss, order)
            assert np.allclose((before(z + step, y) - before(z - step, y)) / (2 * step), curve(z, y), 1e-4, 1e-4)


def test_a_jump_is_a_gap() -> None:
    """Where the slope of |z − y| jumps no line is drawn: the value that is taken is filled, the other end is not."""
    from matplotlib.figure import Figure

    ax = Figure().subplots()
    curves.loss(catalog.load("absolute")).panels[1](ax)
    line, below, above, here = ax.lines[:4]
    at = np.flatnonzero(np.isnan(line.get_ydata()))
    assert line.get_xdata()[at].tolist() == [-1]
    assert here.get_ydata().tolist() == rows(catalog.load("absolute"), 1)(np.array([-1.0]), -1.0).tolist()
    empty = [*below.get_ydata(), *above.get_ydata()]
    assert {round(v) for v in [*empty, *here.get_ydata()]} <= {-1, 0, 1}
    assert below.get_markerfacecolor() == style.WHITE != here.get_markerfacecolor()


def test_curves_differ_without_colour() -> None:
    """No two curves of a panel have the same line style: grey is enough to tell them apart."""
    for drawing in (curves.split_cost(), curves.squared_error(), curves.loss(catalog.load("huber"))):
        for ax in style.figure(drawing).axes:
            styles = [line.get_linestyle() for line in ax.lines if line.get_linestyle() != "None"]
            assert len(set(styles)) == len(styles) > 1
    assert len({line for _, line in style.LINES}) == len(style.LINES)


def test_the_minima_are_minima() -> None:
    """The marked points are lower than what is around them, and in the boxes of the theorem."""
    cost = of_text(costs.COST, "a", "b")
    first, second = costs.minima()
    assert first[2] > 0.14
    assert second[2] < 0.13
    turn = np.linspace(0, 2 * np.pi, 60)
    boxes = [s.formulas for s in THEOREM.statements if s.question == "minimum"]
    for (a, b, value), (*_, a0, a1, _, b0, b1) in zip((first, second), boxes, strict=True):
        assert (cost(a + 0.1 * np.cos(turn), b + 0.05 * np.sin(turn)) > value).all()
        assert float(a0) < a < float(a1)
        assert float(b0) < b < float(b1)


def test_the_surfaces_carry_the_minima() -> None:
    """On both surfaces the lowest points are marked, at the height of the cost."""
    log, square = plot.figure("surface").axes
    assert [ax.get_zlabel() for ax in (log, square)] == ["$J$", "$J$"]
    found = [line.get_data_3d() for line in square.lines if line.get_marker() in "oD"]
    assert [tuple(float(v[0]) for v in each) for each in found] == list(costs.minima())
    (a, b, height) = next(line.get_data_3d() for line in log.lines if line.get_marker() == "*")
    assert (a[0], b[0]) == costs.best()
    assert height[0] <= costs.log_loss(*np.meshgrid(np.linspace(-2, 2, 50), np.linspace(-1, 1, 50))).min()


def test_the_paths_end_at_the_minimum() -> None:
    """Gradient descent is on its way to where Newton's method is."""
    descent, newton = (line.get_xydata() for line in style.figure(paths.path()).axes[0].lines[:2])
    assert np.allclose(descent[0], newton[0])
    assert np.linalg.norm(descent[-1] - newton[-1]) < 0.2


# -- claims


def test_a_claim() -> None:
    """What is claimed, what is true, the region where they part, and the witness."""
    _, gradient, hessian = plot.claim(wrong()).axes
    assert shown(gradient) == ["true", "claimed", "they part", "witness"]
    assert shown(hessian) == ["true", "claimed"]
    true, claimed = (line.get_ydata() for line in gradient.lines[:2])
    x = gradient.lines[0].get_xdata()
    assert np.array_equal(~np.isclose(true, claimed), x < np.log(1 / 9))


@pytest.mark.parametrize(
    ("loss", "domain", "low", "high"),
    [
        ("z**2/w", {"z": "[0, 1]", "w": "[-2, -1]"}, 0, 1),
        ("z*log(z) - w*z", {"z": "positive", "w": "{2, 3}"}, 0, 5),
        ("theta_long_name*z**2", {"z": "(-oo, -1)"}, -5, -1),
        ("1/z", {}, -5, 5),
    ],
)
def test_a_claim_is_drawn_where_it_is_defined(loss: str, domain: dict[str, str], low: float, high: float) -> None:
    """Within the domain, with other variables that are allowed, poles and long names included."""
    ax = plot.claim(check(loss=loss, gradient="2*z + 1", wrt="z", domain=domain)).axes[1]
    x, true = ax.lines[0].get_data()
    assert low <= min(x)
    assert max(x) <= high
    assert np.isfinite(true).mean() > 0.99
    assert max(map(abs, ax.get_ylim())) < 100


def test_functions_that_numpy_lacks() -> None:
    """They are computed one by one; a value that is not real is left out, and so is the derivative of a jump."""
    x, u = np.array([-2.0, 0.0, 0.5]), sp.Symbol("u", real=True)
    assert np.allclose(of_expression(sp.erfinv(u), ("u",))(x), [np.nan, 0, 0.4769362762044699], equal_nan=True)
    assert of_expression(sp.sign(u).diff(u), ("u",))(x).tolist() == [0, 0, 0]


@pytest.mark.parametrize("loss", ["floor(2*z)*y", "delta(y, z)", "loggamma(z)", "lambertw(z)*sigmoid(z)", "7 + 0*z"])
def test_what_has_no_simple_picture(loss: str) -> None:
    """Steps are flat beside their jumps, poles are left out, and a point without the variable refutes anywhere."""
    claim_of = check(loss, "z", "1", "z", domain={"z": "positive"})
    assert len(plot.of_claim(claim_of)) == 1
    assert np.isfinite(plot.claim(claim_of).axes[1].lines[0].get_ydata()).mean() > 0.9


def test_a_derivative_is_drawn_where_there_is_a_loss() -> None:
    """The formula of a derivative may have values where the loss has none: 1/z for z < 0 is no derivative of log z."""
    _, ax = plot.claim(check("log(z)", "1/z", wrt="z")).axes
    true = ax.lines[0]
    assert (np.isfinite(true.get_ydata()) == (true.get_xdata() > 0)).all()


def test_what_has_no_picture() -> None:
    """A page of it has none; who asks for it is told."""
    claim_of = check("prod(z + i, i, 0, 3)", "z", wrt="z")
    assert plot.of_claim(claim_of) == ()
    with pytest.raises(DeriveError, match="cannot be drawn"):
        plot.claim(claim_of)


# -- on pages


@pytest.mark.parametrize("name", few(PAGES))
def test_pictures_on_a_page(name: str) -> None:
    """Each is XML with a name and words, refers to nothing outside, has no id twice, and takes the page's colours."""
    pictures = of_item(name)
    assert pictures
    panels = [ElementTree.fromstring(panel) for p in pictures for panel in p.panels]
    ids = [each for p in panels for e in p.iter() if (each := e.get("id"))]
    assert len(set(ids)) == len(ids)
    for panel, text in zip(panels, (text for p in pictures for text in p.panels), strict=True):
        assert panel.get("role") == "img"
        assert panel.get("aria-label")
        assert panel.get("width") is None  # as wide as there is room
        used = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', text)
        assert {a or b for a, b in used} <= set(ids)
        assert not re.search(r"<style|<metadata|<script|https?:|xlink", text)
        assert not re.search("#000000|#ffffff|#0072b2|#d55e00", text, re.IGNORECASE)
        assert "currentColor" in text
    assert all(p.title and p.says for p in pictures)
    assert sum(len(text) for p in pictures for text in p.panels) < MOST - 25_000


def test_words_of_the_minima(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot see the picture reads where the minima are."""
    monkeypatch.setattr("derive.plot.page.panels", lambda drawing: [])  # words alone: to draw them takes seconds
    words = " ".join(p.says for p in plot.of_item("logistic-squared-error"))
    assert "(1.68, −0.63), where J is 0.1454 and (−0.02, 0.06), where J is 0.1239" in words


def test_a_page_with_its_picture() -> None:
    """The page of a report has the picture of the claim; a report on several variables has none, and is complete."""
    (picture,) = plot.of_claim(wrong())
    page = claims_html.render(wrong(), pictures=(picture,))
    assert "the gradient is refuted; the Hessian is proved" in page
    assert page.count("<svg") == 3
    assert len(page) < MOST
    assert plot.of_claim(check(loss="x*y", gradient=["y", "x"], wrt=["x", "y"])) == ()
    assert plot.of_claim(check(gradient="z", hessian="1", wrt="z")) == ()


# -- the command line


def test_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name, a wrong ending, a claim without a loss, and no matplotlib: each says what to do."""
    with pytest.raises(DeriveError, match=r"\.png, \.svg, \.pdf"):
        plot.written("split-cost", tmp_path / "a.gif")
    with pytest.raises(DeriveError, match="needs its loss"):
        plot.claim(check(gradient="z", hessian="1", wrt="z"))
    with pytest.raises(DeriveError, match="did you mean 'logistic'"):
        plot.figure("logistc")
    with pytest.raises(DeriveError, match="did you mean 'split-cost'"):
        plot.figure("splitcost")
    with pytest.raises(DeriveError, match="there are split-cost, squared-error"):
        plot.figure("qqqq")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(DeriveError, match=r"derive\[plot\]"):
        plot.figure("split-cost")


def test_command(tmp_path: Path) -> None:
    """`derive plot` writes the file, also of a claim."""
    target = str(tmp_path / "p.png")
    assert CliRunner().invoke(main, ["plot", "split-cost", "-o", target]).exit_code == 0
    claim = ["plot", "claim", "--loss", "z**2", "--gradient", "z", "--wrt", "z", "-o", target]
    assert CliRunner().invoke(main, claim).exit_code == 0
    assert Path(target).read_bytes().startswith(b"\x89PNG")
    assert CliRunner().invoke(main, ["plot", "path", "--loss", "z", "-o", target]).exit_code == 2


@pytest.mark.usefixtures("in_process")
def test_pages_of_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`show` and `check` put pictures on their pages; without matplotlib they say so once, and the page is complete."""
    monkeypatch.setattr(common, "certificate", lambda item: certificate_of(item.name))
    code_of_show = common.EXIT[certificate_of("linear").status]
    many = tmp_path / "many.html"
    show = ["show", "linear", "--format", "html"]
    claim = ["check", "--loss", "z**2", "--gradient", "z", "--wrt", "z", "--no-cache", "--format", "html"]
    claim += ["--output", f"html={many}"]
    for command, code, word in ((show, code_of_show, "Linear regression"), (claim, 1, "Is the claim right?")):
        found = CliRunner().invoke(main, command)
        assert (found.exit_code, found.stderr) == (code, "")
        assert "<svg" in found.stdout
        assert word in found.stdout
    assert "<svg" in many.read_text("utf-8")
    assert "<svg" not in CliRunner().invoke(main, [*show, "--no-pictures"]).stdout
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for command, code in ((show, code_of_show), (claim, 1)):
        found = CliRunner().invoke(main, command)
        assert found.exit_code == code
        assert found.stderr == "note: the page has no pictures; pictures need matplotlib: pip install 'derive[plot]'\n"
        assert "</html>" in found.stdout
        assert "<svg" not in found.stdout
