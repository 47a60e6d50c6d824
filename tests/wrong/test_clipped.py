"""Clipped ratios, hinges of sums: where two branches are one function, and what is thin for every size."""

from __future__ import annotations

import pytest

from derive.prove import prove

SHARE = {"ep": "(0, 1)"}
_CLIPPED = "diff(min(r*G,min(max(r,1-ep),1+ep)*G),r)"
SIZES = {"n": "positive integer", "d": "positive integer", "a": "0..n-1", "b": "0..d-1", "ga": "positive"}
_HINGE = "diff(sum(max(0,ga-sum(Z[i,j]**2,i,0,n-1)/n),j,0,d-1),Z[a,b])"
_SPREAD = "sum(Z[i,b]**2,i,0,n-1)/n"

WRONG: dict[str, tuple[str, str, dict[str, str]]] = {
    "no loss from below": (_CLIPPED, "where((G>0)&(r>1+ep),0,G)", SHARE),
    "clipped on both sides": (_CLIPPED, "where((r>1+ep)|(r<1-ep),0,G)", SHARE),
    "one point in the middle": (_CLIPPED, "where((G>0)&(r>1+ep)|(G<0)&(r<1-ep),0,G)+where(r==1,1,0)", SHARE),
    "where nothing is gained": (_CLIPPED, "where(G==0,1,where((G>0)&(r>1+ep)|(G<0)&(r<1-ep),0,G))", SHARE),
    "the smaller of two that touch": ("diff(min(z**2,0)-min(0,z**3),z)", "where(z<0,1,0)", {}),
    "hinge, never met": (_HINGE, "-2*Z[a,b]/n", SIZES),
    "hinge, always": (_HINGE, "0", SIZES),
    "hinge, condition turned": (_HINGE, f"where({_SPREAD}>ga,-2*Z[a,b]/n,0)", SIZES),
    "hinge without a size": (_HINGE, f"where({_SPREAD}<ga,-2*Z[a,b],0)", SIZES),
    "a hinge that is always met": (
        "diff(sum(max(0,ga*(n-n)-0*sum(Z[i,j]**2,i,0,n-1)/n),j,0,d-1),Z[a,b])",
        "1",
        SIZES,
    ),
    "a hinge met for one size": (
        "diff(sum(max(0,(n-2)*sum(Z[i,j]**2,i,0,n-1)),j,0,d-1),Z[a,b])",
        "where(n>2,2*(n-2)*Z[a,b],where(n==2,5,0))",
        SIZES,
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name: str) -> None:
    """None of these is proved."""
    assert prove(*WRONG[name]).status != "proved"


RIGHT: dict[str, tuple[str, str, dict[str, str]]] = {
    "clipped ratio": (_CLIPPED, "where((G>0)&(r>1+ep)|(G<0)&(r<1-ep),0,G)", SHARE),
    "by the smaller one": (_CLIPPED, "where(r*G<=min(max(r,1-ep),1+ep)*G,G,0)", SHARE),
    "hinge of a spread": (_HINGE, f"where({_SPREAD}<ga,-2*Z[a,b]/n,0)", SIZES),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right(name: str) -> None:
    """The claims that these are taken from are proved."""
    assert prove(*RIGHT[name]).status == "proved"


def test_regions_without_a_point_are_not_spoken_of() -> None:
    """What is positive by its form is so once it is multiplied out: a note names no region where it is not."""
    spread = "e+sum((Z[i]-sum(Z[q],q,0,n-1)/n)**2,i,0,n-1)/n"
    loss = f"diff(max(0,ga-sqrt({spread})),Z[a])"
    slope = f"where(sqrt({spread})<ga,-(Z[a]-sum(Z[q],q,0,n-1)/n)/(n*sqrt({spread})),0)"
    verdict = prove(loss, slope, SIZES | {"e": "positive"})
    assert verdict.status == "proved"
    assert not any("is not nonnegative" in note for note in verdict.notes)
