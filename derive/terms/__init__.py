"""Terms: the closed language of expressions. `derive.terms.bridge` alone needs SymPy; it is imported where used."""

from derive.terms.json import from_json, to_json
from derive.terms.term import Term

__all__ = ["Term", "from_json", "to_json"]
