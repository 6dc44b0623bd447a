"""Bisects with real builds: a clone of this repository with ten small revisions of the node, one of which answers
a share of its reads without a quorum; see scripts/trials.

A suite on the newest revision finds the failure. `capsize bisect` builds revisions of the clone, runs them, and
must name the commit; a SIGKILL in its middle must repeat no finished run and no build.
"""

import argparse
import collections
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

import interruptible
from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parent.parent
CAPSIZE = ROOT / "build" / "bin" / "capsize"
TARGETS = ["capsize", "capsize-node", "capsize-proxy"]
BUILD = "scripts/build release " + " ".join(TARGETS)
REVISIONS = 10
CASE = {"name": "partition", "with": {"nemesis": "partition", "time-limit": "4s"}}
# Required in a suite; the clone has no node with seeded bugs, so that only the tests of the suite count here.
CONTROLS = {"bugs": [{"bug": "read-without-quorum", "with": CASE["with"]}], "healthy": {"with": {"time-limit": "1s"}}}
# Where the node confirms reads; the culprit confirms every n-th round on its own authority.
PLACE = "  for (const auto& read : read_queue_.confirm(confirmed)) answer_read(read);\n"
FAULT = "  static unsigned rounds = 0;\n  if (++rounds % {every} == 0) confirmed = read_queue_.round();\n"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/trials bisect", description=__doc__)
    parser.add_argument("--every", type=positive, default=3, help="which round of reads skips the quorum [3]")
    parser.add_argument("--suite-runs", type=positive, default=16, help="of the newest revision [16]")
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args(arguments)


def fail(what):
    print(f"trial: {what}", file=sys.stderr)
    sys.exit(1)


def git(folder, *arguments):
    command = ["git", "-c", "user.name=Trial", "-c", "user.email=trial@example.org", "-c", "commit.gpgsign=false",
               "-c", "advice.detachedHead=false", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        fail(f"git {arguments[0]}: {done.stderr}")
    return done.stdout.strip()


def make_revisions(clone, culprit, every):
    """Ten commits, each of which changes code of the node; returns them."""
    files = [path for path in sorted((clone / "node" / "raft").glob("*.cpp")) if path.name != "reads.cpp"]
    commits = []
    for number in range(1, REVISIONS + 1):
        if number == culprit:
            reads = clone / "node" / "raft" / "reads.cpp"
            text = reads.read_text()
            if text.count(PLACE) != 1:
                fail(f"{reads}: found {text.count(PLACE)} places to confirm reads, expected 1")
            reads.write_text(text.replace(PLACE, FAULT.format(every=every) + PLACE))
            subject = "Confirm reads in batches"
        else:
            with open(files[number % len(files)], "a", encoding="utf-8") as file:
                file.write(f"\nnamespace {{\n[[maybe_unused]] constexpr int kTrial{number} = {number};\n}}\n")
            subject = f"Tidy up, part {number}"
        git(clone, "commit", "--quiet", "-a", "-m", subject)
        commits.append(git(clone, "rev-parse", "HEAD"))
    return commits


def group_of(store, suite, clone, runs):
    """Runs the suite on the newest revision; returns the most frequent signature, and how many runs had it."""
    started = time.monotonic()
    subprocess.run(["bash", "-c", BUILD], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    built = time.monotonic()
    subprocess.run([CAPSIZE, "suite", suite, "--store", store, "--runner", clone / "build" / "bin" / "capsize",
                    "--seed", "1", "--quiet"], stdout=subprocess.DEVNULL)
    signatures = collections.Counter()
    for line in (store / "ledger.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry.get("event") == "run" and entry["purpose"] == "test":
            signatures.update({failure["signature"] for failure in entry["failures"]})
    print(f"suite on the newest revision: built in {built - started:.0f} s, {runs} runs in "
          f"{time.monotonic() - built:.0f} s, signatures {dict(signatures)}", flush=True)
    if not signatures:
        fail("the suite saw no failure")
    return signatures.most_common(1)[0]


def lines_of(log):
    complete = log.read_bytes().rpartition(b"\n")[0] if log.exists() else b""
    return [json.loads(line) for line in complete.splitlines()]


def bisect(command, log):
    """Kills the bisection once, after four runs, and lets the same command finish."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    while process.poll() is None and sum(line.get("event") == "run" for line in lines_of(log)) < 4:
        time.sleep(0.05)
    process.kill()
    process.communicate()
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    lines = lines_of(log)
    for event, key in (("run", "run"), ("built", "revision")):
        counts = collections.Counter(line[key] for line in lines if line.get("event") == event)
        if any(count > 1 for count in counts.values()):
            fail(f"repeated: {counts}")
    return done


def main():
    options = parse(sys.argv[1:])
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**9)
    print(f"trial: seed {seed}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="capsize-bisect-"))
    clone, store = folder / "clone", folder / "store"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    good = git(clone, "rev-parse", "HEAD")
    culprit = random.Random(seed).randint(2, REVISIONS - 1)
    commits = make_revisions(clone, culprit, options.every)
    suite = folder / "night.json"
    suite.write_text(json.dumps({"name": "night", "runs": [{**CASE, "seeds": options.suite_runs}], "controls": CONTROLS}))
    group, seen = group_of(store, suite, clone, options.suite_runs)
    print(f"culprit: revision {culprit}, {commits[culprit - 1][:10]}; the group {group} in {seen} of "
          f"{options.suite_runs} runs", flush=True)
    started = time.monotonic()
    report = folder / "report.json"
    command = [CAPSIZE, "bisect", f"{good}..{commits[-1]}", "--suite", suite, "--group", group, "--store", store,
               "--repository", clone, "--build", BUILD, "--seed", str(seed), "--name", "trial", "--json", report]
    done = bisect(command, store / "bisect" / "trial" / "log.jsonl")
    if done.returncode != 0:
        fail(f"exit code {done.returncode}")
    named = re.findall(r"^culprit: (\w+)", done.stdout, re.M)
    if named != [commits[culprit - 1]]:
        fail(f"found {named}, expected {commits[culprit - 1]}")
    result = json.loads(report.read_text())
    print(f"real builds: the right one of {REVISIONS} revisions at {result['culprit']['probability']:.3f}, "
          f"{result['builds']} builds, {sum(result['runs'].values())} runs, killed once and nothing repeated; "
          f"{(time.monotonic() - started) / 60:.1f} minutes")
    shutil.rmtree(folder)


if __name__ == "__main__":
    interruptible.run(main)
