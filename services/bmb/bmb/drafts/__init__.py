"""Drafts of transfers: saved and thrown away, before anything is asked of anybody."""
