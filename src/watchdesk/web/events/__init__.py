"""/api/v1/events: what is found and sent, told while it happens (server-sent events, WHATWG HTML)."""
