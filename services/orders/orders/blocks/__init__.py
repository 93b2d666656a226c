"""Blocks: what a patient lets no other unit see of what a unit has of them (REF-25)."""
