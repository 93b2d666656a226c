"""Makes examples/regions from a seed. Knows the public contracts and nothing of the services."""
