"""One digest: `making` composes it when it is due, and puts it into the outbox. Also previews and fates.

`digests` decides what is due and what a digest says; `service` decides when to look.
"""
