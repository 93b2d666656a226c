"""Decides the invariants of docs/messaging-facts.md §7 from what a run left behind."""
