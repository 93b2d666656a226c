"""The parties of a transfer: who has a part in its devices, who pays, and who of them has ended."""
