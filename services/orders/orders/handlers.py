"""Registers every message and timer of orders. The handlers are in the modules of their nouns."""

from kvitt_chassis.handlers import Handlers

from orders.articles.handlers import messages as articles
from orders.attachments.handlers import messages as attachments
from orders.care.handlers import projections as care
from orders.cases.handlers import messages as cases
from orders.claims.handlers import messages as claims
from orders.contacts.handlers import messages as contacts
from orders.customer_orders.handlers import messages as customer_orders
from orders.devices.handlers import projections as devices
from orders.fault_reports.handlers import messages as fault_reports
from orders.people.handlers import messages as people
from orders.pickups.handlers import messages as pickups
from orders.placements.handlers import messages as placements
from orders.purchase_orders.handlers import messages as purchase_orders
from orders.purchase_orders.voiding import messages as line_voiding
from orders.responsibles.handlers import projections as responsibles
from orders.suppliers.handlers import messages as suppliers
from orders.units.handlers import messages as units
from orders.work_orders.drafts.handlers import messages as drafts
from orders.work_orders.handlers import messages as work_orders

messages = Handlers()
for _noun in (
    people,
    units,
    contacts,
    articles,
    responsibles,
    devices,
    care,
    placements,
    customer_orders,
    suppliers,
    purchase_orders,
    line_voiding,
    fault_reports,
    pickups,
    cases,
    attachments,
    work_orders,
    drafts,
    claims,
):
    messages.include(_noun)
