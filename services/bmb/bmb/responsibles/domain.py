"""The rules of who answers for a service point: who may, who is told, who may say so. No clock, no
database.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kvitt_contracts.bmb import ResponsiblesEvent, ResponsiblesSet
from kvitt_contracts.copying import same_fields
from kvitt_contracts.refusals import Refused
from kvitt_contracts.responsibles import MainResponsible
from kvitt_contracts.types import RegionCode, Role, ServicePointId, UserId, identify

from bmb.register.domain import User

ACKNOWLEDGING: Final = frozenset({Role.PRESCRIBER, Role.REQUESTER})
"""Roles of which one is needed to answer for a service point."""


class Reason(StrEnum):
    """What is wrong with who is to answer for a service point, or with who says so."""

    NOT_RESPONSIBLE = "NOT_RESPONSIBLE"
    ASKED_BY_MISSING = "ASKED_BY_MISSING"
    NOT_A_SERVICE_POINT = "NOT_A_SERVICE_POINT"
    NOT_AT_SERVICE_POINT = "NOT_AT_SERVICE_POINT"
    TWICE_RESPONSIBLE = "TWICE_RESPONSIBLE"
    ABSENCE_INCOMPLETE = "ABSENCE_INCOMPLETE"
    ABSENCE_ENDS_FIRST = "ABSENCE_ENDS_FIRST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named(MainResponsible):
    """Who is to answer for a service point, as somebody says it: a main responsible with a stand-in
    for days of absence, and substitutes.
    """

    substitutes: tuple[UserId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibles(Named):
    """Who answers for a service point. There is one main, or none."""

    service_point: ServicePointId

    @property
    def is_vacant(self) -> bool:
        """True while there is no main responsible: it has been set before."""
        return self.main is None


def responsibles_id(region: RegionCode, service_point: str) -> UUID:
    """The id of a service point's responsibles."""
    return identify(region, "responsibles", service_point)


# decision 0051: where nobody is named, whoever works there
def who_acts(responsibles: Responsibles | None, *, on: date) -> tuple[UserId, ...]:
    """Who may acknowledge for the service point on a Stockholm day: its main, on days of absence
    the stand-in, its substitutes (BMB-9, BMB-10). None of them: whoever works there.
    """
    if responsibles is None:
        return ()
    first = (responsibles.main, responsibles.stand_in if responsibles.is_absent(on) else None)
    named = (*(one for one in first if one is not None), *responsibles.substitutes)
    return tuple(dict.fromkeys(named))


def contact(responsibles: Responsibles | None, *, on: date) -> UserId | None:
    """Whose contact details stand for the service point on a Stockholm day: the main's, on days of
    absence the stand-in's (BMB-9, BMB-10).
    """
    if responsibles is None:
        return None
    return responsibles.stand_in if responsibles.is_absent(on) else responsibles.main


def refuse_others(by: User, service_point: ServicePointId, responsible: Set[UserId]) -> None:
    """Raises Refused (NOT_RESPONSIBLE, BMB-9) for who may not acknowledge for the service point:
    who does not work there, or is none of those who are `responsible`, where there are any.
    """
    if not by.works_at(service_point):
        way_on = "Be någon som arbetar vid det mottagande tjänstestället att kvittera."
        raise _not_responsible(way_on, service_point, field="by")
    if responsible and by.id not in responsible:
        who = ", ".join(sorted(responsible))
        way_on = f"Be någon av de kvitteringsansvariga att kvittera: {who}."
        raise _not_responsible(way_on, service_point, field="by")


def refuse_to_set(
    known: Responsibles | None, service_point: ServicePointId, *, by: User, asked_by: UserId | None
) -> None:
    """Raises Refused for who may not say who answers for a service point (BMB-9): it is its main
    responsible, whoever works there where there is none, or customer service, who says who asked.

    NOT_RESPONSIBLE (BMB-9), ASKED_BY_MISSING (REF-12).
    """
    main = known.main if known is not None else None
    if by.works_at(service_point) and main in (None, by.id):
        return
    if not by.may_for_all("bmb.responsibles.set"):
        who = main or "någon som arbetar där"
        raise _not_responsible(f"Be {who} eller kundtjänst att ändra det.", service_point)
    if asked_by is None:
        raise Refused(
            Reason.ASKED_BY_MISSING,
            rule="REF-12",
            field="asked_by",
            way_on="Ange användarnamnet på den som bad om det.",
        )


