"""Transfers of recipient and payer: request, acknowledgement, expiry."""
