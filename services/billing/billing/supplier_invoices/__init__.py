"""Suppliers' invoices: taken in, matched with what was purchased and received, held or paid (BIL-6)."""
