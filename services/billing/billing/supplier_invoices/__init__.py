"""Suppliers' invoices: taken in, matched with purchase and receipt, held or paid (BIL-6)."""
