"""A device through time: who had it, who paid and who prescribed it, by day."""
