"""Suppliers' invoices, as the region's scanning or access point forwards them."""

from kvitt_contracts.billing import StatedInvoice
from kvitt_contracts.envelope import Fact
from kvitt_contracts.regions.fields import Version


class SupplierInvoiceStated(StatedInvoice, Fact, type="region.supplier-invoice.stated.v1"):
    """A supplier's invoice, or with `is_credit` a credit note (BIL-6).

    Subject: the region's own reference of the invoice.
    `version` counts statements of the invoice. The same number of the supplier's with other content
    is refused: a mistake is mended by a credit note. `credits`: the invoice that a credit note
    takes back from. `device_number` instead of a purchase order: a device that was bought over from
    another region (BIL-13). No amount is negative. An unknown supplier is waited for.
    """

    version_of = ()

    version: Version
