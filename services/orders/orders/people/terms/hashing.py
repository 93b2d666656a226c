"""A term as it is stored: a keyed hash, which says nothing of it without the key."""

import hashlib
import hmac

from kvitt_contracts.types import RegionCode

from orders.people.number_index import person_keys
from orders.people.terms.domain import Term

_BYTES = 16  # of 32: two of a region's terms are never the same by chance


def hash_of(term: Term, *, region: RegionCode, key: bytes | None = None) -> bytes:
    """The hash of a term in a region, by the current key unless told; regions' cannot be compared,
    nor a word with a postal code.
    """
    kind, text = term
    named = f"term/{region}/{kind}/{text}".encode()
    return hmac.digest(key or person_keys().every()[0], named, hashlib.sha256)[:_BYTES]


def hashes_of(term: Term, *, region: RegionCode) -> tuple[bytes, ...]:
    """The hashes that a term may have, while terms are re-keyed."""
    return tuple(hash_of(term, region=region, key=key) for key in person_keys().every())
