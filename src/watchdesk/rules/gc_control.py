"""Python's garbage collector, kept from searching rules: they are millions of objects that all stay alive."""

import gc


def freeze_gc() -> None:
    """Collects garbage, then exempts all living objects from later collections.

    For a service that has read its rules: searching those of a large desk stops every thread for a tenth of
    a second. Objects that an earlier call exempted are collected first if they have died since.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


settle_collector = freeze_gc
"""Its earlier name."""
