"""Rule mutants: a small change for each clause that is built, and the tests that turn red then."""
