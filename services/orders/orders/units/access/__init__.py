"""Users' access: applied for by the head of their unit, granted, lapsed (REF-5)."""
