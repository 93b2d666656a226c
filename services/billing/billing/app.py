"""The service billing, put together. `python -m billing.app` runs it."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from billing.api import router
from billing.checks import PAYERS
from billing.delayed_fees.api import router as delayed_fees
from billing.handlers import messages
from billing.models import (
    Base,
    ChargeRow,
    CounterRow,
    DeviceRow,
    DocumentRow,
    InvoiceRow,
    InvoiceRunRow,
    UserRow,
)
from billing.previews.api import router as previews

service = Service(
    "billing",
    handlers=messages,
    routers=[router, previews, delayed_fees],
    base=Base,
    users=UserRow,
    lock_order=(InvoiceRunRow, DeviceRow, ChargeRow, InvoiceRow, DocumentRow, CounterRow),
    checks=(PAYERS,),
)

if __name__ == "__main__":
    run(service)
