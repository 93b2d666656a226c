"""What people write on a device's card (INV-5g)."""
