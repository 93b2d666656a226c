"""What users do with drafts of applications, over HTTP alone."""

from kvitt_contracts.envelope import Command
from kvitt_contracts.types import NamedPatient, ServicePointId, UserId

from orders.work_orders.applications.domain import Application


class SaveApplicationDraft(Command):
    """Keep an application that is being written; `version` is what was seen of one that is kept
    already (ACT-5g).
    """

    recipient: NamedPatient
    service_point: ServicePointId | None = None
    requester: UserId | None = None
    application: Application
    version: int | None = None
    by: UserId


class DiscardApplicationDraft(Command):
    """Throw a draft away, as it was seen (ACT-5g)."""

    version: int
