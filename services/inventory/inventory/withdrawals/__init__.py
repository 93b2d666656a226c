"""What is prescribed from a unit's own store, decided and delivered at once."""
