"""Tries what a desk's configuration needs, as far as one can without sending, polling or writing.

`trials` has the list; each other module tries one subject and answers with `findings`.
"""

from typing import TYPE_CHECKING

from watchdesk.doors import on_demand

if TYPE_CHECKING:
    from watchdesk.doctor.findings import Finding as Finding
    from watchdesk.doctor.findings import Result as Result
    from watchdesk.doctor.findings import findings_document as findings_document
    from watchdesk.doctor.in_order import tried as tried
    from watchdesk.doctor.surroundings import Surroundings as Surroundings
    from watchdesk.doctor.surroundings import look_around as look_around
    from watchdesk.doctor.trials import trials as trials
    from watchdesk.doctor.untried import left_untried as left_untried
else:
    __getattr__ = on_demand(
        __name__,
        {
            ".findings": "Finding Result findings_document",
            ".in_order": "tried",
            ".surroundings": "Surroundings look_around",
            ".trials": "trials",
            ".untried": "left_untried",
        },
    )
