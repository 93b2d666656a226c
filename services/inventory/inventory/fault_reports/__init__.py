"""The prescriber whom a fault report names for a device (ACT-6)."""
