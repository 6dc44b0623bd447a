"""Ctrl-C in the middle of a script: one line, and the exit code of an interrupt."""

import sys


def run(main, hint=""):
    """Ends the process with what `main` returns."""
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        print(f"\ninterrupted{hint and '; ' + hint}", file=sys.stderr)
        sys.exit(130)
