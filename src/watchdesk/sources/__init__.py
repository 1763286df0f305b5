"""Shell: the outside world → entries."""
