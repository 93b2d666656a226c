"""The comparison of what stores have set aside with what it is set aside for."""
