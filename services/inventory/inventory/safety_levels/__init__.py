"""How much of an article a unit's own store is never to fall below (INV-9)."""
