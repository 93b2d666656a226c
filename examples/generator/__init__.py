"""Makes examples/regions from a seed. Uses the public contracts and no service."""
