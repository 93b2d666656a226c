"""Attacks on the whole system, and what came of them."""
