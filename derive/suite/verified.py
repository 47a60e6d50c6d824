"""The certificates of the catalog in the cache: each is checked again as `derive replay` does, without SymPy.

An entry is named by the loss and by the package's own files (the loss's, the rules', all of them), so another text of
the loss is another entry. What is proved is checked again; the numeric agreement, and that each rule gives its step,
are as they were recorded.
"""

from __future__ import annotations

from derive.certificate import Certificate
from derive.certificate_json import encode, record_from_json
from derive.errors import CertificateError
from derive.replay import replay_certificate
from derive.suite.cache import Cache
from derive.terms.json import Json


def from_cache(name: str, cache: Cache) -> tuple[Certificate | None, str]:
    """The certificate of a loss, if everything that it says is proved again; else why it is not used."""
    found = cache.get(_claim(name))
    if found.body is None:
        return None, found.why
    try:
        again = replay_certificate(record_from_json(Certificate, found.body))
    except CertificateError as error:
        return None, f"its entry in the cache does not hold: {error}"
    if again.name != name or again.status != again.certificate.status:
        return None, "its entry in the cache does not come out as it was recorded"
    return again.found, ""


def into_cache(name: str, certificate: Certificate, cache: Cache) -> str:
    """Keep a certificate that decides; says why where that is not possible."""
    return cache.put(_claim(name), encode(certificate)) if certificate.status != "unknown" else ""


def _claim(name: str) -> Json:
    return {"kind": "verify", "loss": name}
