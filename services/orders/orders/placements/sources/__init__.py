"""From where an article may be had, and from where it is proposed (REF-10)."""
