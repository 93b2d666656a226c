"""Who owes what for which day: fees, charges, invoices."""
