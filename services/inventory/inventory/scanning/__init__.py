"""What a scanned code says: which numbers of a device it may be."""
