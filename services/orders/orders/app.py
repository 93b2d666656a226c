"""The service orders, assembled. `python -m orders.app` runs it."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service
from kvitt_chassis.web.region_messages import router as region_messages

from orders.attaching.api import router as attaching
from orders.attaching.api import streams as attachments
from orders.attachments.models import AttachmentRow
from orders.attachments.store import files
from orders.baskets.api import router as baskets
from orders.baskets.models import BasketLoanRow
from orders.blocks.models import BlockOpeningRow, BlockRow
from orders.care.api import router as care
from orders.cases.api import router as cases
from orders.cases.models import CaseRow
from orders.consents.models import ConsentRow
from orders.contacts.api import router as contacts
from orders.customer_orders.api import router as customer_orders
from orders.customer_orders.awaited import router as awaited
from orders.customer_orders.models import OrderRow
from orders.erasures.api import router as erasures
from orders.erasures.checks import ERASURES
from orders.extracts.api import router as extracts
from orders.extracts.looks import router as looks
from orders.fault_reports.api import router as fault_reports
from orders.fault_reports.models import FaultReportRow
from orders.handlers import messages
from orders.handouts.api import router as handouts
from orders.models import Base
from orders.numbers.models import NumberSeriesRow
from orders.order_drafts.api import router as order_drafts
from orders.order_drafts.models import OrderDraftRow
from orders.people.api import router as people
from orders.people.keys.api import router as key_rings
from orders.people.keys.models import KeyRingRow
from orders.people.keys.wrapping import wrapper
from orders.people.log import PERSON_LOG
from orders.people.models import PersonDetailsRow, PersonRow
from orders.people.number_index import person_keys
from orders.people.terms.api import router as search_index
from orders.people.terms.keeping import TermKeeper
from orders.people.terms.models import RekeyingRow
from orders.pickups.api import router as pickups
from orders.pickups.choices import router as pickup_choices
from orders.pickups.models import PickupRow
from orders.placements.api import router as placements
from orders.placements.sources.api import router as sources
from orders.purchase_orders.api import router as purchase_orders
from orders.purchase_orders.mailing import router as mailing
from orders.purchase_orders.models import PurchaseOrderRow
from orders.receipts.api import router as receipts
from orders.receipts.models import ReceiptRow
from orders.refills.models import RefillRow
from orders.replenishment_addresses.api import router as replenishment_addresses
from orders.replenishments.api import router as replenishments
from orders.reviews.api import router as reviews
from orders.suppliers.api import router as suppliers
from orders.suppliers.models import SupplierRow
from orders.templates.api import router as templates
from orders.templates.models import TemplateRow
from orders.today import router as today
from orders.units.access.api import router as access
from orders.units.api import router as units
from orders.units.models import CareUnitRow, CustomerRow, PayerRow, UserRow
from orders.waiting.api import router as waiting
from orders.wishes.api import router as wishes
from orders.work_orders.api import router as work_orders
from orders.work_orders.choices import router as work_order_choices
from orders.work_orders.drafts.api import router as application_drafts
from orders.work_orders.drafts.models import ApplicationDraftRow
from orders.work_orders.models import WorkOrderRow

service = Service(
    "orders",
    handlers=messages,
    routers=[
        region_messages,
        placements,
        sources,
        order_drafts,
        replenishments,
        replenishment_addresses,
        templates,
        awaited,
        customer_orders,
        purchase_orders,
        mailing,
        receipts,
        suppliers,
        baskets,
        fault_reports,
        pickup_choices,
        pickups,
        cases,
        waiting,
        attachments,
        attaching,
        work_order_choices,
        work_orders,
        application_drafts,
        people,
        search_index,
        key_rings,
        care,
        wishes,
        erasures,
        extracts,
        reviews,
        looks,
        handouts,
        access,
        units,
        contacts,
        today,
    ],
    base=Base,
    users=UserRow,
    jobs=[TermKeeper],
    checks=(ERASURES,),
    logs=(PERSON_LOG,),
    lock_order=(
        PayerRow,
        CustomerRow,
        CareUnitRow,
        UserRow,
        SupplierRow,
        OrderRow,
        OrderDraftRow,
        AttachmentRow,
        RefillRow,
        TemplateRow,
        BasketLoanRow,
        PurchaseOrderRow,
        ReceiptRow,
        FaultReportRow,
        CaseRow,
        PickupRow,
        WorkOrderRow,
        ApplicationDraftRow,
        BlockOpeningRow,
        BlockRow,
        ConsentRow,
        PersonRow,
        PersonDetailsRow,
        RekeyingRow,
        KeyRingRow,
        NumberSeriesRow,
    ),
)

if __name__ == "__main__":
    person_keys()  # without it no person can be found: better not to start
    wrapper()  # nor could they be read
    files()  # nor could anything be attached
    run(service)
