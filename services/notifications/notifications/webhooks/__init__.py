"""Regions' webhooks: what is said on a region's feed, sent to its own systems, signed (NTF-4b)."""
