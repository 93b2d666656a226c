"""Which invoices a user looks at, saved under names of their own (BIL-14)."""
