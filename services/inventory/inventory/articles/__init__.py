"""The catalogue: articles and their prices."""
