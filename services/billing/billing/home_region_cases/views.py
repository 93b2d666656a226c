"""What home-region cases look like over HTTP: bodies that come in, views that go out."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

from kvitt_chassis.http import Body
from kvitt_contracts.types import (
    Day,
    Known,
    OrderId,
    OrderNumber,
    PayerId,
    ReasonCode,
    Reference,
    ServicePointId,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from billing.home_region_cases.domain import (
    BY_HOME_REGION,
    BY_STATE,
    ORDER_DECLINED,
    ORDER_VOIDED,
    CaseStatus,
)
from billing.home_region_cases.models import HomeRegionCaseRow
from billing.models import ChargeRow, DeviceRow
from billing.views import ChargeView


class CommitBody(Body):
    """Hemregionens betalningsförbindelse (BIL-5)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"approved_on": "2026-03-02", "reference": "BF-2026-17"}]}
    )

    approved_on: Annotated[Day, Field(description="När hemregionen godkände")]
    reference: Annotated[Reference, Field(description="Förbindelsens beteckning")]


class FinishBody(Body):
    """Utprovningen är avslutad (BIL-5, BIL-11)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"finished_on": "2026-03-19"}]})

    finished_on: Annotated[Day, Field(description="När utprovningen avslutades")]


class HomeRegionCaseView(BaseModel):
    """En order som en annan region eller staten betalar."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    order_id: Annotated[OrderId, Field(validation_alias="id")]
    order_number: OrderNumber
    payer_id: Annotated[PayerId, Field(description="Hemregionen eller staten, som betalare")]
    kind: Annotated[
        Word,
        Known(BY_HOME_REGION, BY_STATE),
        Field(description="home_region: hemregionen, state: staten"),
    ]
    service_point: ServicePointId
    prescriber: UserId
    opened_on: date
    status: Annotated[
        CaseStatus, Field(description="open: pågår, finished: avslutad, ended: utan verkan")
    ]
    approved_on: Annotated[date | None, Field(description="När hemregionen godkände")]
    reference: Annotated[Reference | None, Field(description="Betalningsförbindelsen")]
    finished_on: Annotated[date | None, Field(description="När utprovningen avslutades")]
    reported_on: Annotated[date | None, Field(description="När det rapporterades")]
    ended_for: Annotated[
        ReasonCode | None,
        Known(ORDER_VOIDED, ORDER_DECLINED),
        Field(description="Varför ärendet upphörde"),
    ]
    last_due_on: Annotated[
        date | None,
        Field(
            description="Senast då faktureras det som levererats, om utprovningen inte har"
            " rapporterats avslutad; tomt innan något levererats"
        ),
    ]

    @classmethod
    def of(cls, row: HomeRegionCaseRow) -> "HomeRegionCaseView":
        """The view of a row."""
        return cls.model_validate(row)


class Wait(BaseModel):
    """Vad ett ärende väntar på, av vem och hur länge."""

    waits_for: Annotated[
        Word,
        Known("commitment", "finish"),
        Field(description="commitment: förbindelsen, finish: avslutet"),
    ]
    of_user: Annotated[UserId | None, Field(description="Förskrivaren, för förbindelsen")]
    of_unit: Annotated[ServicePointId, Field(description="Enheten som provar ut")]
    until: Annotated[
        date | None, Field(description="Då faktureras betalaren ändå; tomt innan något levererats")
    ]


class HomeRegionCaseWithCharges(HomeRegionCaseView):
    """Ett ärende med vad det väntar på och vad som debiteras."""

    waits: list[Wait] = []
    charges: list[ChargeView] = []

    @classmethod
    def with_charges(
        cls, row: HomeRegionCaseRow, charges: Sequence[ChargeRow], devices: Sequence[DeviceRow]
    ) -> "HomeRegionCaseWithCharges":
        """The view of a row with what it waits for, and its charges."""
        shown = cls.model_validate(row)
        waiting = [one.due_on for one in charges if one.status == "deferred" and one.due_on]
        waiting += [one.waits_until for one in devices if one.waits_until]
        ordered = sorted(charges, key=lambda one: (one.charged_on, one.id))
        return shown.model_copy(
            update={
                "waits": list(_waits(row, min(waiting, default=None))),
                "charges": [ChargeView.of(one) for one in ordered],
            }
        )


def _waits(row: HomeRegionCaseRow, until: date | None) -> Iterator[Wait]:
    if row.status == CaseStatus.ENDED:
        return
    if row.state().lacks_commitment:
        yield Wait(
            waits_for=Word("commitment"),
            of_user=row.prescriber,
            of_unit=row.service_point,
            until=until,
        )
    if row.status == CaseStatus.OPEN and (until is not None or row.last_due_on is None):
        yield Wait(waits_for=Word("finish"), of_user=None, of_unit=row.service_point, until=until)
