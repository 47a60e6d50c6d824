"""Logistic regression, log loss, L2 penalty"""

from dataclasses import replace

from derive.losses import logistic

LOSS = replace(
    logistic.LOSS,
    name="logistic-l2",
    title="Logistic regression, log loss, L2 penalty",
    penalty="l2",
    description=logistic.LOSS.description + " The penalty λ/(2m) Σ θₖ² leaves the bias θ₀ alone.",
)
