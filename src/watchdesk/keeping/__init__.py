"""Copies of a whole desk: backups, what is restored from them, and moves from one database to another."""
