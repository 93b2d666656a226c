"""Refills of units' own stores, proposed each night below their safety levels (INV-9)."""
