"""What a fleet of many sources costs its database: `sizes.py` measures it, the others are its parts."""
