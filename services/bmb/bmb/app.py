"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service
from kvitt_chassis.web.region_messages import router as region_messages

from bmb.api import router
from bmb.base import Base
from bmb.handlers import messages
from bmb.models import TransferRow
from bmb.register.models import UserRow
from bmb.responsibles.api import router as responsibles
from bmb.responsibles.models import ResponsiblesRow

service = Service(
    "bmb",
    handlers=messages,
    routers=[region_messages, router, responsibles],
    base=Base,
    users=UserRow,
    lock_order=(TransferRow, ResponsiblesRow),
)

if __name__ == "__main__":
    run(service)
