"""The version, for the package and for its certificates."""

VERSION = "0.1.0"
