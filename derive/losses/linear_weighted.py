"""Linear regression, squared error, sample weights"""

from dataclasses import replace

from derive.losses import linear

LOSS = replace(
    linear.LOSS,
    name="linear-weighted",
    title="Linear regression, squared error, sample weights",
    weighted=True,
    description=linear.LOSS.description + " Sample i counts wᵢ ≥ 0 times.",
)
