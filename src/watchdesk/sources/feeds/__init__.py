"""Bytes of a feed, in any of its kinds → entries as published. The door is `feed.read_feed`."""
