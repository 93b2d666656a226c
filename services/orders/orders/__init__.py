"""People and units as the regions report them; orders, pickups, work orders, baskets."""
