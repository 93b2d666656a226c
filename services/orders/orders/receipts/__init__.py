"""Receipts of direct deliveries: who reports what has arrived, and what the stores answer."""
