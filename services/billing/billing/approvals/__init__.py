"""A month is previewed, and where the policy says so approved, before it is issued (BIL-9)."""
