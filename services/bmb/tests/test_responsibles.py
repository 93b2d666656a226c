"""The rules of who answers for a service point: who may, who first, who says so."""

from datetime import date
from typing import Any

import pytest
from bmb.register.domain import User
from bmb.responsibles.domain import (
    Named,
    Reason,
    Responsibles,
    contact,
    evolve,
    leave,
    name,
    refuse_others,
    refuse_to_set,
    who_acts,
)
from kvitt_contracts.bmb import ResponsiblesSet
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Role, ServicePointId, UserId

from contracts.tests.builders.story import (
    OTHER,
    OUTSIDER,
    RECEIVER,
    RECEIVING,
    SENDER,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
)
from services.bmb.tests.builders import a_receiver, a_user

PLACE = ServicePointId(RECEIVING)
FIRST, LAST = date(2026, 5, 4), date(2026, 5, 8)
BEFORE, AFTER = date(2026, 5, 3), date(2026, 5, 9)
AWAY: dict[str, Any] = {
    "stand_in": UserId(STAND_IN),
    "absent_from_on": FIRST,
    "absent_to_on": LAST,
}


def a_team(**changes: Any) -> Responsibles:
    """RECEIVER is main, SUBSTITUTE shares it."""
    values = {"main": UserId(RECEIVER), "substitutes": (UserId(SUBSTITUTE),)}
    return Responsibles(service_point=PLACE, **{**values, **changes})


def named(**changes: Any) -> Named:
    """The same, as somebody says it."""
    values = {"main": UserId(RECEIVER), "substitutes": (UserId(SUBSTITUTE),)}
    return Named(**{**values, **changes})


def colleagues(**changes: User) -> dict[UserId, User]:
    """Those who work at the service point."""
    there = (
        a_receiver(),
        a_user(SUBSTITUTE, at=RECEIVING),
        a_user(STAND_IN, at=RECEIVING, role=Role.REQUESTER),
    )
    return {one.id: changes.get(str(one.id), one) for one in there}


def say(known: Responsibles | None, who: Named, **changes: Any) -> tuple[ResponsiblesSet, ...]:
    """These are to answer."""
    return name(known, who, **{"service_point": PLACE, "users": colleagues(), **changes})


def refusal(who: Named, **changes: Any) -> tuple[str, str, str | None]:
    """Why these may not answer: reason, rule and field."""
    with pytest.raises(Refused) as refused:
        say(None, who, **changes)
    return refused.value.reason, refused.value.rule, refused.value.field


# -- who may, and who first ----------------------------------------------------------------------


@pytest.mark.rule("BMB-9a", "BMB-9d")
def test_the_main_and_the_substitutes_may_acknowledge() -> None:
    assert who_acts(a_team(), on=FIRST) == (RECEIVER, SUBSTITUTE)


@pytest.mark.rule("BMB-9a", "BMB-10a", "BMB-10c")
@pytest.mark.parametrize(
    ("on", "is_away"), [(BEFORE, False), (FIRST, True), (LAST, True), (AFTER, False)]
)
def test_the_stand_in_acknowledges_and_is_contact_on_the_days_of_absence(
    on: date, is_away: bool
) -> None:
    team = a_team(**AWAY)

    assert (STAND_IN in who_acts(team, on=on)) is is_away
    assert contact(team, on=on) == (STAND_IN if is_away else RECEIVER)
    assert RECEIVER in who_acts(team, on=on)


@pytest.mark.rule("BMB-9c")
def test_the_main_responsible_is_the_contact() -> None:
    assert contact(a_team(), on=FIRST) == RECEIVER
    assert contact(a_team(main=None), on=FIRST) is None
    assert contact(None, on=FIRST) is None


@pytest.mark.rule("BMB-9a")
def test_who_is_not_among_them_is_refused_and_hears_who_is() -> None:
    with pytest.raises(Refused) as refused:
        refuse_others(
            a_user(STAND_IN, at=RECEIVING), PLACE, frozenset(who_acts(a_team(), on=FIRST))
        )

    assert (refused.value.reason, refused.value.rule) == (Reason.NOT_RESPONSIBLE, "BMB-9")
    assert RECEIVER in refused.value.way_on
    assert SUBSTITUTE in refused.value.way_on


@pytest.mark.rule("BMB-9f")
def test_where_nobody_is_named_whoever_works_there_acknowledges() -> None:
    nobody = frozenset(who_acts(None, on=FIRST))

    refuse_others(a_user(STAND_IN, at=RECEIVING), PLACE, nobody)
    with pytest.raises(Refused, match="NOT_RESPONSIBLE"):
        refuse_others(a_user(OUTSIDER, at=OTHER), PLACE, nobody)


@pytest.mark.rule("BMB-9g")
def test_without_a_main_the_substitutes_acknowledge_and_without_them_whoever_works_there() -> None:
    assert who_acts(a_team(main=None), on=FIRST) == (SUBSTITUTE,)
    assert who_acts(a_team(main=None, substitutes=()), on=FIRST) == ()


def test_who_is_named_but_works_there_no_longer_acknowledges_nothing() -> None:
    with pytest.raises(Refused, match="NOT_RESPONSIBLE"):
        refuse_others(a_receiver(active=False), PLACE, frozenset({UserId(RECEIVER)}))


# -- who says so ---------------------------------------------------------------------------------


