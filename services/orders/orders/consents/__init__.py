"""Consents: which unit a patient lets see what others have of them (REF-26)."""
