"""``b12 doctor``."""
