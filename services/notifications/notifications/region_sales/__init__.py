"""The messages about sales to other regions (BIL-7)."""
