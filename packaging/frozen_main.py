"""The program as it is frozen: what an environment of Python does for `biasstudio`, and what only a bundle needs."""

import multiprocessing
import os
import sys

# A bundle's libraries are for itself: a browser or a file manager that it opens is to find the system's own.
for variable in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
    before = os.environ.pop(f"{variable}_ORIG", None)
    if before is not None:
        os.environ[variable] = before
    else:
        os.environ.pop(variable, None)

if __name__ == "__main__":
    multiprocessing.freeze_support()
    from biasstudio.cli import main

    sys.exit(main())
