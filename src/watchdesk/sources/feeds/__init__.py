"""Bytes of a feed of any format → entries as published. The door is `feed.read_feed`."""
