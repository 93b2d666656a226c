"""Claims of transfers on devices, and the effect that a transfer has."""
