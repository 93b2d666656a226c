"""Who takes part in a transfer, as bmb drafted it."""
