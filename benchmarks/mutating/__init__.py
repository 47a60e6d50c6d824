"""Mutants of a module: one place of its syntax tree changed at a time."""
