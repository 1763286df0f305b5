"""Visitors of the page, and a bare server that they ask instead, each a process of its own."""
