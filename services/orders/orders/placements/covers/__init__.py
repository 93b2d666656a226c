"""Who pays for a recipient of another region, or of none."""
