"""Lines of keys in TOML: `tomllib` reads the values, so what is found must be exactly its keys, each at its line."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.suite.toml_lines import lines

ODD = '''# [not.a.table]
[defaults]   # = ]
domain = { y = "[0, 1]", "w" = "positive" } # = [x]
"odd key".'b.c' = """
[[claim]]
x = 1 \\""" ""
"""
[[claim]]
name = "a # no comment \\" = "
where.p = 's\\'
gradient = [
  "a", # ] ,
  'b]', """c
"""]
[claim.domain]
z = "real"

  [[ claim ]]
  name='b'
hessian=[["1","2"],
 ["3", "4"]]
[[claim.sub]]
k=1979-05-27T07:32:00Z
[[claim.sub]]
[claim.sub.q]
z=1
'''


def paths(value: Any, at: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every path to a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {at} - {()} | {p for key, v in inside for p in paths(v, (*at, key))}


def test_odd_layouts() -> None:
    """Inline tables, texts of several lines, dotted and quoted keys, nested arrays of tables: each key has its line."""
    found = lines(ODD)
    assert found.keys() == paths(tomllib.loads(ODD))
    at = {path: ODD.splitlines()[line - 1] for path, line in found.items()}
    assert at["claim", 0, "name"].startswith("name = ")
    assert at["claim", 0, "where", "p"].startswith("where.p")
    assert at["claim", 0, "gradient", 2].startswith("  'b]'")
    assert at["claim", 0, "domain", "z"] == 'z = "real"'
    assert at["claim", 1] == "  [[ claim ]]"
    assert at["claim", 1, "hessian", 1, 0] == ' ["3", "4"]]'
    assert at["claim", 1, "sub", 1, "q", "z"] == "z=1"
    assert at["defaults", "odd key", "b.c"].startswith('"odd key"')


KEY = st.sampled_from(["a", "b-c", "d_1", '"q r"', "'x.y'", '"\\"e"'])
TEXT = st.sampled_from(['"a = b"', "'c]'", '"""\nm = 1\n"""', "'''\n[t]\n'''", '"\\\\"', '"\\" # "'])
SCALAR = TEXT | st.sampled_from(["1", "0.5", "true", "1e5", "2020-01-01", "-inf"])


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Arrays and inline tables."""
    gaps = st.sampled_from([", ", ",\n  ", " , # ]}\n"])
    row = st.tuples(st.lists(inner, max_size=3), gaps).map(lambda t: f"[{t[1].join(t[0])}]")
    table = st.lists(st.tuples(KEY, TEXT), max_size=3, unique_by=lambda t: t[0])
    inline = table.map(lambda pairs: "{" + ", ".join(f"{k} = {v}" for k, v in pairs if "\n" not in v) + "}")
    return row | inline


VALUE = st.recursive(SCALAR, arrays, max_leaves=5)


@given(st.lists(st.tuples(st.sampled_from(["", "[t]", "[[s]]", "[s.u]", "[[t.v]]"]), KEY, VALUE), max_size=8))
def test_every_key_is_found(parts: list[tuple[str, str, str]]) -> None:
    """Of any text that `tomllib` accepts, exactly its keys are found, and none before the one that leads to it."""
    text = "\n".join(f"{header}\n{key} = {value} # c" for header, key, value in parts)
    try:
        body = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = lines(text)
    assert found.keys() == paths(body)
    assert all(found[p] >= found[p[:-1]] for p in found if p[:-1] in found and not isinstance(p[-1], int))


@pytest.mark.parametrize("size", [2000])
def test_long_files_are_read_quickly(size: int) -> None:
    """The walk takes time in proportion to the text."""
    text = "\n".join(f'[[claim]]\nname = "{n}"\nloss = "z**2"' for n in range(size))
    found = lines(text)
    assert found["claim", size - 1, "loss"] == 3 * size
