"""A projection of fault reports: whose they are to answer."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import FaultReportId, ServicePointId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class FaultReportRow(Regional, Base):
    """A fault report, and the service point that answers it."""

    __tablename__ = "fault_reports"

    fault_report_id: Mapped[FaultReportId] = mapped_column(primary_key=True)
    service_point: Mapped[ServicePointId]
