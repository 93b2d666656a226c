"""The clauses of rules that the messages' own shape holds."""

import importlib
import json
from typing import Any
from uuid import uuid4

import pytest
from kvitt_contracts.billing import LedgerEntryPosted
from kvitt_contracts.bmb import AcceptTransfer, SaveTransfer
from kvitt_contracts.envelope import Message
from kvitt_contracts.examples import examples
from kvitt_contracts.inventory import ArticleListed, CustodyChanged, DeviceRegistered
from kvitt_contracts.orders import ActOnBasketLoan, PlaceOrder, RegisterWithdrawal
from kvitt_contracts.regions import CustomerStated, PersonStated, StoreStated, UserStated
from kvitt_contracts.types import Gtin, OrderNumber, OrganisationNumber
from pydantic import ValidationError


def _read(message: type[Message], **changes: object) -> Any:
    data = {**examples(message.wire_type)[0].data, **changes}
    return message.model_validate_json(json.dumps(data))


@pytest.mark.rule("REF-4a")
def test_a_customer_always_has_its_default_payer() -> None:
    with pytest.raises(ValidationError):
        _read(CustomerStated, payer_id=None)


@pytest.mark.rule("REF-4b")
@pytest.mark.parametrize("command", [PlaceOrder, RegisterWithdrawal])
def test_an_order_names_a_payer_only_where_it_differs(command: type[Message]) -> None:
    assert _read(command, payer_id=None).payer_id is None
    assert _read(command, payer_id="81007").payer_id == "81007"


@pytest.mark.rule("REF-4b")
def test_a_line_names_a_payer_only_where_it_differs() -> None:
    lines = [{"article_number": "1"}, {"article_number": "1", "payer_id": "81007"}]

    assert [line.payer_id for line in _read(PlaceOrder, lines=lines).lines] == [None, "81007"]


@pytest.mark.rule("REF-3a")
def test_a_user_has_a_default_service_point_and_may_have_several() -> None:
    assert _read(UserStated, service_points=["40210", "40355"]).default_service_point == "40210"
    with pytest.raises(ValidationError):
        _read(UserStated, default_service_point=None)


def test_a_requester_says_which_prescribers_it_acts_for() -> None:
    assert _read(UserStated, acts_for=["k082lno", "k201ema"]).acts_for == ("k082lno", "k201ema")


def test_a_private_clinic_is_told_from_other_customers() -> None:
    assert _read(CustomerStated, private_clinic=True, store=None).private_clinic


def test_a_person_of_another_home_region_is_stated_like_any_other() -> None:
    assert _read(PersonStated, home_region="bd").home_region == "bd"


@pytest.mark.parametrize("field", ["deceased", "active"])
def test_a_person_fact_tells_why_somebody_is_inactive(field: str) -> None:
    assert getattr(_read(PersonStated, **{field: True}), field) is True
    assert getattr(_read(PersonStated, **{field: False}), field) is False


@pytest.mark.rule("ORD-2a", "ORD-2d")
@pytest.mark.parametrize("number", ["17200078", "26539999", "265310000"])
def test_an_order_number_has_eight_digits_and_a_ninth_after_9999(number: str) -> None:
    assert OrderNumber(number) == number


@pytest.mark.rule("ORD-2a")
@pytest.mark.parametrize("number", ["1720078", "1720-0078", "2653100000"])
def test_another_form_of_order_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="OrderNumber"):
        OrderNumber(number)


@pytest.mark.rule("ORD-3f")
def test_delivery_is_consolidated_by_default() -> None:
    assert _read(PlaceOrder, delivery={}).delivery.consolidated


@pytest.mark.rule("ORD-3a", "ORD-3b")
@pytest.mark.parametrize(
    "to",
    [
        {"kind": "unit"},
        {"kind": "recipient"},
        {
            "kind": "one_off",
            "address": {"street": "Prövgatan 1", "postal_code": "903 25", "city": "Umeå"},
        },
    ],
)
def test_an_order_goes_to_the_unit_the_recipient_or_a_one_off_address(to: dict[str, Any]) -> None:
    assert _read(PlaceOrder, delivery={"to": to}).delivery.to.kind == to["kind"]


