"""Mails that routines want sent: queued, taken by a mail server, or failed (NTF-4)."""
