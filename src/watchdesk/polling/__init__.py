"""One poll, step by step in `poll`: ask, collect, recognise, ingest, read full texts, write.

When a source is polled, and in which process its documents are read, is left to `service`.
"""
