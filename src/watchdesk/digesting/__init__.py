"""One digest: `making` composes it when it is due, and puts it into the outbox. Also previews and fates.

What is due and what a digest says is decided in `digests`; when to look is left to `service`.
"""
