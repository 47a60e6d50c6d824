"""What a derivation claims: mostly refusals of claims that speak of less than they seem to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from derive.certificate import CheckedDerivation, CheckedStep, Unknown
from derive.claim import check_chain, equality
from derive.errors import DerivationError
from derive.terms.term import Term, at, make, num, sym

J, L, M, N = map(sym, "jlmn")
COST = make("pow", at("theta", num(0)), num(2))
ENTRY = at("theta", J)
VECTOR = make("matrix", sym("theta"), N, num(1))
SQUARE = make("matrix", sym("A"), N, N)
DOMAIN = {"theta": "real", "j": "0..n-1", "l": "0..n-1", "m": "integer (0, oo)", "n": "integer (0, oo)", "X": "real"}


def derivation(kind: Any, start: Term, *results: Term, indices: tuple[str, ...]) -> CheckedDerivation:
    """A derivation whose steps nobody has checked."""
    steps = tuple(CheckedStep("r", "a = b", "", result, True, Unknown("")) for result in results)
    return CheckedDerivation(kind, kind, kind, start, steps, indices)


FIRST = derivation("gradient", make("diff", COST, at("theta", J)), ENTRY, VECTOR, indices=("j",))
SECOND = derivation("hessian", make("diff", ENTRY, at("theta", L)), num(1), SQUARE, indices=("j", "l"))


def test_a_whole_chain_passes() -> None:
    """Cost, gradient, Hessian, for every size."""
    check_chain((FIRST, SECOND), COST, DOMAIN)


def test_whole_matrices_are_compared_by_their_entries() -> None:
    """A scalar stays; a column has the entry (j, 0), a matrix (j, l)."""
    assert equality(ENTRY, VECTOR, ("j",)) == (ENTRY, make("entry", VECTOR, J, num(0)))
    assert equality(SQUARE, ENTRY, ("j", "l")) == (make("entry", SQUARE, J, L), ENTRY)
    assert equality(ENTRY, num(0), ()) == (ENTRY, num(0))


@pytest.mark.parametrize("indices", [(), ("i", "j", "k")])
def test_a_matrix_needs_a_row_and_at_most_a_column(indices: tuple[str, ...]) -> None:
    """Without an index there is no entry to compare."""
    with pytest.raises(DerivationError, match="needs a row index"):
        equality(ENTRY, VECTOR, indices)


def test_a_matrix_must_not_depend_on_the_index_of_its_entries() -> None:
    """δⱼ₀ v would be another vector for each entry."""
    with pytest.raises(DerivationError, match="depends on the index j"):
        equality(ENTRY, make("scale", make("delta", J, num(0)), VECTOR), ("j",))
    bound = make("entries", make("delta", J, L), J, L, N, N)
    assert equality(ENTRY, bound, ("j", "l"))[1].head == "entry"


def _ending(d: CheckedDerivation, result: Term) -> CheckedDerivation:
    """The same derivation with another last result."""
    return replace(d, steps=(*d.steps[:-1], replace(d.steps[-1], result=result)))


REFUSED = [
    ((), DOMAIN, "0 derivations of the gradient"),
    ((FIRST,), DOMAIN, "0 derivations of the hessian"),
    ((FIRST, FIRST, SECOND), DOMAIN, "2 derivations of the gradient"),
    ((FIRST, replace(SECOND, steps=())), DOMAIN, "has no steps"),
    ((replace(FIRST, steps=FIRST.steps[:1]), SECOND), DOMAIN, "not the whole gradient"),
    ((_ending(FIRST, make("transpose", VECTOR)), SECOND), DOMAIN, "gradient has 1 rows and n columns"),
    ((_ending(FIRST, SQUARE), SECOND), DOMAIN, "gradient has n rows and n columns"),
    ((FIRST, _ending(SECOND, VECTOR)), DOMAIN, "hessian has n rows and 1 columns"),
    ((replace(FIRST, indices=("j", "l")), SECOND), DOMAIN, "1 different ones are needed"),
    ((replace(FIRST, indices=("j", "j")), SECOND), DOMAIN, "1 different ones are needed"),
    ((FIRST, replace(SECOND, indices=("j", "j"))), DOMAIN, "2 different ones are needed"),
    ((replace(FIRST, start=ENTRY), SECOND), DOMAIN, "gradient starts from another"),
    ((replace(FIRST, indices=("l",)), SECOND), DOMAIN, "gradient starts from another"),
    ((FIRST, replace(SECOND, start=ENTRY)), DOMAIN, "hessian starts from another"),
    ((FIRST, replace(SECOND, indices=("l", "j"))), DOMAIN, "hessian starts from another"),
    # ∂²J/∂θⱼ∂θₗ as the entry (i, l): row j would be shown as every row
    ((FIRST, replace(SECOND, indices=("i", "l"))), {**DOMAIN, "i": "0..n-1"}, "hessian starts from another"),
    ((FIRST, replace(SECOND, start=make("diff", VECTOR, at("theta", L)))), DOMAIN, "hessian starts from another"),
    *(
        ((FIRST, SECOND), {**DOMAIN, name: text}, f"{name} is .*, (not|which)")
        for name, text in [
            ("j", "0..0"),
            ("j", "1..n-1"),
            ("l", "{0}"),
            ("m", "{1}"),
            ("m", "integer (0, 3]"),
            ("n", "[1, 1]"),
            ("n", "integer (1, oo)"),
            ("theta", "[0, 1]"),
            ("X", "{0}"),
        ]
    ),
    ((FIRST, SECOND), {k: v for k, v in DOMAIN.items() if k != "j"}, "j is real here, not 0..n-1"),
]


@pytest.mark.parametrize(("chain", "domain", "reason"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_a_chain_that_speaks_of_less_is_refused(chain: Any, domain: dict[str, str], reason: str) -> None:
    """Missing parts, other starts, other indices, fewer sizes or fewer points: each with its reason."""
    with pytest.raises(DerivationError, match=reason):
        check_chain(chain, COST, domain)


# -- a loss with two blocks of parameters
P = sym("p")
BOTH = make("mul", at("theta", num(0)), at("eta", num(0)))
LATER = at("eta", J)
BY_THETA = derivation("gradient", make("diff", BOTH, at("theta", J)), ENTRY, VECTOR, indices=("j",))
OTHER = make("matrix", sym("eta"), N, num(1))
BY_ETA = derivation("gradient", make("diff", BOTH, at("eta", P)), make("mul", num(2), LATER), OTHER, indices=("p",))


def part(entry: Term, block: str, indices: tuple[str, str]) -> CheckedDerivation:
    """One part of the Hessian."""
    return derivation("hessian", make("diff", entry, at(block, sym(indices[1]))), num(1), SQUARE, indices=indices)


PARTS = (
    part(ENTRY, "theta", ("j", "l")),
    part(ENTRY, "eta", ("j", "q")),
    part(make("mul", num(2), LATER), "eta", ("p", "q")),
)
RANGES = {**DOMAIN, "eta": "real", "p": "0..n-1", "q": "0..n-1"}
CHAIN = (BY_THETA, BY_ETA, *PARTS)


def without(*left: CheckedDerivation) -> tuple[CheckedDerivation, ...]:
    """The chain without some of its parts."""
    return tuple(d for d in CHAIN if d not in left)


def test_a_chain_with_two_blocks_passes() -> None:
    """A gradient for each block, and a part of the Hessian for each pair, in any order."""
    check_chain(CHAIN, BOTH, RANGES)
    check_chain(CHAIN[::-1], BOTH, RANGES)


NOT_JOINT = [
    (without(BY_ETA), RANGES, "1 derivations of the gradient"),
    ((*without(BY_ETA), BY_THETA), RANGES, "gradient starts from another|1 different"),
    *((without(d), RANGES, "2 derivations of the hessian; there must be 3") for d in PARTS),
    *(
        ((*without(d), PARTS[n - 1]), RANGES, "derivations of the hessian in|starts from another")
        for n, d in enumerate(PARTS)
    ),
    ((*without(PARTS[1]), part(ENTRY, "theta", ("j", "q"))), RANGES, "derivations of the hessian in"),
    ((*without(PARTS[1]), part(BOTH, "eta", ("j", "q"))), RANGES, "derivations of the hessian in"),
    ((*without(PARTS[1]), replace(PARTS[1], indices=("p", "q"))), RANGES, "starts from another"),
    ((*without(PARTS[1]), replace(PARTS[1], indices=("q", "j"))), RANGES, "starts from another"),
    ((*without(PARTS[1]), part(ENTRY, "eta", ("j", "j"))), RANGES, "different ones are needed"),
    ((*without(PARTS[1]), _ending(PARTS[1], VECTOR)), RANGES, "hessian has n rows and 1 columns"),
    ((*without(BY_ETA), _ending(BY_ETA, SQUARE)), RANGES, "gradient has n rows and n columns"),
    *(
        (CHAIN, {**RANGES, name: text}, f"{name} is .*, (not|which)")
        for name, text in [("p", "0..0"), ("q", "real"), ("eta", "positive"), ("j", "0..1")]
    ),
    (CHAIN, {**{k: v for k, v in RANGES.items() if k != "eta"}, "eta, x": "one-hot"}, "add up to 1"),
    (
        CHAIN,
        {**{k: v for k, v in RANGES.items() if k != "theta"}, "theta": "simplex(n)"},
        "add up to 1|is .*, (not|which)",
    ),
]


@pytest.mark.parametrize(("chain", "domain", "reason"), NOT_JOINT, ids=[str(n) for n in range(len(NOT_JOINT))])
def test_a_joint_chain_that_speaks_of_less_is_refused(chain: Any, domain: dict[str, str], reason: str) -> None:
    """A pair that is missing or there twice, another block, other indices, fewer points."""
    with pytest.raises(DerivationError, match=reason):
        check_chain(chain, BOTH, domain)


def test_no_variable_of_the_cost_counts_entries() -> None:
    """Where the cost has a j of its own, ∂/∂θⱼ would speak of that one."""
    cost = make("mul", BOTH, sym("j"))
    chain = tuple(replace(d, start=make("diff", cost, d.start.args[1])) if d.kind == "gradient" else d for d in CHAIN)
    with pytest.raises(DerivationError, match="depends on j"):
        check_chain(chain, cost, RANGES)


# -- blocks with two indices, and of another length
K, Q = map(sym, "kq")
SIZE = sym("K")
MATRIX = make("pow", make("at", sym("Theta"), num(0), num(0)), num(2))


def second(*by: Term) -> CheckedDerivation:
    """The Hessian in Θ, by the entry at these indices."""
    start = make("diff", make("at", sym("Theta"), J, K), make("at", sym("Theta"), *by))
    return derivation("hessian", start, num(1), SQUARE, indices=("j", by[0].name if by[0].head == "sym" else "l"))


ROWS = derivation(
    "gradient",
    make("diff", MATRIX, make("at", sym("Theta"), J, K)),
    make("at", sym("Theta"), J, K),
    make("matrix", sym("Theta"), N, SIZE),
    indices=("j", "k"),
)
CLASSES = {**DOMAIN, "Theta": "real", "K": "integer [2, oo)", "k": "0..K-1", "q": "0..K-1"}


def test_a_block_with_two_indices() -> None:
    """Every entry by every other: four different indices with their ranges."""
    check_chain((ROWS, second(L, Q)), MATRIX, CLASSES)
    check_chain((ROWS, second(L, Q)), MATRIX, {**CLASSES, "K": "integer (0, oo)"})
    for by, reason in (
        ((L, K), "different ones"),
        ((L, num(0)), "starts from another"),
        ((L,), "starts from|different"),
    ):
        with pytest.raises(DerivationError, match=reason):
            check_chain((ROWS, second(*by)), MATRIX, CLASSES)
    for name, said in (("k", "0..n-1"), ("q", "0..K-2"), ("j", "0..K-1"), ("Theta", "[0, 1]"), ("q", "real")):
        with pytest.raises(DerivationError, match=f"{name} is .*, (not|which)"):
            check_chain((ROWS, second(L, Q)), MATRIX, {**CLASSES, name: said})
    with pytest.raises(DerivationError, match="rows and K columns"):
        check_chain((_ending(ROWS, make("matrix", sym("Theta"), SIZE, SIZE)), second(L, Q)), MATRIX, CLASSES)


def test_a_block_of_thresholds() -> None:
    """τ has K − 1 entries."""
    cost = at("tau", num(0))
    less = make("add", num(-1), SIZE)
    block = make("matrix", sym("tau"), less, num(1))
    first = derivation("gradient", make("diff", cost, at("tau", J)), at("tau", J), block, indices=("j",))
    twice = derivation(
        "hessian",
        make("diff", at("tau", J), at("tau", L)),
        *(num(1), make("matrix", sym("A"), less, less)),
        indices=("j", "l"),
    )
    ranges = {**CLASSES, "tau": "real", "j": "0..K-2", "l": "0..K-2"}
    check_chain((first, twice), cost, ranges)
    for wrong in ({**ranges, "j": "0..K-1"}, {**ranges, "l": "0..n-1"}, {**ranges, "tau": "positive"}):
        with pytest.raises(DerivationError, match=r"is .*, (not|which)"):
            check_chain((first, twice), cost, wrong)
    with pytest.raises(DerivationError, match="K rows"):
        check_chain((_ending(first, make("matrix", sym("tau"), SIZE, num(1))), twice), cost, ranges)


DATA = [
    ("Y", "{0, 1}", True),
    ("Y", "{1}", False),
    ("R", "real", True),
    ("R", "positive", False),
    ("e", "{0, 1}", True),
    ("e", "{0}", False),
    ("K", "integer [2, oo)", True),
    ("K", "integer (0, oo)", True),
    ("K", "integer [3, oo)", False),
    ("Y", "real", True),
]


@pytest.mark.parametrize(("name", "said", "general"), DATA)
def test_what_data_may_be(name: str, said: str, general: bool) -> None:
    """Labels, ranks, events and the number of classes, where the cost depends on them."""
    cost = make("mul", COST, sym(name))
    chain = (replace(FIRST, start=make("diff", cost, at("theta", J))), SECOND)
    if general:
        check_chain(chain, cost, {**DOMAIN, name: said})
        return
    with pytest.raises(DerivationError, match=f"{name} is .*, (not|which)"):
        check_chain(chain, cost, {**DOMAIN, name: said})
    check_chain((FIRST, SECOND), COST, {**DOMAIN, name: said})


def test_a_gradient_has_an_index() -> None:
    """Without one it says nothing, and two are too many for a vector."""
    for indices in ((), ("j", "k")):
        with pytest.raises(DerivationError, match="1 different ones"):
            check_chain((replace(FIRST, indices=indices), SECOND), COST, {**DOMAIN, "k": "real"})
    with pytest.raises(DerivationError, match="add up to 1"):
        check_chain((FIRST, SECOND), COST, {**{k: v for k, v in DOMAIN.items() if k != "X"}, "X, x": "one-hot"})


def test_labels_of_different_samples_are_independent() -> None:
    """Labels in {0, 1} are general; labels of which exactly one is 1 are not."""
    cost = make("mul", COST, sym("Y"))
    chain = (replace(FIRST, start=make("diff", cost, at("theta", J))), SECOND)
    for described in ({"Y, z": "one-hot"}, {"Y": "one-hot(n)"}):
        with pytest.raises(DerivationError, match=r"Y is (one.* here, not real|in one-hot.n., which may be empty)"):
            check_chain(chain, cost, {**DOMAIN, **described})


def test_a_cost_without_parameters_is_not_general() -> None:
    """θ must be there: any real numbers."""
    cost = num(2)
    chain = (replace(FIRST, start=make("diff", cost, at("theta", J))), SECOND)
    check_chain(chain, cost, DOMAIN)
    with pytest.raises(DerivationError, match="theta is"):
        check_chain(chain, cost, {**DOMAIN, "theta": "positive"})
