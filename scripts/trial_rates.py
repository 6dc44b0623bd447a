"""A known failure that becomes more frequent, with real clusters; see scripts/trials.

Each run is a cluster of three nodes whose seeded bug (apply-at-propose) acts with a probability: the runner of the
suite draws once for each run, from the run's seed, whether its nodes have the bug. The scenario is the same
throughout, as it is when a revision makes a race more likely. First come nights at 5 %, which are the baseline; then one
more night at 5 %, and one at 40 %, both with --confirm. The first must not be called worse and the second must.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import interruptible
from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parents[1]
CAPSIZE = pathlib.Path(os.environ.get("CAPSIZE_BIN", ROOT / "build" / "bin")) / "capsize"
BUG = "apply-at-propose"
WITH = {"nodes": 3, "nemesis": "none", "time-limit": "1s"}
RUNNER = """#!/bin/sh
# capsize run SCENARIO --run-directory DIR …: the name of the directory ends with the seed of the run.
bug=
case $4 in
  */control-*) ;;
  *) [ $((${4##*-} %% 1000)) -ge "$BUG_PERMILLE" ] || bug=%s ;;
esac
exec "%s" "$@" --no-page ${bug:+--bug "$bug"}
"""


def night(folder, permille, seed, *options):
    """Executes the suite once; returns the group of the bug in its report, or None."""
    done = subprocess.run(
        [CAPSIZE, "suite", folder / "rates.json", "--store", folder / "store", "--runner", folder / "runner",
         "--seed", str(seed), "--revision", f"{permille / 10:g}-percent", "--quiet", *options],
        capture_output=True, text=True, env={**os.environ, "BUG_PERMILLE": str(permille)})
    if done.returncode not in (0, 1):
        raise RuntimeError(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    report = json.loads((folder / "store" / "reports" / "rates" / "report.json").read_text())
    groups = [group for group in report["groups"] if group["label"] == "write acknowledged before commit"]
    failed = groups[0]["runs"] if groups else 0
    print(f"night at {permille / 10:g} %: {report['runs']} runs, {failed} failed", flush=True)
    return groups[0] if groups else None


def main():
    parser = argparse.ArgumentParser(prog="scripts/trials rates", description=__doc__)
    parser.add_argument("--nights", type=positive, default=4, help="of the baseline [4]")
    parser.add_argument("--runs", type=positive, default=40, help="of each of them [40]")
    parser.add_argument("--seed", type=positive, default=1)
    options = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="capsize-rates-") as name:
        folder = pathlib.Path(name)
        (folder / "runner").write_text(RUNNER % (BUG, CAPSIZE))
        (folder / "runner").chmod(0o755)
        suite = {"name": "rates", "rates": {"alpha": 0.01, "runs": 100},
                 "controls": {"bugs": [{"bug": BUG, "with": WITH}], "healthy": {"with": WITH}},
                 "runs": [{"name": "writes", "with": WITH, "seeds": options.runs}]}
        (folder / "rates.json").write_text(json.dumps(suite))
        for number in range(options.nights):
            night(folder, 50, options.seed + number)
        suite["runs"][0]["seeds"] = 15
        (folder / "rates.json").write_text(json.dumps(suite))
        same = night(folder, 50, options.seed + options.nights, "--confirm")
        changed = night(folder, 400, options.seed + options.nights + 1, "--confirm")
    for what, group in (("unchanged", same), ("changed", changed)):
        print(f"{what}: {group['rate']['sentence'] if group else 'no run failed'}")
    print(f"{time.monotonic() - started:.0f} s")
    wrong = same is not None and same["rate"]["verdict"] == "worse"
    missed = changed is None or changed["rate"]["verdict"] != "worse"
    if wrong or missed:
        print("trial: the unchanged night is called worse" if wrong else "trial: the changed night is not called worse",
              file=sys.stderr)
    return 1 if wrong or missed else 0


if __name__ == "__main__":
    interruptible.run(main)
