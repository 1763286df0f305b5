"""A digest as one message in a chat. What it says is settled in `compact`; Apprise's home is `services`."""
