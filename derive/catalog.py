"""Finds the losses and the theorems: every file in `losses/` and `theorems/` is one, and its name is the file's name.

A broken file is an error. Names and titles are read without running the files, so that a list of them costs no import
of SymPy.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import CatalogError, DeriveError

if TYPE_CHECKING:
    from derive.joint_loss import JointLoss
    from derive.loss import Loss
    from derive.theorem import Theorem

PACKAGE = "derive.losses"
JOINT = "derive.joint"
THEOREMS = "derive.theorems"
#: what running somebody's broken loss file may raise
_BROKEN = (
    ArithmeticError,
    AttributeError,
    DeriveError,
    ImportError,
    LookupError,
    NameError,
    SyntaxError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the catalog."""

    name: str
    title: str


def names(package: str = PACKAGE) -> tuple[str, ...]:
    """The names of all losses, sorted.

    >>> names()[:2]
    ('absolute', 'beta')
    """
    return tuple(_files(package))


def entries(package: str = PACKAGE) -> tuple[Entry, ...]:
    """Names and titles of all losses (or theorems); a title is the first line of its file's docstring.

    >>> entries()[0]
    Entry(name='absolute', title='Absolute error')
    """
    return tuple(Entry(name, _title(path)) for name, path in _files(package).items())


def load(name: str, package: str = PACKAGE) -> Loss:
    """The loss of this name; a `CatalogError` for a name that is not there, and for a file that is broken.

    >>> load("logistic").link
    'logit'
    """
    found = _files(package)
    if name not in found and package == PACKAGE and name in _files(JOINT):
        raise CatalogError(f"{name!r} has no single raw prediction: it can be shown and verified, not fitted")
    if name not in found:
        raise CatalogError(f"there is no loss {name!r}; {_suggestion(name, tuple(found))}")
    return _loss(name, found[name], package)


def joint_names() -> tuple[str, ...]:
    """The names of the joint losses, of several raw predictions or of coupled rows.

    >>> joint_names()[:2]
    ('cox', 'gaussian-log-variance')
    """
    return tuple(_files(JOINT))


def load_joint(name: str) -> JointLoss:
    """The joint loss of this name; a `CatalogError` for a name that is not there, and for a file that is broken.

    >>> [block.name for block in load_joint("ordinal").blocks]
    ['theta', 'tau']
    """
    from derive.joint_loss import JointLoss

    found = _files(JOINT)
    if name not in found:
        raise CatalogError(f"there is no joint loss {name!r}; {_suggestion(name, tuple(found))}")
    loss = _attribute(found[name], JOINT, "LOSS")
    if not isinstance(loss, JointLoss) or loss.name != name:
        raise CatalogError(f"the loss file {found[name].name} is broken: LOSS is not the joint loss {name!r}")
    return loss


def theorem_names() -> tuple[str, ...]:
    """The names of the theorems that stand on their own; those named like a loss are shown with that loss.

    >>> "update-rule" in theorem_names(), "logistic" in theorem_names()
    (True, False)
    """
    losses = {**_files(PACKAGE), **_files(JOINT)}
    return tuple(name for name in _files(THEOREMS) if name not in losses)


def find(name: str) -> Loss | JointLoss | Theorem:
    """The loss, or the theorem, of this name; a `CatalogError` that suggests one where there is none.

    >>> find("combine").name
    'combine'
    """
    if name in _files(PACKAGE):
        return load(name)
    if name in _files(JOINT):
        return load_joint(name)
    found = theorem(name)
    if found is None:
        known = (*_files(PACKAGE), *_files(JOINT), *theorem_names())
        raise CatalogError(f"there is no {name!r}; {_suggestion(name, known)}")
    return found


def theorem(name: str) -> Theorem | None:
    """The theorem of this name, or None; a `CatalogError` for a file that is broken.

    >>> theorem("combine").title[:14]
    'The split cost'
    """
    path = _files(THEOREMS).get(name)
    if path is None:
        return None
    from derive.theorem import Theorem

    found = _attribute(path, THEOREMS, "THEOREM")
    if not isinstance(found, Theorem) or found.name != name:
        raise CatalogError(f"the file {path.name} is broken: THEOREM is not the theorem {name!r}")
    return found


def _attribute(path: Path, package: str, name: str) -> object:
    try:
        return getattr(importlib.import_module(f"{package}.{path.stem}"), name)
    except _BROKEN as error:
        said = f"the {name.lower()} file {path.name} is broken"
        raise CatalogError(f"{said}: {type(error).__name__}: {error}") from error


def _files(package: str) -> dict[str, Path]:
    """name -> file, sorted. Two files may differ in - and _ only: that is the same name twice."""
    found: dict[str, Path] = {}
    for path in sorted(_folder(package).glob("*.py")):
        name = path.stem.replace("_", "-")
        if path.stem.startswith("_"):
            continue
        if name in found:
            raise CatalogError(f"the loss {name!r} is there twice: {found[name].name} and {path.name}; rename one")
        found[name] = path
    if not found:
        raise CatalogError(f"{package} holds no loss at all: the installation is incomplete")
    return dict(sorted(found.items()))


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise CatalogError(f"the package {package} is missing: the installation is incomplete")
    return Path(spec.submodule_search_locations[0])


def _title(path: Path) -> str:
    try:
        doc = ast.get_docstring(ast.parse(path.read_bytes()))
    except (OSError, SyntaxError, ValueError) as error:
        raise CatalogError(f"cannot read the loss file {path.name}: {error}") from None
    if not doc:
        raise CatalogError(f"the loss file {path.name} has no docstring; its first line is the title")
    return doc.splitlines()[0]


def _suggestion(name: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(name.lower().replace("_", "-"), known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"`derive list` shows the {len(known)} names"


def _loss(name: str, path: Path, package: str) -> Loss:
    from derive.loss import Loss

    loss = _attribute(path, package, "LOSS")
    if not isinstance(loss, Loss):
        raise CatalogError(f"the loss file {path.name} is broken: LOSS is {type(loss).__name__}, not a Loss")
    if loss.name != name:
        raise CatalogError(f"the loss file {path.name} holds the loss {loss.name!r}; rename the file or the loss")
    return loss
