"""The messages about suppliers' invoices."""
