"""Stocktakings: stores are counted, and what differs is posted."""
