"""Handles Ctrl-C in a script: prints one line and exits with the code of an interrupt."""

import sys


def run(main, hint=""):
    """Exits with the code that `main` returns."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print(f"\ninterrupted{hint and '; ' + hint}", file=sys.stderr)
        sys.exit(130)
