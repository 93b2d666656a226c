"""Logs as evidence: their rows are chained by a keyed hash, and what was removed, altered, put in
or cut off afterwards is found.
"""
