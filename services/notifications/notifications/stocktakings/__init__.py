"""The messages about stocktakings."""
