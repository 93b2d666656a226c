"""Whose billing's rows are: each belongs to whoever works where its payer pays. No rules, and no
writes.
"""

from typing import Any

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader, Scope
from kvitt_contracts.types import PayerId
from sqlalchemy import ColumnElement, Select, any_, cast, func, literal, select
from sqlalchemy.dialects.postgresql import JSONB

from billing.models import ChargeRow, CustomerRow, DeviceRow, InvoiceRow, PayerRow


def _of_payers(caller: Caller, expression: Any) -> Select[Any]:
    """An expression of each payer of the service points that a caller works at (REF-4)."""
    return select(expression).where(
        CustomerRow.region == caller.region, CustomerRow.customer_id.in_(caller.service_points)
    )


def _payers(caller: Caller) -> Select[PayerId]:
    return _of_payers(caller, CustomerRow.payer_id)


def _payer_keys(caller: Caller) -> Select[str]:
    return _of_payers(caller, literal("unit/") + CustomerRow.payer_id)


def _has_been_paid_for(caller: Caller) -> ColumnElement[bool]:
    point = func.jsonb_build_array(func.jsonb_build_object("payer_id", CustomerRow.payer_id))
    points = func.array(_of_payers(caller, point).scalar_subquery())
    return cast(DeviceRow.points, JSONB).bool_op("@>")(any_(points))


# decision 0283: a unit reaches what its payers pay, and nothing that a patient is billed
INVOICES = Scope(
    InvoiceRow.region, also=lambda caller: InvoiceRow.payer_key.in_(_payer_keys(caller))
)
CHARGES = Scope(ChargeRow.region, also=lambda caller: ChargeRow.payer_key.in_(_payer_keys(caller)))
DEVICES = Scope(DeviceRow.region, also=_has_been_paid_for)
PAYERS = Scope(PayerRow.region, also=lambda caller: PayerRow.payer_id.in_(_payers(caller)))


async def payers_of(reader: RegionReader) -> frozenset[PayerId] | None:
    """The payers whose days the caller sees; None where these are all of the region's."""
    if reader.grant.is_region_wide:
        return None
    return frozenset(await reader.all(_payers(reader.caller)))
