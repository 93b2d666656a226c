"""How a claimant of several devices claims them: all, or none."""
