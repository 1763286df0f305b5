"""One poll, step by step in `poll`: ask, collect, recognise, ingest, read full texts, write.

`service` decides when to poll a source, and which process reads its documents.
"""
