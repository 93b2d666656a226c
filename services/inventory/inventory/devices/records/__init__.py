"""What is recorded on a device of what has happened to it (INV-15)."""
