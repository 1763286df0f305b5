"""What the service counts and times as it works, for /metrics. It knows nothing of who shows it."""
