"""A second opinion on the prover: random claims, true rewritings, mutations, and values by mpmath."""
