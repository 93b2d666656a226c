"""Messages about receipts of direct deliveries."""
