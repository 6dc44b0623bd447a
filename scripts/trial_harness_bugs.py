"""Bugs of the harness itself: each of tests/system/test_harness_bugs.py N times; no run may be valid.

Usage: trial_harness_bugs.py [--times N]   Needs build/bin/capsize-with-harness-bugs. Exits with 1 if a run was valid.
"""

import argparse
import collections
import pathlib
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "system"), str(ROOT / "scripts")]
from argument_types import positive  # noqa: E402
from test_harness_bugs import BUGS, run  # noqa: E402

NAMES = {0: "valid", 1: "invalid", 2: "unknown", 3: "vacuous", 255: "harness error"}


def endings_of(bug, times):
    arguments, _, _ = BUGS[bug]
    endings = collections.Counter()
    for _ in range(times):
        with tempfile.TemporaryDirectory() as store:
            code, _ = run(pathlib.Path(store), bug, arguments)
        endings[NAMES.get(code, str(code))] += 1
    return endings


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=positive, default=10)
    times = parser.parse_args().times
    missed = 0
    for bug in sorted(BUGS):
        endings = endings_of(bug, times)
        missed += endings["valid"]
        print(f"{bug:24} " + ", ".join(f"{count} {name}" for name, count in endings.most_common()), flush=True)
    print(f"{missed} of {times * len(BUGS)} runs were valid")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
