"""D1 is not there yet."""