def _not_responsible(
    way_on: str, service_point: ServicePointId, *, field: str | None = None
) -> Refused:
    return Refused(
        Reason.NOT_RESPONSIBLE,
        rule="BMB-9",
        field=field,
        way_on=way_on,
        service_point=service_point,
    )


def name(
    known: Responsibles | None,
    named: Named,
    *,
    service_point: ServicePointId,
    users: Mapping[UserId, User],
    by: UserId | None = None,
    asked_by: UserId | None = None,
) -> tuple[ResponsiblesEvent, ...]:
    """Let these answer for a service point, instead of those who did (BMB-9, BMB-10). No event
    where they are the same, nor where nobody is named and nobody ever was: that is no vacancy.

    `users` has every user who is named. Raises Refused naming the field: NOT_AT_SERVICE_POINT,
    TWICE_RESPONSIBLE (BMB-9), ABSENCE_INCOMPLETE (BMB-10), ABSENCE_ENDS_FIRST (DAY-5).
    """
    _refuse_twice(named)
    for field, user in _parts(named):
        if not may_answer(users[user], service_point):
            raise Refused(
                Reason.NOT_AT_SERVICE_POINT,
                rule="BMB-9",
                field=field,
                way_on="Välj en aktiv förskrivare eller beställare som arbetar på tjänstestället.",
                user=user,
            )
    _refuse_absence(named)
    if named == (_named_in(known) if known is not None else Named(main=None)):
        return ()
    return (
        ResponsiblesSet(
            service_point=service_point,
            by=by,
            asked_by=asked_by,
            **same_fields(named, ResponsiblesSet),
        ),
    )


def may_answer(user: User, service_point: ServicePointId) -> bool:
    """True for an active prescriber or requester of the service point (BMB-9)."""
    return user.works_at(service_point) and not ACKNOWLEDGING.isdisjoint(user.roles)


# decision 0318: who has left answers nothing, and without a main there is no absence
def leave(known: Responsibles, user: UserId) -> tuple[ResponsiblesEvent, ...]:
    """A user has left the service point, and has no part in answering for it any more (BMB-9).

    No event where they had none.
    """
    named = _named_in(known)
    left = replace(named, substitutes=tuple(one for one in named.substitutes if one != user))
    if user in (named.main, named.stand_in):
        main = None if user == named.main else named.main
        left = Named(main=main, substitutes=left.substitutes)
    if left == named:
        return ()
    return (
        ResponsiblesSet(service_point=known.service_point, **same_fields(left, ResponsiblesSet)),
    )


def evolve(known: Responsibles | None, event: ResponsiblesEvent) -> Responsibles:
    """Returns the state after an event, which says all of it."""
    return Responsibles(**same_fields(event, Responsibles))


def who_is_named(known: Responsibles) -> frozenset[UserId]:
    """Everybody who has a part in answering for the service point, on whichever day."""
    return frozenset(user for _, user in _parts(known))


def _named_in(known: Responsibles) -> Named:
    return Named(**same_fields(known, Named))


def _parts(named: Named) -> list[tuple[str, UserId]]:
    parts = [("main", named.main), *(("substitutes", one) for one in named.substitutes)]
    return [(f, u) for f, u in (*parts, ("stand_in", named.stand_in)) if u is not None]


def _refuse_twice(named: Named) -> None:
    substitutes = named.substitutes
    twice = named.main in substitutes or len(set(substitutes)) < len(substitutes)
    if twice or (named.stand_in is not None and named.stand_in == named.main):
        raise Refused(
            Reason.TWICE_RESPONSIBLE,
            rule="BMB-9",
            field="substitutes" if twice else "stand_in",
            way_on="Ange var och en en gång: huvudansvarig är inte också ersättare eller vikarie.",
        )


def _refuse_absence(named: Named) -> None:
    absence = (named.stand_in, named.absent_from_on, named.absent_to_on)
    if all(one is None for one in absence):
        return
    for field in ("stand_in", "absent_from_on", "absent_to_on", "main"):
        if getattr(named, field) is None:
            raise Refused(
                Reason.ABSENCE_INCOMPLETE,
                rule="BMB-10",
                field=field,
                way_on="Ange vem som är borta, vikarien, och första och sista dagen.",
            )
    if named.absent_from_on and named.absent_to_on and named.absent_to_on < named.absent_from_on:
        raise Refused(
            Reason.ABSENCE_ENDS_FIRST,
            rule="DAY-5",
            field="absent_to_on",
            way_on="Ange en sista dag som inte är före den första.",
        )
