"""One poll, told in order: ask, collect what the documents say, recognise, ingest, and read full texts."""
