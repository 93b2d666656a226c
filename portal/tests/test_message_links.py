"""A message leads to the page of what it is about (NTF-1)."""

import pytest
from kvitt_portal.pages.messages import page_of


@pytest.mark.rule("NTF-1c")
@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/orders/7c0d", "/bestallningar/7c0d"),
        ("/transfers/7c0d", "/bmb/7c0d"),
        ("/devices/7c0d", "/individ/7c0d"),
        ("/pickups/7c0d", "/hamtordrar/7c0d"),
        ("/work-orders/7c0d", "/arbetsordrar/7c0d"),
        ("/cases/7c0d", "/arenden/7c0d"),
        ("/fault-reports/7c0d", "/felanmalningar/7c0d"),
        ("/purchase-orders/7c0d", "/inkopsordrar/7c0d"),
        ("/supplier-invoices/7c0d", "/leverantorsfakturor/7c0d"),
        ("/home-region-cases/7c0d", "/hemregionsarenden/7c0d"),
        ("/region-sales/7c0d", "/forsaljningar/7c0d"),
        ("/something/7c0d", "/meddelanden"),
    ],
)
def test_a_message_leads_to_the_page_of_what_it_is_about(path: str, page: str) -> None:
    assert page_of({"service": "orders", "path": path}) == page
