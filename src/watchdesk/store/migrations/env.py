"""Alembic asks for this file; the tables are migrated by `watchdesk.store.opening`."""
