"""`python -m kvitt`: the command line without its script."""

from kvitt.app import main

main()
