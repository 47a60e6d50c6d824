"""A picture on a page: made elsewhere and given as data, as SVG; here it gets its frame and its words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from derive.render._html_page import said


class Picture(NamedTuple):
    """A picture of one or several panels, each an `svg` element with a name.

    `name` is unique on its page; `title` and `says` are plain text: what it is, and what is to be seen in it.
    """

    name: str
    title: str
    says: str
    panels: tuple[str, ...]


def figures(pictures: Sequence[Picture]) -> Iterator[str]:
    """Each picture with its words below; its panels stand beside each other, or below on a narrow screen."""
    for p in pictures:
        yield f'<figure id="{said(p.name)}">'
        yield '<div class="panels">'
        yield from p.panels
        yield f"</div><figcaption><b>{said(p.title)}.</b> {said(p.says)}</figcaption></figure>"
