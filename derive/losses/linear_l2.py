"""Linear regression, squared error, L2 penalty"""

from dataclasses import replace

from derive.losses import linear

LOSS = replace(
    linear.LOSS,
    name="linear-l2",
    title="Linear regression, squared error, L2 penalty",
    penalty="l2",
    description=linear.LOSS.description + " The penalty λ/(2m) Σ θₖ² leaves the bias θ₀ alone.",
)
