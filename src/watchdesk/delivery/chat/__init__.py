"""A digest as one chat message. `compact` decides what it says; `services` is the home of Apprise."""
