"""Rule mutants: one small change for each clause that is built, and the tests that then turn red."""
