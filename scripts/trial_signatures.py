"""Records failing runs of eight seeded bugs under their directed scenarios, and compares the main signatures.

Prints which signature came up how often for which bug (the confusion matrix), what each one means, and two shares:
completeness (all runs of a bug have one signature) and homogeneity (a signature has runs of one bug), both from 0
to 1 (Rosenberg and Hirschberg, "V-Measure", EMNLP 2007). Exits with 1 if one of them is below 0.9, if a signature
has bugs without a common report, or if a bug fails too rarely. With --replays each failing run is replayed, too, and at least 90 % of the
replays must have the signature of their recording; a replay without a violation counts as different.
"""

import argparse
import collections
import concurrent.futures
import json
import math
import pathlib
import subprocess
import tempfile

import interruptible
from argument_types import positive
from bare_cluster import BIN

# Of each topic but storage and membership, whose bugs lose entries as those of replication do.
BUGS = ("ack-before-commit", "commit-unverified", "fail-means-maybe", "keep-conflicting-tail", "no-check-quorum",
        "no-dedup", "read-without-quorum", "vote-many-per-term")
SEEDS_PER_RUN = 3  # how many seeds to try for each failing run that is wanted
SHARE_MIN = 0.9
JOBS = 3
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
    code, output = capsize("run", f"bugs/{bug}", "--bug", bug, "--seed", str(seed), "--store", directory)
    run, failure = main_failure(directory)
    if run is None or code not in (0, 1, 2, 3):
        raise RuntimeError(f"{bug}, seed {seed}: exit code {code}\n{output}")
    return run, failure


def record_and_replay(bug, seed, store, replays):
    """The main failures of a run and of its replay (None: not replayed); nothing if the run does not fail."""
    run, recorded = record(bug, seed, store)
    if recorded is None:
        return None
    replayed = None
    if replays:
        directory = store / f"{bug}-{seed}-replay"
        capsize("replay", run, "--store", directory)
        _, replayed = main_failure(directory)
        replayed = replayed or {"signature": NO_VIOLATION}
    print(f"  {bug:<22} seed {seed:>3}  recorded {name_of(recorded)}"
          + (f", replayed {name_of(replayed)}" if replays else ""), flush=True)
    return recorded, replayed


def name_of(failure):
    return f"{failure['signature']} ({failure['label']})" if "label" in failure else failure["signature"]


def trial(bug, options, store, pool):
    """As many pairs of failures as wanted, or fewer if the seeds are used up."""
    pairs = []
    for first in range(1, SEEDS_PER_RUN * options.runs + 1, JOBS):
        seeds = range(first, first + JOBS)
        done = pool.map(lambda seed: record_and_replay(bug, seed, store, options.replays), seeds)
        pairs += [pair for pair in done if pair]
        if len(pairs) >= options.runs:
            break
    return pairs[:options.runs]


def print_matrix(recorded, meanings):
    """recorded: how many runs of each (bug, signature)."""
    rows = sorted({signature for _, signature in recorded}, key=lambda s: -sum(
        count for (_, signature), count in recorded.items() if signature == s))
    print("\nruns with each signature as the main one")
    for signature in rows:
        bugs = {bug: count for (bug, found), count in recorded.items() if found == signature}
        print(f"{signature}  " + ", ".join(f"{bug} {count}" for bug, count in sorted(bugs.items())))
        print(f"{'':18}{json.dumps(meanings[signature], sort_keys=True)}")
    return rows


def entropy(counts):
    total = sum(counts)
    return -sum(count / total * math.log(count / total) for count in counts if count)


def conditional_entropy(recorded, given):
    """Of the other of (bug, signature), given the one with this index."""
    total = sum(recorded.values())
    groups = collections.defaultdict(list)
    for pair, count in recorded.items():
        groups[pair[given]].append(count)
    return sum(sum(counts) / total * entropy(counts) for counts in groups.values())


def shares(recorded):
    """Completeness and homogeneity."""
    marginal = [collections.Counter(), collections.Counter()]
    for pair, count in recorded.items():
        for which in (0, 1):
            marginal[which][pair[which]] += count
    of_bugs, of_signatures = (entropy(counts.values()) for counts in marginal)
    completeness = 1 - conditional_entropy(recorded, 0) / of_signatures if of_signatures else 1
    homogeneity = 1 - conditional_entropy(recorded, 1) / of_bugs if of_bugs else 1
    return completeness, homogeneity


def reports():
    """The reports of each bug, from the nodes themselves."""
    lines = subprocess.run([BIN / "capsize-node-with-bugs", "--list-bugs"], capture_output=True, text=True, check=True)
    return {bug["name"]: set(bug["reports"]) for bug in map(json.loads, lines.stdout.splitlines())}


def mixed_groups(recorded):
    """Signatures with bugs that have no report in common, each with these bugs."""
    of_bug = reports()
    mixed = []
    for signature in sorted({signature for _, signature in recorded}):
        bugs = sorted(bug for bug, found in recorded if found == signature)
        if not set.intersection(*(of_bug[bug] for bug in bugs)):
            mixed.append(f"{signature}: {', '.join(bugs)}")
    return mixed


def judge(pairs, options):
    recorded = collections.Counter((bug, a["signature"]) for bug, both in pairs.items() for a, _ in both)
    meanings = {a["signature"]: a["meaning"] for both in pairs.values() for a, _ in both}
    print_matrix(recorded, meanings)
    completeness, homogeneity = shares(recorded)
    print(f"\ncompleteness {completeness:.3f}, homogeneity {homogeneity:.3f} (at least {SHARE_MIN})")
    failed = completeness < SHARE_MIN or homogeneity < SHARE_MIN
    for mixed in mixed_groups(recorded):
        print(f"bugs without a common report in one group: {mixed}")
        failed = True
    for bug, both in pairs.items():
        if len(both) < options.runs:
            print(f"{bug}: {len(both)} failing runs, expected {options.runs}")
            failed = True
    if options.replays:
        total = sum(len(both) for both in pairs.values())
        same = sum(a["signature"] == b["signature"] for both in pairs.values() for a, b in both)
        print(f"replays with the signature of their recording: {same} of {total}")
        failed |= same < SHARE_MIN * total
    return 1 if failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=positive, default=25, help="failing runs of each bug (default: 25)")
    parser.add_argument("--replays", action="store_true", help="replay each failing run once")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="capsize-signatures-") as store, \
            concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        pairs = {bug: trial(bug, options, pathlib.Path(store), pool) for bug in BUGS}
    return judge(pairs, options)


if __name__ == "__main__":
    interruptible.run(main)
