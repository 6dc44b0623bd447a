"""Runs each strategy and each kind of fault while busy loops occupy the processors.

A slow machine must not cause a false alarm: all runs use a correct node, so each must be valid. A vacuous run fails, too:
the promised coverage must be reached on a busy machine. Exits with 1 if any run is not valid.
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import subprocess
import tempfile
import time

import interruptible
from argument_types import positive
from bare_cluster import BIN


def burn():
    while os.getppid() == burn.parent:  # ends with the trial, however that ends
        for _ in range(1_000_000):
            pass


def names():
    """All names that `capsize run --nemesis` accepts: strategies, mixtures and kinds of faults."""
    found = []
    for what in ("nemeses", "faults"):
        listed = subprocess.run([BIN / "capsize", "list", what], check=True, capture_output=True, text=True).stdout
        found += [line.split()[0] for line in listed.splitlines() if line[:1].strip()]
    return list(dict.fromkeys(found))


def run(name, seed, options, store):
    """The run's verdict, and the messages of all checks that are not valid."""
    finished = subprocess.run(
        [BIN / "capsize", "run", "--quiet", "--nemesis", name, "--seed", str(seed), "--time-limit", options.time_limit,
         "--store", store], capture_output=True, text=True)
    results = pathlib.Path(store) / "latest" / "results.json"
    if not results.exists():
        return "none", [finished.stdout + finished.stderr]
    document = json.loads(results.read_text())
    said = [f"{check['name']}: {check['verdict']}: {check['explanation']}" for check in document["checks"]
            if check["verdict"] != "valid"]
    error = document.get("harness-error")
    return document["verdict"], said + ([error] if error else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--loops", type=positive, default=4, help="number of busy loops (default: 4)")
    parser.add_argument("--time-limit", default="6s", help="duration of each run (default: 6s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first run (default: 1)")
    options = parser.parse_args()
    burn.parent = os.getpid()
    loops = [multiprocessing.Process(target=burn, daemon=True) for _ in range(options.loops)]
    for loop in loops:
        loop.start()
    verdicts = collections.Counter()
    began = time.monotonic()
    todo = names()
    with tempfile.TemporaryDirectory(prefix="capsize-busy-") as store:
        for number, name in enumerate(todo):
            verdict, said = run(name, options.seed + number, options, os.path.join(store, name))
            verdicts[verdict] += 1
            if verdict != "valid":
                print(f"  {name} (seed {options.seed + number}): {verdict}", *said, sep="\n    ", flush=True)
            print(f"busy: {number + 1} of {len(todo)} runs, {time.monotonic() - began:.0f} s", flush=True)
    for loop in loops:
        loop.terminate()
    print(f"{len(todo)} runs with {options.loops} busy loops:",
          ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())))
    return 0 if set(verdicts) == {"valid"} else 1


if __name__ == "__main__":
    interruptible.run(main)
