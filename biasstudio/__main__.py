"""python -m biasstudio"""

import sys

from biasstudio.cli import main

if __name__ == "__main__":
    sys.exit(main())
