"""The Stockholm days of each region, closed one after the other."""
