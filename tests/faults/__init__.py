"""Faults on the whole system: load, scenarios, and the checker that decides what held."""
