"""The keys that persons' data are sealed with: one for each person, destroyed at erasure."""
