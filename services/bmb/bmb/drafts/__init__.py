"""Drafts of transfers: saved and cancelled, before any other service is involved."""
