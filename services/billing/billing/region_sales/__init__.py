"""Sales of devices to the region that their patient moves to (BIL-7)."""
