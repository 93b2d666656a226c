"""What the device service makes fit again before it is available."""
