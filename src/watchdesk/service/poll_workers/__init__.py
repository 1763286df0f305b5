"""Whole polls in other processes: they ask, read, recognise and match; the service only writes.

`workers` is the door of the service's process, `worker` what runs in the others, `messages` all that passes
between them, `fork_server` and `generations` where the others come from.
"""
