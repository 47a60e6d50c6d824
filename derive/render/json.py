"""The certificate itself, for machines; `derive replay` reads it back."""

from __future__ import annotations

from derive.certificate import Certificate
from derive.certificate_json import dumps


def render(certificate: Certificate) -> str:
    """The certificate as JSON text."""
    return dumps(certificate)
