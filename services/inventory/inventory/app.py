"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service
from kvitt_chassis.web.region_messages import router as region_messages

from inventory.alternatives import api as alternatives
from inventory.article_files.models import ArticleFileRow, ArticleInformationRow
from inventory.articles import api as articles
from inventory.articles import page_api as article_pages
from inventory.articles import scanned_api as scanned_articles
from inventory.articles.models import ArticleRow
from inventory.baskets.models import BasketRow
from inventory.cards import api as cards
from inventory.claims.checks import CLAIMS
from inventory.custody import api as custody
from inventory.custody.checks import CUSTODY
from inventory.damages import api as damages
from inventory.days.models import CountRow, DaysRow
from inventory.device_notes import api as device_notes
from inventory.devices import api as devices
from inventory.devices import returned
from inventory.devices.models import DeviceNoteRow, DeviceRow
from inventory.fault_reports.models import RefusedPrescriberRow
from inventory.handlers import messages
from inventory.holds import api as holds
from inventory.holds.models import HoldRow
from inventory.models import Base
from inventory.order_guides import api as order_guides
from inventory.order_previews import api as order_previews
from inventory.people.models import UserRow
from inventory.pickups.models import PickupClaimRow
from inventory.reconditionings import api as reconditionings
from inventory.reconditionings.checks import RECONDITIONING
from inventory.reconditionings.models import ReconditioningRow
from inventory.refills import api as refills
from inventory.refills.models import RefilledStoreRow, RefillRow
from inventory.region_sales.models import SaleClaimRow
from inventory.registered_returns import api as registered_returns
from inventory.registered_returns import choices as return_choices
from inventory.reservations import api as reservations
from inventory.reservations.models import ReservationRow
from inventory.safety_levels import api as safety_levels
from inventory.scrapping import api as scrapping
from inventory.set_aside.checks import ORDERS, RESERVED
from inventory.stock.checks import BALANCES
from inventory.stock.models import BalanceRow
from inventory.stocktakings import api as stocktakings
from inventory.stocktakings import counting
from inventory.stocktakings.models import StocktakingRow
from inventory.store_balances import api as store_balances
from inventory.stores import api as stores
from inventory.supplier_returns import api as supplier_returns
from inventory.supplier_returns.models import SupplierReturnRow
from inventory.takeovers import api as takeovers
from inventory.whereabouts.checks import PLACES

service = Service(
    "inventory",
    handlers=messages,
    routers=[
        region_messages,
        articles.router,
        scanned_articles.router,
        article_pages.streams,
        article_pages.router,
        alternatives.router,
        order_guides.router,
        stores.router,
        store_balances.router,
        devices.router,
        custody.router,
        returned.router,
        registered_returns.router,
        return_choices.router,
        scrapping.router,
        takeovers.router,
        cards.router,
        damages.router,
        device_notes.router,
        supplier_returns.router,
        reconditionings.router,
        reservations.router,
        order_previews.router,
        holds.router,
        stocktakings.router,
        counting.router,
        refills.router,
        safety_levels.router,
    ],
    base=Base,
    users=UserRow,
    lock_order=(
        ArticleRow,
        ArticleFileRow,
        ArticleInformationRow,
        StocktakingRow,
        BalanceRow,
        DeviceRow,
        DeviceNoteRow,
        HoldRow,
        RefusedPrescriberRow,
        PickupClaimRow,
        SaleClaimRow,
        BasketRow,
        ReconditioningRow,
        ReservationRow,
        RefilledStoreRow,
        RefillRow,
        SupplierReturnRow,
        CountRow,
        DaysRow,
    ),
    checks=(CUSTODY, CLAIMS, BALANCES, RECONDITIONING, RESERVED, ORDERS, PLACES),
    title="Kvitt lager",
)

if __name__ == "__main__":
    run(service)
