"""Pictures: each one is drawn, and shows what was proved."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from derive import catalog, plot
from derive.check import check
from derive.cli import main
from derive.errors import DeriveError
from derive.plot import costs, curves, paths, style
from derive.plot.functions import of_text


@pytest.mark.parametrize("name", [*plot.PICTURES, "huber", "gamma-inverse", "hinge", "beta"])
def test_every_picture_is_drawn(name: str, tmp_path: Path) -> None:
    """As SVG, twice the same bytes, with named axes."""
    figure = plot.figure(name)
    assert all(ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)
    plot.save(figure, tmp_path / "a.svg")
    plot.written(name, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    assert b"<svg" in (tmp_path / "a.svg").read_bytes()


def test_curves_differ_without_colour() -> None:
    """No two curves of a panel have the same line style: grey is enough to tell them apart."""
    for figure in (curves.split_cost(), curves.squared_error(), curves.loss(catalog.load("huber"))):
        for ax in figure.axes:
            styles = [line.get_linestyle() for line in ax.lines]
            assert len(set(styles)) == len(styles)
    assert len({line for _, line in style.LINES}) == len(style.LINES)


def test_the_minima_are_minima() -> None:
    """The marked points are lower than what is around them, and are the theorem's."""
    cost = of_text(costs.COST, "a", "b")
    first, second = costs.minima()
    assert first[2] > 0.14
    assert second[2] < 0.13
    turn = np.linspace(0, 2 * np.pi, 60)
    for a, b, value in (first, second):
        assert (cost(a + 0.1 * np.cos(turn), b + 0.05 * np.sin(turn)) > value).all()


def test_the_paths_end_at_the_minimum() -> None:
    """Gradient descent is on its way to where Newton's method is."""
    descent, newton = (line.get_xydata() for line in paths.path().axes[0].lines[:2])
    assert np.allclose(descent[0], newton[0])
    assert np.linalg.norm(descent[-1] - newton[-1]) < 0.2


def test_a_claim() -> None:
    """What is claimed, what is true, the region where they part, and the witness."""
    report = check(
        loss="log(1 + exp(z)) - y*z",
        gradient="max(sigmoid(z), 1/10) - y",
        hessian="sigmoid(z)*(1 - sigmoid(z))",
        wrt="z",
        domain={"y": "{0, 1}"},
    )
    _, gradient, hessian = plot.claim(report).axes
    labels = [text.get_text() for text in gradient.get_legend().get_texts()]
    assert labels == ["true", "claimed", "they part", "witness"]
    assert [text.get_text() for text in hessian.get_legend().get_texts()] == ["true", "claimed"]
    true, claimed = (line.get_ydata() for line in gradient.lines[:2])
    x = gradient.lines[0].get_xdata()
    assert np.array_equal(~np.isclose(true, claimed), x < np.log(1 / 9))


def test_messages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong name, a wrong ending, a claim without a loss, and no matplotlib: each says what to do."""
    with pytest.raises(DeriveError, match=r"\.png, \.svg, \.pdf"):
        plot.written("path", tmp_path / "a.gif")
    with pytest.raises(DeriveError, match="needs its loss"):
        plot.claim(check(gradient="z", hessian="1", wrt="z"))
    with pytest.raises(DeriveError, match="logistc"):
        plot.figure("logistc")
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
