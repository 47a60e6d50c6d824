"""Errors for people: the value, the place, the way out, and the exit code of the command line.

Exit codes: 0 proved and agrees, 1 refuted, 2 usage or bad input, 3 something unknown.
"""

from __future__ import annotations

EXIT_OK = 0
EXIT_REFUTED = 1
EXIT_BAD_INPUT = 2
EXIT_UNKNOWN = 3


class DeriveError(Exception):
    """Anything that `derive` reports to a person. Each class knows its exit code."""

    exit_code = EXIT_BAD_INPUT


class TermError(DeriveError):
    """An expression that the closed list of heads cannot hold, or that is too large."""


class FormulaError(DeriveError):
    """A text that is not a formula: says the column and what was expected there."""


class DomainError(DeriveError):
    """A domain that cannot be read, is empty, or contradicts another one."""


class RuleDoesNotApply(DeriveError):
    """A rule found nothing to rewrite, or a side condition of it does not hold."""


class DerivationError(DeriveError):
    """A derivation that is empty, or whose pieces do not fit together."""


class CertificateError(DeriveError):
    """A certificate file that cannot be read, has another schema, or was edited."""


class CatalogError(DeriveError):
    """A loss that does not exist, exists twice, or whose file is broken."""


class DataError(DeriveError):
    """Numbers that cannot be used: says the row and the column."""


class FileError(DeriveError):
    """A file that cannot be read or written."""


class MissingExtraError(DeriveError):
    """An optional package is not installed: says which extra installs it."""


class RefutedError(DeriveError):
    """`raise_for_status`: something was refuted."""

    exit_code = EXIT_REFUTED


class UnknownError(DeriveError):
    """`raise_for_status`: nothing was refuted, but something could not be decided."""

    exit_code = EXIT_UNKNOWN
