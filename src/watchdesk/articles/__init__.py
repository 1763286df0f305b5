"""Pure: entry or page → article."""
