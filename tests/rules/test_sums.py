"""The term that a Kronecker delta leaves, compared with sums that are written out."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derive import symbols as s
from derive.errors import RuleDoesNotApply
from derive.rules.sums import index_range, is_index, term_of_a_delta

DELTA = sp.KroneckerDelta(s.j, s.k)


@given(size=st.integers(1, 5), first=st.integers(0, 2), data=st.data())
def test_the_term_is_the_sum_written_out(size: int, first: int, data: st.DataObject) -> None:
    """For every small n and every j the term that is left equals the sum, also where the sum leaves j out."""
    at = data.draw(st.integers(0, size - 1))
    found = term_of_a_delta(sp.Sum((s.k + 1) ** 2 * DELTA, (s.k, first, s.n - 1)))
    written_out = sum((k + 1) ** 2 for k in range(first, size) if k == at)
    assert found.subs({s.j: at, s.n: size}) == written_out


@pytest.mark.parametrize(
    "wrong",
    [
        sp.Sum(s.theta[s.k, 0] * sp.KroneckerDelta(s.i, s.k), (s.k, 0, s.n - 1)),
        sp.Sum(s.theta[s.k, 0] * DELTA, (s.k, 0, s.n - 2)),
        sp.Sum(s.theta[s.k, 0] * DELTA, (s.k, s.l, s.n - 1)),
        sp.Sum(s.theta[s.k, 0] * DELTA, (s.k, -1, s.n - 1)),
        sp.Sum(s.theta[s.k, 0] * sp.KroneckerDelta(s.k, s.m), (s.k, 0, s.n - 1)),
    ],
)
def test_an_index_that_may_lie_outside_is_refused(wrong: sp.Sum) -> None:
    """Picking the term needs that the other index is one of the sum's, or that the missing ones can be named."""
    with pytest.raises(RuleDoesNotApply, match="may lie outside"):
        term_of_a_delta(wrong)


def test_a_sum_without_a_delta_of_its_index_is_refused() -> None:
    """A delta of two other indices picks nothing."""
    for body in (s.theta[s.k, 0], s.theta[s.k, 0] * sp.KroneckerDelta(s.j, s.l)):
        with pytest.raises(RuleDoesNotApply, match="nothing to rewrite"):
            term_of_a_delta(sp.Sum(body, (s.k, 0, s.n - 1)))


def test_ranges_of_indices_by_name() -> None:
    """i counts samples, j, k, l count parameters, everything else is no index."""
    assert index_range(s.i) == (0, s.m - 1)
    assert is_index(s.j, sp.S.Zero, s.n - 1)
    assert not is_index(s.i, sp.S.Zero, s.n - 1)
    assert index_range(s.m) is None
    assert index_range(s.j + 1) is None
