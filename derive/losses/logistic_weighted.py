"""Logistic regression, log loss, sample weights"""

from dataclasses import replace

from derive.losses import logistic

LOSS = replace(
    logistic.LOSS,
    name="logistic-weighted",
    title="Logistic regression, log loss, sample weights",
    weighted=True,
    description=logistic.LOSS.description + " Sample i counts wᵢ ≥ 0 times.",
)
