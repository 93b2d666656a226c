"""REF-5: access is applied for, granted, and lapses without activity."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

import pytest
from kvitt_contracts.access import Grantee
from kvitt_contracts.orders import (
    AccessApplied,
    AccessGranted,
    AccessLapsed,
    AccessLapsing,
    AccessRefused,
    ApplyForAccess,
    GrantAccess,
    RefuseAccess,
    SignIn,
    UserRegistered,
)
from kvitt_contracts.policy import Policies, RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import RegionCode, Role, ServicePointId, UserId, Word, identify
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds, stockholm
from orders.app import service
from orders.units.access.domain import (
    APPLIED,
    GRANTED,
    LAPSED,
    UNIT_HEAD,
    Looked,
    apply,
    grant,
    look,
    may_be_told,
)
from orders.units.domain import User, register_user
from orders.units.models import UserRow
from sqlalchemy import text

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.regions import (
    a_customer_stated,
    a_sign_in_stated,
    a_user_stated,
)
from contracts.tests.builders.story import RECEIVING, SENDER, SENDING, SERVICE
from services.orders.tests.builders import a_service_point, a_user, registry
from services.orders.tests.worlds import MONDAY, refused

HEAD: Final = UserId("k201ema")
STRANGER: Final = UserId("k300ove")
NEW: Final = UserId("k090ny")
ME, OURS = UserId(SENDER), ServicePointId(SENDING)
KEY: Final = identify(RegionCode(REGION), "user", ME)
MARCH_2: Final = date(2026, 3, 2)
"""The Monday on which the region has stated everybody."""


@pytest.fixture
def lapsing(policies: Policies) -> Policies:
    """A region whose users lose access after six months without activity."""
    return with_policy(policies, inactive_after_months=6)


@pytest.fixture
def policy(lapsing: Policies) -> RegionPolicy:
    """Its policy."""
    return lapsing.of(RegionCode(REGION)).versions[0]


@pytest.fixture
async def world(given: Given, lapsing: Policies) -> AsyncIterator[World]:
    """A prescriber, who heads their unit, the head of another, and customer service."""
    async with given(service, at=MONDAY, policies=lapsing) as world:
        await registry(world)
        await world.handle(a_customer_stated(RECEIVING, store=None), subject=RECEIVING)
        for user, place, role in (
            (HEAD, SENDING, "requester"),
            (STRANGER, RECEIVING, "requester"),
            (UserId(SERVICE), SENDING, "customer_service"),
        ):
            duties = () if user == SERVICE else (UNIT_HEAD,)
            stated = a_user_stated(user, place, roles=(role,), duties=duties)
            await world.handle(stated, subject=user)
        yield world


def lapsed(**changes: Any) -> User:
    """A user whose access has lapsed."""
    values = {"active": False, "access": LAPSED, "stated_active": True}
    return a_user(ME, **{**values, **changes})


def a_head(user: UserId = HEAD, place: str = "40201") -> User:
    """Who heads a unit."""
    point = ServicePointId(place)
    return a_user(user, service_points=(point,), default_service_point=point, duties=(UNIT_HEAD,))


def looked(policy: RegionPolicy, on: date, *, user: User | None = None, **known: Any) -> Looked:
    """What comes of looking at a user who was active last on 2 March."""
    values: dict[str, Any] = {"last_active_on": MARCH_2, "lapses_on": None, "heads": (HEAD,)}
    return look(
        user or a_user(ME, stated_active=True), today=on, policy=policy, **{**values, **known}
    )


@pytest.mark.rule("REF-5b", "REF-5f")
def test_access_lapses_after_six_months_and_that_is_told_fourteen_days_before(
    policy: RegionPolicy,
) -> None:
    early = looked(policy, date(2026, 8, 18))
    told = looked(policy, date(2026, 8, 19))
    waiting = looked(policy, date(2026, 9, 1), lapses_on=date(2026, 9, 2))
    over = looked(policy, date(2026, 9, 2), lapses_on=date(2026, 9, 2))

    assert (early.events, early.again_on) == ((), date(2026, 8, 19))
    assert told.events == (AccessLapsing(user_id=ME, heads=(HEAD,), lapses_on=date(2026, 9, 2)),)
    assert told.again_on == told.lapses_on == date(2026, 9, 2)
    assert (waiting.events, waiting.again_on) == ((), date(2026, 9, 2))
    changed, lapse = over.events
    assert isinstance(changed, UserRegistered)
    assert (changed.access, changed.active, changed.stated_active) == (LAPSED, False, True)
    assert lapse == AccessLapsed(user_id=ME, heads=(HEAD,))


@pytest.mark.rule("REF-5f")
def test_who_is_told_late_has_fourteen_days_all_the_same(policy: RegionPolicy) -> None:
    told = looked(policy, date(2026, 12, 24))

    assert told.lapses_on == date(2027, 1, 7)


@pytest.mark.rule("REF-5b")
def test_without_the_policys_months_and_for_who_may_not_act_nothing_lapses(
    policy: RegionPolicy,
) -> None:
    never = policy.model_copy(update={"inactive_after_months": None})

    assert looked(never, date(2030, 1, 1)) == Looked()
    assert looked(policy, date(2030, 1, 1), user=lapsed()) == Looked()


@pytest.mark.rule("REF-5a", "REF-5d")
@pytest.mark.parametrize(
    ("by", "asked_by", "found"),
    [
        (a_head(place="40299"), None, ("NOT_THEIR_HEAD", "by")),
        (a_user("k999kol"), None, ("NOT_THEIR_HEAD", "by")),
        (a_user(SERVICE, roles=(Role.CUSTOMER_SERVICE,)), None, ("ASKED_BY_MISSING", "asked_by")),
        (
            a_user(SERVICE, roles=(Role.CUSTOMER_SERVICE,)),
            a_user("k999kol"),
            ("NOT_THEIR_HEAD", "asked_by"),
        ),
    ],
    ids=["the head of another unit", "a colleague", "nobody asked", "a colleague asked"],
)
def test_only_who_heads_their_unit_applies(
    by: User, asked_by: User | None, found: tuple[str, str]
) -> None:
    with pytest.raises(Refused) as no:
        apply(lapsed(), by=by, asked_by=asked_by)

    assert (no.value.reason, no.value.field, no.value.rule) == (*found, "REF-5")


@pytest.mark.rule("REF-5d")
def test_customer_service_applies_for_a_head_who_asked() -> None:
    staff = a_user(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
    away = a_head()

    changed, applied = apply(lapsed(), by=staff, asked_by=away)

    assert isinstance(changed, UserRegistered)
    assert (changed.access, changed.by, changed.asked_by) == (APPLIED, SERVICE, HEAD)
    assert applied == AccessApplied(user_id=ME, service_point=OURS, by=HEAD)


@pytest.mark.rule("REF-5e")
def test_whom_the_region_states_as_inactive_is_not_applied_for() -> None:
    with pytest.raises(Refused) as no:
        apply(lapsed(stated_active=False), by=a_head(), asked_by=None)

    assert no.value.reason == "STATED_INACTIVE"


@pytest.mark.rule("REF-5e")
def test_what_was_applied_for_is_not_granted_to_whom_the_region_states_as_inactive_since() -> None:
    with pytest.raises(Refused) as no:
        grant(
            lapsed(access=APPLIED, stated_active=False), by=UserId(SERVICE), asked_by=HEAD, heads=()
        )

    assert (no.value.reason, no.value.field) == ("STATED_INACTIVE", "user_id")


@pytest.mark.rule("REF-5f")
@pytest.mark.parametrize(
    ("user", "is_told"),
    [
        (a_user(ME), True),
        (lapsed(), True),
        (lapsed(stated_active=None), True),
        (lapsed(stated_active=False), False),
        (lapsed(access=APPLIED), False),
        (a_user(ME, active=False, stated_active=False), False),
    ],
)
def test_whose_access_has_lapsed_is_mailed_that_it_has(user: User, is_told: bool) -> None:
    assert may_be_told(user) is is_told


@pytest.mark.rule("REF-5d")
def test_what_is_so_already_is_not_applied_for_again() -> None:
    assert apply(a_user(ME), by=a_head(), asked_by=None) == ()
    assert apply(lapsed(access=APPLIED), by=a_head(), asked_by=None) == ()


@pytest.mark.rule("REF-5e")
@pytest.mark.parametrize(
    ("access", "active", "expected"),
    [
        (None, True, (None, True)),
        (None, False, (None, False)),
        (GRANTED, True, (GRANTED, True)),
        (GRANTED, False, (GRANTED, False)),
        (LAPSED, True, (LAPSED, False)),
        (APPLIED, False, (APPLIED, False)),
    ],
)
def test_stating_a_user_says_whether_they_may_act_and_gives_back_nothing(
    policy: RegionPolicy, access: Word | None, active: bool, expected: tuple[Word | None, bool]
) -> None:
    known = a_user(ME, access=access, stated_active=True, active=access in (None, GRANTED))
    fact = a_user_stated(ME, OURS, active=active, profession=Word("audionomist"))

    (event,) = register_user(fact, known=known, service_points=(a_service_point(),), policy=policy)

    assert (event.access, event.active) == expected


@pytest.mark.rule("REF-5e")
def test_who_was_applied_for_counts_as_granted_when_the_region_states_them(
    policy: RegionPolicy,
) -> None:
    known = a_user(ME, access=APPLIED, stated_active=None, active=False)

    (event,) = register_user(
        a_user_stated(ME, OURS), known=known, service_points=(a_service_point(),), policy=policy
    )

    assert (event.access, event.active) == (None, True)


@pytest.mark.rule("REF-18j")
def test_a_duty_that_there_is_not_is_refused(policy: RegionPolicy) -> None:
    fact = a_user_stated(ME, OURS, duties=(UNIT_HEAD, Word("king")))

    with pytest.raises(Refused) as no:
        register_user(fact, known=None, service_points=(a_service_point(),), policy=policy)

    assert (no.value.reason, no.value.field) == ("UNKNOWN_DUTY", "duties.1")


async def passes(world: World, day: str) -> None:
    """Time passes to nine in the morning of a day."""
    await world.advance(stockholm(f"{day} 09:00"))


async def of_me(world: World, *types: Any) -> list[Any]:
    """The events of these kinds about the prescriber."""
    return [one for one in await world.events(*types) if one.user_id == ME]


@pytest.mark.rule("REF-5a", "REF-5b", "REF-5f")
async def test_access_lapses_is_applied_for_and_granted_anew(world: World) -> None:
    await passes(world, "2026-08-19")
    (told,) = await of_me(world, AccessLapsing)
    await passes(world, "2026-09-02")

    assert (told.heads, told.lapses_on) == ((HEAD,), date(2026, 9, 2))
    assert [one.heads for one in await of_me(world, AccessLapsed)] == [(HEAD,)]
    apply_now = ApplyForAccess(user_id=ME, by=HEAD)
    assert (await refused(world, apply_now, ME))[0] == "FORBIDDEN"

    await world.handle(a_user_stated("k202chef", OURS, duties=(UNIT_HEAD,)), subject="k202chef")
    staff = a_user_stated("k203kund", OURS, roles=("customer_service",))
    await world.handle(staff, subject="k203kund")
    body: dict[str, Any] = {"asked_by": "k202chef"}
    async with world.http(
        user="k202chef", roles=[Grantee.UNIT_HEAD], service_points=[OURS]
    ) as client:
        applied = await client.post(f"/users/{ME}:apply", json={})
        waiting = await client.get("/users:access", params={"state": "applied"})
    async with world.http(user="k203kund", roles=[Role.CUSTOMER_SERVICE]) as client:
        granted = await client.post(f"/users/{ME}:grant", json=body)
        again = await client.post(f"/users/{ME}:grant", json=body)

    assert applied.status_code == 200, applied.text
    assert [one["user_id"] for one in waiting.json()["items"]] == [ME]
    assert waiting.json()["items"][0]["applied_by"] == "k202chef"
    assert (granted.json()["access"], granted.json()["active"]) == (GRANTED, True)
    assert granted.json()["last_active_on"] == "2026-09-02"
    assert again.status_code == 200
    assert [one.access for one in await of_me(world, UserRegistered)] == [
        None,
        LAPSED,
        APPLIED,
        GRANTED,
    ]
    assert len(await of_me(world, AccessGranted)) == 1


@pytest.mark.rule("REF-5f")
async def test_activity_keeps_access_wherever_it_was(world: World) -> None:
    await passes(world, "2026-08-20")
    async with world.http(user=ME, roles=[Role.PRESCRIBER], service_points=[OURS]) as client:
        answer = await client.post(f"/users/{ME}:sign-in")
        other = await client.post(f"/users/{HEAD}:sign-in")
    assert (answer.status_code, answer.json()["lapses_on"]) == (200, None), answer.text
    assert other.status_code == 404
    await passes(world, "2026-09-03")
    await world.handle(a_sign_in_stated(ME, signed_in_on=date(2026, 9, 1)), subject=ME)
    await world.handle(a_sign_in_stated(ME, version=2, signed_in_on=date(2026, 8, 30)), subject=ME)

    row = await world.row(UserRow, KEY)
    assert (row.active, row.last_active_on) == (True, date(2026, 9, 1))
    await passes(world, "2027-02-15")
    assert (await world.row(UserRow, KEY)).lapses_on == date(2027, 3, 1)
    assert await of_me(world, AccessLapsed) == []


@pytest.mark.rule("REF-5b")
async def test_of_whom_an_earlier_release_stored_the_time_counts_from_the_next_statement(
    world: World,
) -> None:
    async with world.worker.unit(RegionCode(REGION)) as unit:
        await unit.session.execute(text("UPDATE users SET last_active_on = NULL"))

    await world.handle(a_user_stated(ME, OURS, version=2), subject=ME)

    assert (await world.row(UserRow, KEY)).last_active_on == MARCH_2


@pytest.mark.rule("REF-5f")
async def test_everybody_signs_in_themselves(world: World) -> None:
    found = await refused(world, SignIn(user_id=ME, by=HEAD), ME)

    assert found == ("NOT_THE_USER", "REF-5", "by")


@pytest.mark.rule("REF-5d")
async def test_who_is_not_stated_is_applied_for_at_a_service_point_of_the_head(
    world: World,
) -> None:
    asked = {"user_id": NEW, "roles": ["prescriber"], "service_point": SENDING}
    async with world.http(
        user=HEAD, roles=[Role.REQUESTER, Grantee.UNIT_HEAD], service_points=[SENDING]
    ) as client:
        elsewhere = await client.post("/users", json={**asked, "service_point": RECEIVING})
        staff = await client.post("/users", json={**asked, "roles": ["customer_service"]})
        applied = await client.post("/users", json=asked)
        mine = (await client.get("/users:access")).json()["items"]
        far = await client.post(f"/users/{STRANGER}:apply", json={})
    refusal = RefuseAccess(user_id=NEW, by=UserId(SERVICE), asked_by=HEAD)
    await world.handle(refusal, subject=NEW)

    assert elsewhere.json()["reason"] == "NOT_CONNECTED_TO_SERVICE_POINT"
    assert staff.json()["reason"] == "ROLE_NOT_GIVEN"
    assert applied.json()["access"] == APPLIED
    assert NEW in {one["user_id"] for one in mine}
    assert STRANGER not in {one["user_id"] for one in mine}
    assert far.status_code == 404
    assert (await refused(world, refusal, NEW))[0] == "NOT_APPLIED_FOR"
    said = [one for one in await world.events(UserRegistered) if one.user_id == NEW]
    assert [(one.access, one.active, one.by) for one in said] == [
        (APPLIED, False, HEAD),
        (LAPSED, False, SERVICE),
    ]
    assert [one.heads for one in await world.events(AccessRefused)] == [(HEAD,)]
    await world.handle(ApplyForAccess(user_id=NEW, by=HEAD), subject=NEW)
    granted = GrantAccess(user_id=NEW, by=UserId(SERVICE), asked_by=HEAD)
    await world.handle(granted, subject=NEW)
    row = await world.row(UserRow, identify(RegionCode(REGION), "user", NEW))
    assert (row.active, row.access, row.stated_active) == (True, GRANTED, None)
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-16a")
@pytest.mark.parametrize("kind", ["region", "municipality", "contractor", None])
def test_who_employs_a_user_is_as_the_region_states_it(
    policy: RegionPolicy, kind: str | None
) -> None:
    (event,) = register_user(
        a_user_stated(ME, OURS, employer_kind=kind),
        known=None,
        service_points=(a_service_point(),),
        policy=policy,
    )

    assert event.employer_kind == kind


@pytest.mark.rule("REF-16a")
def test_there_are_three_kinds_of_employers() -> None:
    with pytest.raises(ValueError, match="employer_kind"):
        a_user_stated(ME, OURS, employer_kind="school")
