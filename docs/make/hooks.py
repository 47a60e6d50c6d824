"""What mkdocs does not do itself: formulas as MathML, the notebook as a page, pages that stand outside of docs/."""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # mkdocs loads this file by its path

from make import notebook
from make.mathml import UnknownCommand, mathml

DOCS = Path(__file__).parents[1]
#: pages of the site that are files elsewhere
OUTSIDE = {"changes.md": "CHANGELOG.md", "benchmarks.md": "benchmarks/README.md"}
#: folders, each file of which is a page below this one in the navigation
FOLDERS = {"Losses": "losses", "Decisions": "decisions"}
_WIDE = 34
_FENCE = re.compile(r"^(```.*?^```)$", re.MULTILINE | re.DOTALL)
#: code as it is; or what GitHub lets be escaped, and mkdocs does not
_ESCAPED = re.compile(r"(`[^`\n]*`)|\\([<|$~])")
_MATHS = re.compile(r'<(span|div) class="arithmatex" data-search-exclude="">(.*?)</\1>', re.DOTALL)
_DIALOG = 'data-md-component="search" role="dialog"'  # which the theme gives no name
_MARKS = {"✅": ("proved", "✓"), "❌": ("refuted", "✗"), "❔": ("unknown", "?")}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Every file of a folder has its place in the navigation."""
    docs = Path(config.docs_dir)

    def filled(item: Any) -> None:
        for title, inside in item.items() if isinstance(item, dict) else ():
            if title in FOLDERS:
                pages = sorted((docs / FOLDERS[title]).glob("*.md"), key=lambda p: p.stem)
                inside += [{_title(p): f"{FOLDERS[title]}/{p.name}"} for p in pages]
            elif isinstance(inside, list):
                for each in inside:
                    filled(each)

    for item in config.nav or ():
        filled(item)
    return config


def _title(page: Path) -> str:
    """The name of a loss, or the title of a decision."""
    head = re.search(r"^# (.*)", page.read_text(encoding="utf-8"), re.MULTILINE)
    return head[1] if head and page.parent.name == FOLDERS["Decisions"] else page.stem


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Pages that are made of other files."""
    root = Path(config.config_file_path).parent
    for name, source in OUTSIDE.items():
        if (root / source).exists():
            files.append(File.generated(config, name, content=(root / source).read_text(encoding="utf-8")))
    if (book := Path(config.docs_dir) / "notebook.ipynb").exists():
        content = notebook.markdown(json.loads(book.read_text(encoding="utf-8")))
        content += f"\n[The notebook as a file]({book.name}#)\n"
        files.append(File.generated(config, "notebook.md", content=content))
    return files


def on_page_markdown(markdown: str, page: Page, **_: Any) -> str:
    """Links to those pages; blocks of examples and of named files in the words of mkdocs."""
    up = "../" * page.file.src_uri.count("/")
    pieces = _FENCE.split(markdown)
    pieces[::2] = [_linked(text, up) for text in pieces[::2]]
    pieces[1::2] = [_headed(block) for block in pieces[1::2]]
    return "".join(pieces)


def _linked(text: str, up: str) -> str:
    text = text.replace("](notebook.ipynb)", "](notebook.md)")
    text = _ESCAPED.sub(lambda m: m[1] or f"&#{ord(m[2])};", text)
    for name, source in OUTSIDE.items():
        text = re.sub(rf"\]\((?:\.\./)+{re.escape(source)}", f"]({up}{name}", text)
    return text


def _headed(block: str) -> str:
    block = re.sub(r"\A```python\n>>>", "```pycon\n>>>", block)
    return re.sub(r"\A```(\w+) ([^\s{]+)\n", r'```\1 title="\2"' + "\n", block)


def on_page_content(html: str, **_: Any) -> str:
    """The search passes over formulas; a head without words is none."""
    html = re.sub(r"<th( [^>]*)?></th>", r"<td\1></td>", html)
    return html.replace('class="arithmatex"', 'class="arithmatex" data-search-exclude=""')


def on_post_page(output: str, page: Page, **_: Any) -> str:
    """Formulas as MathML, each wide one in a box that scrolls by itself; marks of verdicts as words in colour."""
    try:
        output = _MATHS.sub(lambda m: _formula(unescape(m[2])), output)
    except UnknownCommand as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from None
    for mark, (status, shown) in _MARKS.items():
        output = output.replace(mark, f'<span class="verdict {status}">{shown}</span>')
    return output.replace(_DIALOG, f'{_DIALOG} aria-label="Search"')


@cache
def _formula(source: str) -> str:
    display = source.startswith(r"\[")
    shown = mathml(source[2:-2].strip(), display)
    tag = "div" if display else "span"
    wide = _letters(source) > (_WIDE if display else _WIDE // 2)
    reach = ' tabindex="0" role="group" aria-label="formula"' if wide else ""
    return f'<{tag} class="maths{" wide" if wide else ""}"{reach}>{shown}</{tag}>'


def _letters(source: str) -> int:
    """About how wide it is, where a command is a letter."""
    return len(re.sub(r"[\s{}_^]", "", re.sub(r"\\[A-Za-z]+", "m", source)))
