"""Polite requests to the web: which hosts, how often, what comes back, what is remembered of it."""
