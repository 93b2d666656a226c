"""The table of access: what each row has, and which page it makes."""

import pytest
from kvitt_contracts import access_page
from kvitt_contracts.access import (
    ACTS,
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
    assert all(any(one in act.granted for act in ACTS) for one in OF_DUTIES.values())


def _named(grantee: Grantee) -> set[str]:
    return {act.name for act in ACTS if grantee in act.granted}


_OF_PERSONS = ("orders.person.", "orders.persons.", "orders.person-", "bmb.", "orders.order.")


@pytest.mark.rule("REF-18k")
def test_a_technician_does_visits_repairs_and_reconditioning_and_sees_no_register_of_persons() -> (
    None
):
    acts = _named(Grantee.TECHNICIAN)

    assert {
        "orders.work-order.plan",
        "orders.work-order.start",
        "orders.work-order.finish",
        "orders.work-order.resolve",
        "orders.pickup.report",
        "orders.fault-report.close",
        "inventory.reconditioning.do-stage",
        "inventory.reconditioning.approve",
        "inventory.reconditioning.scrap",
        "inventory.device.set-card",
        "inventory.device.scrap",
    } <= acts
    assert [one for one in acts if one.startswith((*_OF_PERSONS, "billing."))] == []


@pytest.mark.rule("REF-18l")
def test_finance_bills_pays_and_keeps_the_accounts_and_nothing_of_care() -> None:
    acts = _named(Grantee.FINANCE)

    assert {
        "billing.invoices.print-file",
        "billing.invoice.explain",
        "billing.run.approve",
        "billing.supplier-invoice.release",
        "billing.supplier-invoice.reject",
        "billing.takeovers.list",
        "billing.ledger-period.close",
    } <= acts
    changes = {act.name for act in ACTS if act.name in acts and act.message}
    assert {one.split(".")[0] for one in changes} == {"billing", "orders"}
    assert [one for one in acts if one.startswith(_OF_PERSONS)] == []
    assert "billing.region-sale.approve" not in acts


@pytest.mark.rule("REF-18m")
def test_who_keeps_the_assortment_writes_of_articles_and_news_alone() -> None:
    acts = _named(Grantee.ASSORTMENT_MANAGER)
    writes = {
        act.name
        for act in ACTS
        if act.name in acts and not (act.route or "").startswith("GET ") and ".find" not in act.name
    }

    assert writes == {
        "inventory.article.add-file",
        "inventory.article.show-file",
        "inventory.article.hide-file",
        "inventory.article.inform",
        "notifications.news.publish",
        "notifications.news.withdraw",
        "notifications.message.open",
        "notifications.message.remove",
        "notifications.preferences.set",
        "orders.user.sign-in",
    }
    assert [one for one in acts if one.startswith((*_OF_PERSONS, "billing."))] == []


@pytest.mark.rule("REF-18n")
def test_an_emergency_opening_has_a_row_of_its_own() -> None:
    (row,) = [act for act in ACTS if act.name == "orders.person.open"]

    assert row.granted.keys() == {
        Grantee.PRESCRIBER,
        Grantee.REQUESTER,
        Grantee.CUSTOMER_SERVICE,
    }


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
