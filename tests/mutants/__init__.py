"""Mutants: each mechanism taken out by itself, and the test that must then turn red."""
