"""What has happened to devices, and who pays for that (INV-15)."""
