"""Answers to orders: each is reserved, delivered or declined, and released where it is voided."""
