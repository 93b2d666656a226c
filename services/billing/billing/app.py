"""The service billing, put together. `python -m billing.app` runs it."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from billing.api import router
from billing.checks import PAYERS
from billing.explaining.api import router as explaining
from billing.handlers import messages
from billing.models import (
    Base,
    ChargeRow,
    CounterRow,
    DeviceRow,
    DocumentRow,
    InvoiceRow,
    InvoiceRunRow,
    SelectionRow,
    UserRow,
)
from billing.previews.api import router as previews
from billing.selections.api import router as selections

service = Service(
    "billing",
    handlers=messages,
    routers=[router, previews, explaining, selections],
    base=Base,
    users=UserRow,
    lock_order=(
        InvoiceRunRow,
        DeviceRow,
        ChargeRow,
        InvoiceRow,
        DocumentRow,
        CounterRow,
        SelectionRow,
    ),
    checks=(PAYERS,),
)

if __name__ == "__main__":
    run(service)
