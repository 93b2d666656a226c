"""Applications for an individual prescription outside the assortment."""
