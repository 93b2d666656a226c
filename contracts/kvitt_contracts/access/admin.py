"""Who may do what on the admin port, which every service has."""

from collections.abc import Mapping
from typing import Final

from kvitt_contracts.access.acts import OPERATES, Grantee, Reach

ADMIN: Final[Mapping[str, tuple[str, Mapping[Grantee, Reach]]]] = {
    "GET /admin/idle": ("idle", OPERATES),
    "GET /admin/aggregate/{topic}/{key}": ("aggregate.show", OPERATES),
    "POST /admin/reconcile": ("reconcile", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/reconciliation": ("reconciliation.show", OPERATES),
    "POST /admin/reconciliation:run": ("reconciliation.run", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/audit": ("audit.list", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/persons/{person}/stored": ("person.stored", OPERATES),
    "GET /admin/secrets": ("secrets.list", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/log/heads": ("log.heads", OPERATES),
    "POST /admin/log:verify": ("log.verify", OPERATES),
    "GET /admin/log/export": ("log.export", OPERATES),
    "GET /admin/parked": ("parked.list", OPERATES),
    "GET /admin/parked/counts": ("parked.count", OPERATES),
    "GET /admin/parked/groups": ("parked.group", OPERATES),
    "GET /admin/quarantine/{entry}": ("quarantine.show", OPERATES),
    "POST /admin/quarantine/{entry}:preview": ("quarantine.preview", OPERATES),
    "POST /admin/quarantine/{entry}:retry": ("quarantine.retry", OPERATES),
    "POST /admin/quarantine/{entry}:edit": ("quarantine.edit", OPERATES),
    "POST /admin/quarantine/{entry}:discard": ("quarantine.discard", OPERATES),
    "POST /admin/quarantine/{entry}:confirm": ("quarantine.confirm", OPERATES),
    "POST /admin/quarantine/{entry}:withdraw": ("quarantine.withdraw", OPERATES),
    "GET /admin/proposals": ("proposals.list", OPERATES),
    "POST /admin/quarantine:retry": ("quarantine.retry-many", OPERATES),
    "GET /admin/retries": ("retries.list", OPERATES),
    "POST /admin/retries/{retry}:stop": ("retries.stop", OPERATES),
    "GET /admin/operator": ("operator", OPERATES),
    "GET /admin/overview": ("overview", OPERATES),
    "GET /admin/timers": ("timers.list", OPERATES),
    "GET /admin/policies": ("policies.list", OPERATES),
    "GET /admin/story/{key}": ("story.show", OPERATES),
    "GET /admin/find": ("find", OPERATES),
    "GET /admin/outbox": ("outbox.show", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/outbox/last-numbers": ("outbox.last-numbers", {Grantee.PLATFORM: Reach.PLATFORM}),
    "POST /admin/outbox:republish": ("outbox.republish", {Grantee.PLATFORM: Reach.PLATFORM}),
    "POST /admin/outbox:rebase": ("outbox.rebase", {Grantee.PLATFORM: Reach.PLATFORM}),
    "GET /admin/clock": ("clock.show", OPERATES),
    "POST /admin/clock:advance": ("clock.advance", {Grantee.PLATFORM: Reach.PLATFORM}),
}
"""What every service has on its admin port."""
