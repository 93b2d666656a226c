"""Messages to users, and the regions' outbound feed."""
