"""The table of access: what each row has, and which page it makes."""

import pytest
from kvitt_contracts import access_page
from kvitt_contracts.access import (
    ACTS,
    DUTIES,
    IN_REGISTER,
    IN_TOKENS,
    OF_DUTIES,
    Act,
    Grantee,
    Reach,
    acts_of,
)
from kvitt_contracts.envelope import Command
from kvitt_contracts.topic import SERVICES
from kvitt_contracts.topics import CATALOGUE

NEAR = {Reach.OWN, Reach.UNITS}


def test_an_act_stands_in_one_row() -> None:
    routes = [(act.service, act.route) for act in ACTS if act.route]
    commands = [act.message.command for act in ACTS if act.message]

    for found in (routes, commands, [act.name for act in ACTS]):
        assert len(found) == len(set(found))


def test_each_command_that_a_region_may_send_is_in_a_row() -> None:
    sent = {one for topic in CATALOGUE for one in topic.types if issubclass(one, Command)}

    assert {act.message.command for act in ACTS if act.message} == sent


@pytest.mark.rule("REF-18d")
def test_what_a_token_says_is_nothing_that_the_register_says() -> None:
    of_register = {*IN_REGISTER.values(), *OF_DUTIES.values()}
    assert IN_TOKENS.isdisjoint(of_register)
    assert IN_TOKENS | of_register == set(Grantee)


@pytest.mark.rule("REF-18j")
def test_acts_are_granted_to_duties_that_a_region_can_state() -> None:
    assert OF_DUTIES.keys() <= DUTIES
    assert all(any(one in act.granted for act in ACTS) for one in OF_DUTIES.values())


def test_a_system_and_who_operates_have_no_units_of_their_own() -> None:
    assert [
        act.name
        for act in ACTS
        for grantee, reach in act.granted.items()
        if grantee in IN_TOKENS and reach in NEAR
    ] == []


@pytest.mark.rule("REF-18h")
def test_only_who_operates_all_regions_reaches_all_regions() -> None:
    assert {
        grantee for act in ACTS for grantee, reach in act.granted.items() if reach is Reach.PLATFORM
    } == {Grantee.PLATFORM}


@pytest.mark.rule("REF-18b")
def test_of_several_roles_the_farthest_reach_counts() -> None:
    act = Act(
        name="x",
        service="orders",
        granted={Grantee.PRESCRIBER: Reach.UNITS, Grantee.CUSTOMER_SERVICE: Reach.REGION},
    )

    assert act.reach_of(set(Grantee)) is Reach.REGION
    assert act.reach_of({Grantee.PRESCRIBER, Grantee.OPS}) is Reach.UNITS
    assert act.reach_of({Grantee.OPS}) is None


def test_the_page_has_every_act_of_every_service() -> None:
    page = access_page.page()

    for service in SERVICES:
        section = page.split(f"## {service}\n")[1].split("## ")[0]
        routes = {act.route for act in acts_of(service) if act.route and "/admin/" not in act.route}
        assert {route for route in routes if f"`{route}`" not in section} == set()
