"""What past transfers would have come to under another policy: read over HTTP, decided by bmb's and
billing's own rules. Changes nothing.
"""
