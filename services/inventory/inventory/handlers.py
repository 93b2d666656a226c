"""Every message and timer that inventory handles. Each is registered by its noun."""

from kvitt_chassis.handlers import Handlers

from inventory.article_files import handlers as article_files
from inventory.articles import handlers as articles
from inventory.baskets import handlers as baskets
from inventory.cards import handlers as cards
from inventory.conditions import handlers as conditions
from inventory.damages import handlers as damages
from inventory.days import handlers as days
from inventory.device_notes import handlers as device_notes
from inventory.direct_deliveries import handlers as direct_deliveries
from inventory.dispatches import handlers as dispatches
from inventory.erasures import handlers as erasures
from inventory.fault_reports import handlers as fault_reports
from inventory.holds import handlers as holds
from inventory.orders import handlers as orders
from inventory.people import handlers as people
from inventory.pickups import handlers as pickups
from inventory.receipts import handlers as receipts
from inventory.reconditionings import handlers as reconditionings
from inventory.refills import handlers as refills
from inventory.region_sales import handlers as region_sales
from inventory.registered_returns import handlers as registered_returns
from inventory.replenishments import handlers as replenishments
from inventory.returned_goods import handlers as returned_goods
from inventory.returns import handlers as returns
from inventory.safety_levels import handlers as safety_levels
from inventory.scrapping import handlers as scrapping
from inventory.stocktakings import handlers as stocktakings
from inventory.stores import handlers as stores
from inventory.supplier_returns import handlers as supplier_returns
from inventory.takeovers import handlers as takeovers
from inventory.transfers import handlers as transfers


def _every_handler() -> Handlers:
    together = Handlers()
    for part in (
        articles,
        article_files,
        stores,
        people,
        erasures,
        transfers,
        receipts,
        takeovers,
        returns,
        registered_returns,
        reconditionings,
        returned_goods,
        scrapping,
        supplier_returns,
        stocktakings,
        orders,
        replenishments,
        safety_levels,
        refills,
        dispatches,
        direct_deliveries,
        holds,
        fault_reports,
        pickups,
        region_sales,
        baskets,
        cards,
        damages,
        device_notes,
        conditions,
        days,
    ):
        together.include(part.messages)
    return days.counting_days(together)


messages = _every_handler()
