"""Projections of other services' events: persons, units, users, and where devices are."""
