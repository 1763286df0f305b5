"""The command by the clock of a dial: `python -m archive.clocked DIAL ARGUMENTS…`; `tests` is on its path."""

import gc
import sys
from pathlib import Path

from support.dial import Dial
from support.nursery import import_everything, set_clock
from watchdesk.cli import main

if __name__ == "__main__":
    import_everything()
    set_clock(Dial(Path(sys.argv[1])), of_machine=False)
    gc.collect()
    sys.argv = ["watchdesk", *sys.argv[2:]]
    main()
