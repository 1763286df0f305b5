"""One digest: `making` looks, decides, composes, renders and lays it in the outbox; also previews and fates.

What is due and what a digest says is decided in `digests`; when to look is left to `service`.
"""
