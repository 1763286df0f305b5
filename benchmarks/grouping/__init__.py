"""Measures how articles are grouped: corpora, edits of texts, and what looks like a copy and is none."""
