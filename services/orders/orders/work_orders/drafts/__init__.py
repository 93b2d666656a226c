"""Drafts of applications: what somebody writes and goes on with, before it is applied (ACT-5)."""
