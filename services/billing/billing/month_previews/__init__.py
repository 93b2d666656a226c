"""What a month's invoices would be, before they are issued, and what of it stands out (BIL-9)."""
