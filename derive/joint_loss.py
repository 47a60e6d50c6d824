"""A joint loss: several raw predictions in a row, or rows that are coupled. A joint loss file is data.

A `Loss` has one raw prediction zᵢ, and its cost adds up ℓ(hᵢ, yᵢ). Here the whole cost J is given, in several blocks of
parameters; each block has a gradient of its own, and each pair of blocks a part of the Hessian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import sympy as sp

from derive import symbols as s
from derive.domain import Range
from derive.errors import DerivationError
from derive.writing import written

if TYPE_CHECKING:
    from derive.theorem import Statement


@dataclass(frozen=True)
class Block:
    """A block of parameters, with the indices of the entry of its gradient, and those of a second differentiation."""

    array: sp.MatrixSymbol
    first: tuple[sp.Symbol, ...]
    second: tuple[sp.Symbol, ...]

    @property
    def name(self) -> str:
        """The name of the array."""
        return str(self.array.name)

    @property
    def entry(self) -> sp.Expr:
        """The entry that the gradient is taken by, such as θⱼ or Θⱼ꜀."""
        return s.entry(self.array, *self.first)

    @property
    def other(self) -> sp.Expr:
        """The entry that the gradient is differentiated by, such as θₗ."""
        return s.entry(self.array, *self.second)


THETA = Block(s.theta, (s.j,), (s.l,))
ETA = Block(s.eta, (s.j,), (s.l,))
CLASSES = Block(s.Theta, (s.j, s.class_c), (s.l, s.class_d))
CUTS = Block(s.tau, (s.b,), (s.cut_q,))


@dataclass(frozen=True)
class Short:
    """A short name for an expression, for print: `name` with `indices` stands for `value`."""

    name: str
    indices: tuple[sp.Symbol, ...]
    value: sp.Expr
    says: str


@dataclass(frozen=True)
class JointLoss:
    """The cost J of the `blocks` of parameters, with m samples, n features and K classes as symbols.

    `formula` is J, written in `symbols`, its sum over the samples outside. `own` are the ranges of the data of this
    loss, and `data` the names of the arguments that the compiled functions take beside X. `constant_to_optimal_zero`
    is the term that was dropped from the cost of a sample. `convex` says whether J is convex in all parameters
    together; `statements`, or the theorem of the same name, show it. `has_bias`: the first column of X is 1.
    """

    name: str
    title: str
    formula: sp.Expr
    blocks: tuple[Block, ...]
    data: tuple[str, ...]
    own: Mapping[str, Range] = field(hash=False)
    link: str
    constant_to_optimal_zero: str
    reference: str
    description: str
    convex: bool
    has_bias: bool = True
    notation: tuple[Short, ...] = ()
    statements: tuple[Statement, ...] = field(default=(), hash=False)

    def __post_init__(self) -> None:
        missing = [b.name for b in self.blocks if not self.formula.has(b.array)]
        others = sorted(str(p) for p in s.PARAMETER_ARRAYS - {b.array for b in self.blocks} if self.formula.has(p))
        if missing or others or not self.blocks:
            said = f"without {missing[0]}" if missing else f"with {others[0]}, which is no block" if others else "alone"
            raise DerivationError(f"the cost of {self.name!r} stands there {said}: its blocks are its parameters")

    @cached_property
    def cost(self) -> sp.Expr:
        """J, in written order."""
        return written(self.formula)

    @property
    def ranges(self) -> dict[str, Range]:
        """The ranges of all names in its derivations."""
        return {**s.RANGES, **s.JOINT_RANGES, **self.own}

    @property
    def words(self) -> dict[str, str]:
        """What the names are, in words."""
        return {**s.WORDS, **s.JOINT_WORDS, **({} if self.has_bias else s.WITHOUT_BIAS)}
