"""Kvitt's command line: what starts, checks and stops the system; no business rule."""
