"""Balances of articles in stores, and the ledger of moves that makes them."""