@pytest.mark.rule("BMB-9h")
@pytest.mark.parametrize(
    ("known", "by", "reason"),
    [
        (None, a_user(STAND_IN, at=RECEIVING), None),
        (a_team(main=None), a_user(STAND_IN, at=RECEIVING), None),
        (a_team(), a_receiver(), None),
        (a_team(), a_user(SUBSTITUTE, at=RECEIVING), Reason.NOT_RESPONSIBLE),
        (None, a_user(OUTSIDER, at=OTHER), Reason.NOT_RESPONSIBLE),
        (a_team(), a_receiver(active=False), Reason.NOT_RESPONSIBLE),
        (a_team(), a_user(SERVICE, role=Role.CUSTOMER_SERVICE), Reason.ASKED_BY_MISSING),
    ],
    ids=["none-set", "vacant", "main", "substitute", "elsewhere", "left", "customer-service"],
)
def test_the_main_says_who_answers_and_where_there_is_none_whoever_works_there(
    known: Responsibles | None, by: User, reason: Reason | None
) -> None:
    found = None
    try:
        refuse_to_set(known, PLACE, by=by, asked_by=None)
    except Refused as refused:
        found = refused.reason

    assert found == reason


@pytest.mark.rule("BMB-9h", "REF-12m")
def test_customer_service_does_it_for_who_asked() -> None:
    service = a_user(SERVICE, role=Role.CUSTOMER_SERVICE)

    refuse_to_set(a_team(), PLACE, by=service, asked_by=UserId(SENDER))
    (event,) = say(a_team(), named(**AWAY), by=service.id, asked_by=UserId(SENDER))

    assert (event.by, event.asked_by) == (SERVICE, SENDER)


# -- what they say -------------------------------------------------------------------------------


@pytest.mark.rule("BMB-9b")
def test_the_main_changes_hands_in_one_event() -> None:
    handed_over = named(main=UserId(SUBSTITUTE), substitutes=(UserId(RECEIVER),))

    (event,) = say(a_team(), handed_over)

    assert (event.main, event.substitutes) == (SUBSTITUTE, (RECEIVER,))
    assert evolve(a_team(), event) == a_team(main=SUBSTITUTE, substitutes=(RECEIVER,))


def test_what_is_so_already_changes_nothing() -> None:
    assert say(a_team(**AWAY), named(**AWAY)) == ()


@pytest.mark.rule("BMB-9f")
def test_to_name_nobody_where_nobody_was_named_makes_no_vacancy() -> None:
    assert say(None, Named(main=None)) == ()


@pytest.mark.rule("BMB-9i")
@pytest.mark.parametrize(
    ("who", "field"),
    [
        ({RECEIVER: a_receiver(active=False)}, "main"),
        ({SUBSTITUTE: a_user(SUBSTITUTE, at=OTHER)}, "substitutes"),
        ({STAND_IN: a_user(STAND_IN, at=RECEIVING, role=Role.CUSTOMER_SERVICE)}, "stand_in"),
    ],
)
def test_only_active_prescribers_and_requesters_of_the_service_point_answer(
    who: dict[str, User], field: str
) -> None:
    refused = refusal(named(**AWAY), users=colleagues(**who))

    assert refused == (Reason.NOT_AT_SERVICE_POINT, "BMB-9", field)


@pytest.mark.rule("BMB-9i")
@pytest.mark.parametrize(
    ("who", "field"),
    [
        ({"substitutes": (UserId(RECEIVER),)}, "substitutes"),
        ({"substitutes": (UserId(SUBSTITUTE), UserId(SUBSTITUTE))}, "substitutes"),
        ({**AWAY, "stand_in": UserId(RECEIVER)}, "stand_in"),
    ],
)
def test_nobody_is_named_twice(who: dict[str, Any], field: str) -> None:
    assert refusal(named(**who)) == (Reason.TWICE_RESPONSIBLE, "BMB-9", field)


@pytest.mark.rule("BMB-10c")
@pytest.mark.parametrize("field", ["stand_in", "absent_from_on", "absent_to_on", "main"])
def test_an_absence_says_who_is_away_who_stands_in_and_which_days(field: str) -> None:
    refused = refusal(named(**{**AWAY, field: None}))

    assert refused == (Reason.ABSENCE_INCOMPLETE, "BMB-10", field)


@pytest.mark.rule("DAY-5d")
def test_an_absence_does_not_end_before_it_begins() -> None:
    refused = refusal(named(**{**AWAY, "absent_to_on": BEFORE}))

    assert refused == (Reason.ABSENCE_ENDS_FIRST, "DAY-5", "absent_to_on")


def test_an_absence_of_one_day_is_one() -> None:
    (event,) = say(a_team(), named(**{**AWAY, "absent_to_on": FIRST}))

    assert contact(evolve(None, event), on=FIRST) == STAND_IN


# -- who has left --------------------------------------------------------------------------------


@pytest.mark.rule("BMB-9g")
@pytest.mark.parametrize(
    ("user", "left"),
    [
        (RECEIVER, a_team(main=None)),
        (SUBSTITUTE, a_team(substitutes=(), **AWAY)),
        (STAND_IN, a_team()),
        (OUTSIDER, a_team(**AWAY)),
    ],
    ids=["main", "substitute", "stand-in", "another"],
)
def test_who_has_left_has_no_part_in_it(user: str, left: Responsibles) -> None:
    team = a_team(**AWAY)

    events = leave(team, UserId(user))

    assert len(events) <= 1
    assert (evolve(team, events[0]) if events else team) == left
    assert left.is_vacant is (user == RECEIVER)
