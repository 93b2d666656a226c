"""The list of what waits, of every kind: for what, on whom, until when (REF-20)."""
