"""Where something goes, or is fetched or mended, for who goes there."""
