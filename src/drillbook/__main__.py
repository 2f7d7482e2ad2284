"""`python -m drillbook` is the same as `drillbook`."""

import sys

from drillbook.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
