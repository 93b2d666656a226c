"""Attachments over HTTP: sent in, put to orders and work orders, read by who sees these."""
