"""Records failing runs of each seeded bug, replays each once, and compares the main signatures.

Prints which signature came up how often for which bug, and what each one means. Exits with 1 if fewer than 90 % of the
replays have the signature of their recording, or if a bug fails too rarely. A replay without a violation counts as
different. A signature that two bugs share is listed, with its meaning as the explanation.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import tempfile

import interruptible
from argument_types import positive
from bare_cluster import BIN

# What exposes the bug in nearly every run of a few seconds.
BUGS = {
    "read-without-quorum": ["--nemesis", "partition", "--time-limit", "5s"],
    "ack-before-commit": ["--nemesis", "kill,partition", "--time-limit", "8s"],
    "no-dedup": ["--nemesis", "kill", "--time-limit", "12s", "--workload", "append", "--concurrency", "30",
                 "--retries", "100", "--client-timeout", "500ms"],
}
SEEDS_PER_RUN = 3  # how many seeds to try for each failing run that is wanted
SHARE_MIN = 0.9
JOBS = 2
NO_VIOLATION = "no violation"


def capsize(*arguments):
    """Exit code and output."""
    done = subprocess.run([BIN / "capsize", *arguments, "--quiet"], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main_failure(store):
    """The directory of the store's only run, and its main failure or None."""
    results = list(pathlib.Path(store).glob("*/2*/results.json"))
    if len(results) != 1:
        return None, None
    document = json.loads(results[0].read_text())
    return results[0].parent, (document["failures"] or [None])[0]


def record(bug, seed, store):
    directory = store / f"{bug}-{seed}"
    code, output = capsize("run", "--bug", bug, *BUGS[bug], "--seed", str(seed), "--store", directory)
    run, failure = main_failure(directory)
    if run is None or code not in (0, 1, 2, 3):
        raise RuntimeError(f"{bug}, seed {seed}: exit code {code}\n{output}")
    return run, failure


def record_and_replay(bug, seed, store):
    """The main failures of a run and of its replay; nothing if the run does not fail."""
    run, recorded = record(bug, seed, store)
    if recorded is None:
        return None
    directory = store / f"{bug}-{seed}-replay"
    capsize("replay", run, "--store", directory)
    _, replayed = main_failure(directory)
    print(f"  {bug:<20} seed {seed:>3}  recorded {name_of(recorded)}, replayed {name_of(replayed)}", flush=True)
    return recorded, replayed


def name_of(failure):
    return f"{failure['signature']} ({failure['label']})" if failure else NO_VIOLATION


def trial(bug, runs, store, pool):
    """As many pairs of failures as wanted, or fewer if the seeds are used up."""
    pairs = []
    for first in range(1, SEEDS_PER_RUN * runs + 1, JOBS):
        seeds = range(first, first + JOBS)
        done = pool.map(lambda seed: record_and_replay(bug, seed, store), seeds)
        pairs += [pair for pair in done if pair]
        if len(pairs) >= runs:
            break
    return pairs[:runs]


def print_table(pairs, meanings):
    counts = collections.Counter()
    for bug, both in pairs.items():
        for recorded, replayed in both:
            counts[recorded["signature"], bug, "recorded"] += 1
            counts[replayed["signature"] if replayed else NO_VIOLATION, bug, "replayed"] += 1
    rows = sorted({signature for signature, _, _ in counts})
    print("\nrecordings + replays with each signature as the main one")
    print(f"{'signature':<18}" + "".join(f"{bug:>21}" for bug in pairs))
    for signature in rows:
        cells = (f"{counts[signature, bug, 'recorded']} + {counts[signature, bug, 'replayed']}" for bug in pairs)
        print(f"{signature:<18}" + "".join(f"{cell if cell != '0 + 0' else '-':>21}" for cell in cells))
    print("\nmeaning of each signature")
    for signature in (row for row in rows if row != NO_VIOLATION):
        bugs = [bug for bug in pairs if counts[signature, bug, "recorded"] + counts[signature, bug, "replayed"]]
        shared = f"   SHARED by {', '.join(bugs)}" if len(bugs) > 1 else ""
        print(f"{signature}  {json.dumps(meanings[signature], sort_keys=True)}{shared}")


def verdict(pairs, runs):
    same = {bug: sum(bool(b) and a["signature"] == b["signature"] for a, b in both) for bug, both in pairs.items()}
    print("\nreplays with the signature of their recording")
    for bug, both in pairs.items():
        print(f"{bug:<20} {same[bug]} of {len(both)}")
    total = sum(len(both) for both in pairs.values())
    share = sum(same.values()) / max(total, 1)
    print(f"{'all':<20} {sum(same.values())} of {total}, {100 * share:.0f} % (at least {100 * SHARE_MIN:.0f} %)")
    missing = [bug for bug, both in pairs.items() if len(both) < runs]
    if missing:
        print(f"fewer than {runs} failing runs of: {', '.join(missing)}")
    return 1 if missing or share < SHARE_MIN else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=positive, default=10, help="failing runs of each bug (default: 10)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="capsize-signatures-") as store, \
            concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        pairs = {bug: trial(bug, options.runs, pathlib.Path(store), pool) for bug in BUGS}
    meanings = {failure["signature"]: failure["meaning"] for both in pairs.values() for pair in both
                for failure in pair if failure}
    print_table(pairs, meanings)
    return verdict(pairs, options.runs)


if __name__ == "__main__":
    interruptible.run(main)
