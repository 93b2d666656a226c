"""How a service runs; knows no order and no transfer."""

import gc

# What a service imports it keeps. To look it through for garbage, again and again while it grows,
# takes a quarter of its start.
gc.set_threshold(50_000)