@pytest.mark.rule("ORD-1a")
@pytest.mark.parametrize(
    "recipient",
    [{"kind": "patient", "person": "AC-P-000417"}, {"kind": "care_unit", "unit": "30412"}],
)
def test_an_order_is_for_a_patient_or_a_care_unit(recipient: dict[str, str]) -> None:
    assert _read(PlaceOrder, recipient=recipient).recipient.kind == recipient["kind"]


@pytest.mark.rule("BMB-5e")
def test_a_rejected_device_is_named_by_its_id_or_its_number() -> None:
    number, device = {"device_number": "R100417"}, {"device_id": str(uuid4())}
    assert len(_read(AcceptTransfer, reject=[number, device]).reject) == 2

    for neither in ({}, number | device):
        with pytest.raises(ValidationError, match="BMB-5: ange device_id eller device_number"):
            _read(AcceptTransfer, reject=[neither])


@pytest.mark.rule("BMB-1a")
def test_a_transfer_names_at_least_one_device() -> None:
    assert len(_read(SaveTransfer, devices=["R100417", "R100418"]).devices) == 2
    with pytest.raises(ValidationError):
        _read(SaveTransfer, devices=[])


@pytest.mark.rule("BMB-2d")
def test_the_sender_cannot_set_the_payer() -> None:
    assert "payer_id" not in SaveTransfer.model_fields


@pytest.mark.rule("BIL-1a")
def test_custody_names_one_payer_or_none() -> None:
    delivered, *_ = examples(CustodyChanged.wire_type)

    assert CustodyChanged.model_validate_json(delivered.body).custody.payer_id is not None
    with pytest.raises(ValidationError):
        _read(CustodyChanged, custody={**delivered.data["custody"], "payer_id": ["81007", "81010"]})


@pytest.mark.rule("INV-4a")
@pytest.mark.parametrize("kind", ["central", "purchasing", "own", "investigation"])
def test_a_store_is_of_one_of_four_kinds(kind: str) -> None:
    assert _read(StoreStated, kind=kind).kind == kind


@pytest.mark.parametrize("message", Message.registry.values(), ids=lambda one: one.wire_type)
def test_a_message_is_imported_from_its_owners_package(message: type[Message]) -> None:
    package = importlib.import_module(".".join(message.__module__.split(".")[:2]))

    assert getattr(package, message.__name__) is message
    assert message.__name__ in getattr(package, "__all__", [message.__name__])


def test_a_ledger_entry_has_as_much_debit_as_credit() -> None:
    lines = [
        {"account": "1510", "debit_ore": 100, "credit_ore": 0},
        {"account": "3010", "debit_ore": 0, "credit_ore": 99},
    ]

    with pytest.raises(ValidationError, match="BIL-10"):
        _read(LedgerEntryPosted, lines=lines)


def test_a_basket_act_does_something_and_names_whom_it_delivers_to() -> None:
    with pytest.raises(ValidationError, match="ORD-10"):
        _read(ActOnBasketLoan, deliver=[], put_back=[])
    with pytest.raises(ValidationError, match="ORD-10"):
        _read(ActOnBasketLoan, recipient=None)


@pytest.mark.parametrize("number", ["900101-9802", "810161-9807"])
def test_an_organisation_number_is_never_a_personal_number(number: str) -> None:
    with pytest.raises(ValueError, match="OrganisationNumber"):
        OrganisationNumber(number)


def test_a_field_that_came_later_is_not_written_until_it_is_set() -> None:
    listed = examples(ArticleListed.wire_type)[0]
    registered = examples(DeviceRegistered.wire_type)[0]

    for one in (listed, registered):
        written = json.loads(one.message.model_dump_json(exclude_none=True))
        assert set(written) - set(one.data) <= {"unit"}
    assert json.loads(_read(ArticleListed, is_free=True).model_dump_json())["is_free"]


@pytest.mark.rule("INV-2i")
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("73500537", "00000073500537"),
        ("735005385001", None),
        ("7350053850019", "07350053850019"),
        ("17350053850016", "17350053850016"),
        ("7350053850018", None),
        ("735005385001X", None),
        ("735 0053850019", None),
        ("00000000", None),
        ("１２３４５６７０", None),
        ("123456789", None),
    ],
)
def test_a_gtin_has_a_right_check_digit_and_is_kept_as_fourteen(
    said: str, kept: str | None
) -> None:
    if kept is None:
        with pytest.raises(ValueError, match="GTIN"):
            Gtin(said)
    else:
        assert Gtin(said) == kept
