"""What is made fit, goes back to suppliers, and comes from or goes to another region."""

import pytest

from tests.examples.conftest import Region, region_of

pytestmark = pytest.mark.long(seconds=10)


def test_what_came_back_is_made_fit_and_goes_to_who_waits_or_is_scrapped(region: Region) -> None:
    works = region.expected["reconditionings"]
    by_status = {one["status"]: number for number, one in works.items()}
    devices = region.expected["devices"]
    stages = {
        status: [one[0] for one in works[number]["done"]] for status, number in by_status.items()
    }

    assert stages == {
        "approved": ["inspected", "cleaned", "repaired", "approved"],
        "scrapped": ["inspected", "scrapped"],
        "open": ["inspected"],
    }
    assert devices[by_status["scrapped"]]["status"] == "scrapped"
    (there,) = [one for one in region.expected["balances"].values() if "in_reconditioning" in one]
    assert there == {"available": 0, "reserved": 1, "in_reconditioning": 1}


def test_what_goes_back_to_its_supplier_had_come_and_leaves_the_balance(region: Region) -> None:
    sent = region.expected["supplier_returns"].values()
    devices = {one["device"] for one in sent if one["device"]}

    assert {region.expected["devices"][one]["status"] for one in devices} == {
        "returned_to_supplier"
    }
    assert [one["quantity"] for one in sent if not one["device"]] == [3]
    assert {one["reason"] for one in region.expected["refused"].values()} >= {
        "RETURNED_BEFORE_IT_CAME",
        "NOT_IN_STORE",
        "REFERENCE_USED",
    }


def test_what_is_bought_over_is_its_patients_and_is_paid_once(region: Region) -> None:
    ((number, bought),) = region.expected["takeovers"].items()
    wrong, right = (one for name, one in region.expected["orders"].items() if "-OVER-" in name)

    assert (wrong["status"], right["status"]) == ("declined", "delivered")
    assert region.expected["devices"][number]["holder"]["kind"] == "patient"
    assert bought["is_invoiced"] == (region.profile.code == "m")
    paid = [one for name, one in region.expected["supplier_invoices"].items() if "RV-" in name]
    assert [one["status"] for one in paid] == (
        ["cleared", "held"] if region.profile.code == "m" else []
    )


def test_what_another_region_buys_is_on_its_invoice_and_costs_nobody_else_a_day() -> None:
    region = region_of("m")
    sales = region.expected["region_sales"]
    (sold,) = [one for one in sales.values() if one["status"] == "approved"]
    ((number, price),) = sold["prices"].items()
    of_device = [one for one in region.invoiced if one["device"] == number]
    (line,) = [one for one in region.invoiced if one["kind"] == "region_sale"]

    assert {one["status"] for one in sales.values()} == {"approved", "not_approved", "refused"}
    assert (line["net_ore"], line["month"]) == (price, "2026-06")
    assert line in region.expected["invoices"][sold["payer"]]
    assert max(one["to"] for one in of_device) < sold["sold_on"]
    assert region.expected["devices"][number]["status"] == "sold"
