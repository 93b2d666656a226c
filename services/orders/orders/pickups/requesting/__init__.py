"""Requesting a pickup."""
