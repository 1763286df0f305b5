"""Bytes as the world writes them → text, and XML as the world writes it → elements. Pure."""
