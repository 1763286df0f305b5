"""Shell: what survives a restart."""
