"""What the slips of pickups and work orders share: how devices, addresses and words are shown."""
