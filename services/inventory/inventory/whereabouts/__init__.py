"""The comparison of where marked devices are with what their stores have."""
