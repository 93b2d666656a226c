"""Marked devices: who has them, who pays, and what they are claimed for."""
