"""Bytes from the world → text, XML from the world → elements, text → what a screen can show. Pure."""
