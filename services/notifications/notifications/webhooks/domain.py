"""The rules of webhooks: which addresses may be called, how long they are tried, how many secrets
sign. No clock, no database, no network.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import names_a_person

MOST: Final = 10
"""So many webhooks a region has at most: each is sent to by itself, and none waits for another."""
MOST_SECRETS: Final = 5
"""So many secrets sign at once at most."""
OVERLAP: Final = timedelta(hours=24)
"""So long an older secret signs beside the newer one, unless told otherwise."""
TRIED_FOR: Final = timedelta(days=3)
"""Real time for which a receiver may fail; then its webhook is paused, and nothing is lost."""

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


class Status(StrEnum):
    """Whether a webhook is sent to."""

    ACTIVE = "active"
    PAUSED = "paused"


class WhyPaused(StrEnum):
    """Why a webhook is not sent to: somebody asked for it, the receiver has failed for too long, or
    it has said that it is gone (410).
    """

    ASKED = "asked"
    FAILING = "failing"
    GONE = "gone"


class Reason(StrEnum):
    """Why a webhook is not as it was asked for."""

    TOO_MANY_WEBHOOKS = "TOO_MANY_WEBHOOKS"
    TOO_MANY_SECRETS = "TOO_MANY_SECRETS"
    ADDRESS_UNUSABLE = "ADDRESS_UNUSABLE"
    ADDRESS_NOT_ENCRYPTED = "ADDRESS_NOT_ENCRYPTED"
    ADDRESS_NOT_PUBLIC = "ADDRESS_NOT_PUBLIC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that signs, sealed; `until`: an older one, which signs no more then."""

    sealed: str
    until: datetime | None = None


def must_have_room(webhooks: int) -> None:
    """One more beside so many. Raises Refused (TOO_MANY_WEBHOOKS)."""
    if webhooks >= MOST:
        raise Refused(
            Reason.TOO_MANY_WEBHOOKS,
            rule="NTF-4",
            way_on=f"Regionen har {MOST} webhookar. Ta bort en av dem först.",
            most=MOST,
        )


def rotated(
    secrets: Sequence[Secret], sealed: str, *, now: datetime, overlap: timedelta
) -> tuple[Secret, ...]:
    """The secrets when a new one has come: the older ones sign beside it until `overlap` is over,
    and none longer than it would have. Raises Refused (TOO_MANY_SECRETS).
    """
    until = now + overlap
    older = tuple(
        Secret(sealed=one.sealed, until=min(one.until or until, until))
        for one in signing(secrets, now=now)
        if overlap
    )
    if len(older) >= MOST_SECRETS:
        raise Refused(
            Reason.TOO_MANY_SECRETS,
            rule="NTF-4",
            way_on="För många hemligheter signerar redan. Vänta tills den äldsta har slutat, eller"
            " byt utan överlapp: overlap_hours 0.",
            most=MOST_SECRETS,
        )
    return (Secret(sealed=sealed), *older)


def signing(secrets: Sequence[Secret], *, now: datetime) -> tuple[Secret, ...]:
    """Those that sign now, the newest first."""
    return tuple(one for one in secrets if one.until is None or one.until > now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A receiver's address as it is written: `is_bare`, without a user's name and a fragment;
    `said`, what it says where signs are written by their numbers.
    """

    text: str
    said: str
    scheme: str
    host: str
    is_bare: bool


def must_be_callable(named: Address | None, *, allows_loopback: bool) -> None:
    """An address that webhooks may be sent to, as far as it says by itself: where its name leads is
    seen each time it is called. None: it is no address of the web.

    Raises Refused: ADDRESS_UNUSABLE, ADDRESS_NOT_ENCRYPTED, ADDRESS_NOT_PUBLIC (NTF-4).
    """
    if named is None or not named.host or not named.is_bare:
        raise _refused(
            Reason.ADDRESS_UNUSABLE,
            "Ange en hel adress, https://… utan användarnamn och utan #.",
        )
    if names_a_person(named.text) or names_a_person(named.said):
        raise _refused(
            Reason.ADDRESS_UNUSABLE,
            "Adressen får inte ha något som liknar ett personnummer.",
        )
    address = _literal(named.host)
    if address is None and _is_number(named.host):
        raise _refused(
            Reason.ADDRESS_UNUSABLE,
            "Ange en IP-adress som den brukar skrivas, eller ett namn.",
        )
    is_here = named.host == "localhost" or (address is not None and address.is_loopback)
    if is_here and allows_loopback:
        return
    if named.scheme != "https":
        raise _refused(Reason.ADDRESS_NOT_ENCRYPTED, "Ange en adress som börjar med https://.")
    if is_here or (address is not None and not is_public(address)):
        raise _refused(
            Reason.ADDRESS_NOT_PUBLIC,
            "Ange en adress på internet: privata och lokala nät anropas inte härifrån.",
        )


def is_public(address: IpAddress) -> bool:
    """True for an address on the internet. Nothing private, local or reserved is, nor an IPv6
    address that leads to an IPv4 one, nor where a cloud tells its machines their secrets.
    """
    if isinstance(address, ipaddress.IPv6Address):
        is_within = address in _UNICAST and not any(address in net for net in _LEADING_ELSEWHERE)
        return is_within and address.is_global and not address.is_multicast
    is_taken = any(address in net for net in _TAKEN)
    return address.is_global and not address.is_multicast and not is_taken


def may_be_called(address: IpAddress, *, allows_loopback: bool) -> bool:
    """True for an address that a name may lead to."""
    return is_public(address) or (allows_loopback and address.is_loopback)


_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
_LEADING_ELSEWHERE: Final = tuple(
    ipaddress.IPv6Network(one) for one in ("2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20")
)
"""Teredo and what else is of IETF, 6to4, and what stands in books. NAT64 (64:ff9b::/96) and what is
mapped lie outside 2000::/3.
"""
_TAKEN: Final = tuple(
    ipaddress.IPv4Network(one)
    for one in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4")
)
"""Azure's and Oracle's own servers of secrets, the way to 6to4, and what is reserved."""


def _literal(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_number(host: str) -> bool:
    """True of an address in another guise: 2130706433, 0x7f.1, 0177.0.0.1, 127.1. No name ends so
    (RFC 3696), and what reads it reads it each in its own way.
    """
    last = host.removesuffix(".").rpartition(".")[2]
    return last.isdigit() or last.startswith("0x")


def _refused(reason: Reason, way_on: str) -> Refused:
    return Refused(reason, rule="NTF-4", field="url", way_on=way_on)
