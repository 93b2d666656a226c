"""Attachments: files that go along with orders and work orders (ORD-16)."""
