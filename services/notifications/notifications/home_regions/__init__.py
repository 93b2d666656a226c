"""The messages about patients whom another region or the state pays for (BIL-5, BIL-11)."""
