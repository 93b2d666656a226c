"""The log of persons for who reviews it: lines, samples, reviews, units' coverage (REF-21)."""
