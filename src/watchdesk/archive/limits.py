"""How large a segment of the index may be."""

MOST_DOCUMENTS = 65_535
"""In one segment, because numbers of documents take two bytes."""
