"""The command by the clock of a dial: `python -m archive.clocked DIAL ARGUMENTS…`; `tests` is on its path.

What the service does each hour or each few minutes whatever the clock says is as much more frequent as the
clock is faster, and what is done behind rests less: there is that much less time for it.
"""

import gc
import sys
from datetime import timedelta
from pathlib import Path

from support.dial import Dial
from support.nursery import import_everything, set_clock
from watchdesk.cli import main
from watchdesk.service import run as service_run
from watchdesk.service.upkeep import process as upkeep
from watchdesk.service.upkeep.pruning import Pruning

_SHORTEST = timedelta(seconds=1)

if __name__ == "__main__":
    import_everything()
    dial = Dial(Path(sys.argv[1]))
    set_clock(dial, of_machine=False)
    service_run.GIVING_BACK = max(_SHORTEST, service_run.GIVING_BACK / dial.rate)
    Pruning.every = max(_SHORTEST, Pruning.every / dial.rate)
    upkeep.RESTS, upkeep.NICE = 1.0, 1
    gc.collect()
    sys.argv = ["watchdesk", *sys.argv[2:]]
    main()
