"""Registers every message and timer of orders. The handlers are in the modules of their nouns."""

from kvitt_chassis.handlers import Handlers

from orders.articles.handlers import messages as articles
from orders.attachments.handlers import messages as attachments
from orders.baskets.answers import bringing_to_baskets
from orders.baskets.handlers import messages as baskets
from orders.blocks.handlers import messages as blocks
from orders.care.done import logging_what_is_done
from orders.care.handlers import projections as care
from orders.cases.handlers import messages as cases
from orders.claims.handlers import messages as claims
from orders.clear_texts.handlers import messages as clear_texts
from orders.consents.handlers import messages as consents
from orders.contacts.handlers import messages as contacts
from orders.customer_orders.handlers import messages as customer_orders
from orders.devices.handlers import projections as devices
from orders.erasures.handlers import messages as erasures
from orders.fault_reports.handlers import messages as fault_reports
from orders.order_drafts.handlers import messages as order_drafts
from orders.people.handlers import messages as people
from orders.people.keys.handlers import messages as person_keys
from orders.people.terms.handlers import messages as search_index
from orders.pickups.handlers import messages as pickups
from orders.placements.handlers import messages as placements
from orders.purchase_orders.handlers import messages as purchase_orders
from orders.purchase_orders.mailing import messages as mailing
from orders.purchase_orders.voiding import messages as line_voiding
from orders.receipts.handlers import messages as receipts
from orders.refills.handlers import projections as refills
from orders.replenishment_addresses.handlers import messages as replenishment_addresses
from orders.replenishments.handlers import messages as replenishments
from orders.responsibles.handlers import projections as responsibles
from orders.reviews.handlers import messages as reviews
from orders.suppliers.handlers import messages as suppliers
from orders.templates.handlers import messages as templates
from orders.units.access.handlers import messages as access
from orders.units.handlers import messages as units
from orders.work_orders.drafts.handlers import messages as drafts
from orders.work_orders.handlers import messages as work_orders

_together = Handlers()
for _noun in (
    people,
    search_index,
    person_keys,
    units,
    access,
    contacts,
    blocks,
    consents,
    articles,
    responsibles,
    devices,
    care,
    refills,
    placements,
    order_drafts,
    replenishments,
    replenishment_addresses,
    templates,
    customer_orders,
    suppliers,
    purchase_orders,
    mailing,
    line_voiding,
    receipts,
    baskets,
    fault_reports,
    pickups,
    cases,
    attachments,
    work_orders,
    drafts,
    claims,
    erasures,
    reviews,
    clear_texts,
):
    _together.include(_noun)
messages = logging_what_is_done(bringing_to_baskets(_together))
