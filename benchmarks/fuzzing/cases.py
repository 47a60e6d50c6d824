"""One random claim from one seed, and what is to be said against the prover's answer to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from derive.certificate import Proved, Refuted, Unknown, Verdict
from derive.errors import TermError
from derive.prove import prove_terms
from derive.terms.term import Term, make, sym
from fuzzing.judge import confirmed, look, places
from fuzzing.rewrites import gated, hidden, mutate, rewrite, somewhere
from fuzzing.terms import DOMAIN, Maker

CONTRADICTION = "contradict"
SLOW = 4.0  # seconds of this process: twice the budget


@dataclass(frozen=True)
class Claim:
    """Two terms; `true` when they are equal wherever both are defined, by the way in which they were made.

    The prover is asked about the two in a frame, which hides them from a quick look.
    """

    left: Term
    right: Term
    true: bool
    frame: Callable[[Term], Term] = gated

    @property
    def asked(self) -> tuple[Term, Term]:
        """What the prover is asked."""
        return self.frame(self.left), self.frame(self.right)


def plain(t: Term) -> Term:
    """No frame."""
    return t


@dataclass(frozen=True)
class Outcome:
    """The status, `unanswerable` for an unknown that is the right answer; the time; what is wrong with the verdict."""

    status: str
    seconds: float
    complaint: str = ""
    wrong: bool = False


def claim(rng: Random) -> Claim:
    """Both sides are rewritten from one start; half of the time one is then mutated; some are differentiated."""
    g = Maker(rng)
    left = right = g.term(rng.choice((1, 2, 2, 3, 3, 4)))
    for _ in range(rng.randint(0, 2)):
        left = somewhere(g, left, rewrite)
    for _ in range(rng.randint(1, 4)):
        right = somewhere(g, right, rewrite)
    other = somewhere(g, right, mutate) if rng.random() < 0.5 else right
    sides = [left, other]
    for _ in range(rng.choice((0,) * 17 + (1, 1, 2))):
        sides = [make("diff", t, sym("x")) for t in sides]
    rng.shuffle(sides)
    return Claim(*sides, true=other == right, frame=rng.choice((plain, plain, gated, hidden)))


def judged(c: Claim, points: int, seed: int = 0) -> Outcome:
    """What the prover says of a claim, and whether that is right.

    It is looked at only where it could be wrong: a claim that is true by its making can be refuted, or proved without a
    word on different domains; one that was mutated can be proved, or refuted where there is no value; an unknown cannot
    be wrong.
    """
    start = time.process_time()
    verdict = prove_terms(*c.asked, DOMAIN)
    seconds = time.process_time() - start
    wrong = _complaint(c, verdict, points, seed)
    status = "unanswerable" if isinstance(verdict, Unknown) and _unanswerable(c, points, seed) else verdict.status
    return Outcome(status, seconds, wrong or (f"takes {seconds:.1f} s" if seconds > SLOW else ""), bool(wrong))


def _unanswerable(c: Claim, points: int, seed: int) -> bool:
    """Is unknown the right answer? So it is where no rational point can be a witness, or no point has both values."""
    if c.frame is hidden and not c.true:
        return True
    return not look(c.left, c.right, places((c.left, c.right), DOMAIN, seed, points)).both


def _complaint(c: Claim, verdict: Verdict, points: int, seed: int) -> str:
    if isinstance(verdict, Refuted):
        if c.true:
            return f"a true claim is refuted at {verdict.witness}"
        return f"no witness: {verdict.witness}" if confirmed(*c.asked, DOMAIN, verdict.witness) is False else ""
    if isinstance(verdict, Proved):
        if c.true and verdict.domains_differ:
            return ""
        count = max(1, points // 3) if c.true else points
        seen = look(c.left, c.right, places((c.left, c.right), DOMAIN, seed, count))
        if seen.differs:
            return f"a false claim is proved: see {seen.differs}"
        if seen.one_sided and not verdict.domains_differ:
            return f"the domains differ without a word: see {seen.one_sided}"
        return ""
    return verdict.reason if CONTRADICTION in verdict.reason else ""


def from_seed(seed: int, points: int = 30) -> tuple[Claim | None, Outcome]:
    """The claim of a seed, judged; no claim where the terms grow too large."""
    try:
        c = claim(Random(seed))
    except TermError:
        return None, Outcome("too large", 0.0)
    return c, judged(c, points, seed)
