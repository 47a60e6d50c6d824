"""One file per theorem: `update_rule.py` is the theorem `update-rule`. A file is data: a docstring and `THEOREM`."""
