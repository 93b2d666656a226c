"""All messages of notifications, from the nouns that handle them."""

from kvitt_chassis.handlers import Handlers

from notifications.baskets.handlers import messages as baskets
from notifications.blocks.handlers import messages as blocks
from notifications.cases.handlers import messages as cases
from notifications.devices.handlers import messages as devices
from notifications.emails.handlers import messages as emails
from notifications.fault_reports.handlers import messages as fault_reports
from notifications.feed.handlers import messages as feed
from notifications.home_regions.handlers import messages as home_regions
from notifications.messages.handlers import messages as own
from notifications.news.handlers import messages as news
from notifications.orders.handlers import messages as orders
from notifications.pickups.handlers import messages as pickups
from notifications.preferences.handlers import messages as preferences
from notifications.purchase_orders.handlers import messages as purchase_orders
from notifications.receipts.handlers import messages as receipts
from notifications.reconditionings.handlers import messages as reconditionings
from notifications.refills.handlers import messages as refills
from notifications.region_sales.handlers import messages as region_sales
from notifications.register.handlers import messages as register
from notifications.reports.handlers import messages as reports
from notifications.stocktakings.handlers import messages as stocktakings
from notifications.supplier_invoices.handlers import messages as supplier_invoices
from notifications.transfers.handlers import messages as transfers
from notifications.users.handlers import messages as users
from notifications.webhooks.handlers import messages as webhooks
from notifications.work_orders.handlers import messages as work_orders

messages = Handlers()
for _noun in (
    register,
    orders,
    transfers,
    fault_reports,
    pickups,
    receipts,
    baskets,
    refills,
    reconditionings,
    work_orders,
    purchase_orders,
    cases,
    blocks,
    users,
    devices,
    stocktakings,
    supplier_invoices,
    region_sales,
    home_regions,
    feed,
    emails,
    news,
    webhooks,
    preferences,
    own,
):
    messages.include(_noun)

# decision 0543: what a region is told stands beside what its users are told
messages.beside(reports)
