"""What of `deploy/` is made from the code: Kubernetes' objects from the catalogue and from the
settings.

`python -m kvitt.deployed` writes, with `--check` it only compares (exit code 1).
"""
