"""A Python function is called with stand-ins that remember what is done to them: its formulas, as terms."""
