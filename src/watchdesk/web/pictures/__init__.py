"""Pictures as SVG, made here from figures; each comes with its table, for those who cannot see it."""
