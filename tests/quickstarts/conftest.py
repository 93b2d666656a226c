"""The quick starts are run by `make quickstarts` alone: each starts a whole system, and fetches."""

import os

collect_ignore_glob = [] if os.environ.get("KVITT_QUICKSTARTS") == "1" else ["test_*.py"]
