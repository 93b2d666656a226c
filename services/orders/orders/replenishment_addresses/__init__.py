"""Where the replenishments of a unit go, when not to its own address (REF-12)."""
