"""The notebook: its cells are run in this process, and it becomes a page of the site.

What a cell shows is what Jupyter stores: the printed text, and of the value of a last expression its text and whatever
of Markdown, LaTeX and HTML it has for notebooks.
"""

from __future__ import annotations

import ast
import copy
import io
import json
import re
from collections.abc import Iterator
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

_KINDS = {"text/html": "_repr_html_", "text/markdown": "_repr_markdown_", "text/latex": "_repr_latex_"}
#: a list within a list, which the site wants further to the right
_NESTED = re.compile(r"^( +)(?=- )", re.MULTILINE)
_HEADING = re.compile(r"^(#+ )", re.MULTILINE)

Book = dict[str, Any]
FILE = Path(__file__).parents[1] / "notebook.ipynb"


def read() -> Book:
    """The notebook as it is stored."""
    return dict(json.loads(FILE.read_text(encoding="utf-8")))


def write(book: Book) -> None:
    """Store it, as Jupyter does."""
    FILE.write_text(json.dumps(book, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run(book: Book) -> Book:
    """The notebook with fresh outputs: all cells, from the first to the last, in one namespace."""
    fresh, names = copy.deepcopy(book), {"__name__": "__main__"}
    cells = [cell for cell in fresh["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, 1):
        cell["execution_count"] = number
        cell["outputs"] = list(_outputs("".join(cell["source"]), names, number))
    return fresh


def _outputs(source: str, names: dict[str, Any], number: int) -> Iterator[Book]:
    printed = io.StringIO()
    with redirect_stdout(printed):
        value = _value(source, names)
    if printed.getvalue():
        yield {"name": "stdout", "output_type": "stream", "text": _split(printed.getvalue())}
    if value is not None:
        data = {kind: _split(text) for kind, text in sorted(_shown(value))}
        yield {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}


def _value(source: str, names: dict[str, Any]) -> Any:
    """Run the statements; the value of the last one, if it is an expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "notebook", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "notebook", "eval"), names)


def _shown(value: Any) -> Iterator[tuple[str, str]]:
    yield "text/plain", repr(value)
    yield from ((kind, getattr(value, name)()) for kind, name in _KINDS.items() if hasattr(value, name))


def _split(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def markdown(book: Book) -> str:
    """The notebook as a page: cells as they are, each value in the form that reads best."""
    return "\n\n".join(piece for cell in book["cells"] for piece in _pieces(cell)) + "\n"


def _pieces(cell: Book) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield source
        return
    yield f"```python\n{source}\n```"
    for output in cell["outputs"]:
        yield f'<div class="output" markdown="1">\n\n{_best(output)}\n\n</div>'


def _best(output: Book) -> str:
    data = output.get("data", {})
    if "text/markdown" in data:
        text = _HEADING.sub(r"##\1", "".join(data["text/markdown"])).strip()
        return _NESTED.sub(r"\1\1", text)
    return f"```text\n{''.join(output.get('text') or data['text/plain']).rstrip()}\n```"
