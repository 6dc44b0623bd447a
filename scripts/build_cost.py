"""What the compiler has to read: lines after the preprocessor, without precompiled headers.

Usage: build_cost.py [--fix]
Compares the mean of each target with scripts/build-cost.json and ends with 1 if one has grown: the
ratchet may only shrink. --fix writes the smaller figures (and those of new targets) down. Lines, not
seconds: the same on every machine with the same packages. Mean, not sum: a new file is no fault, a
new heavy header is.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

RATCHET = "scripts/build-cost.json"
# Above what is recorded: headers of the system change with their point releases, and a new file may
# need a little more than the others.
SLACK = 1.03
# Targets by folder; the longest prefix counts.
TARGETS = ["base", "checker", "harness", "harness/process", "nemesis", "nemesis/anchors",
           "nemesis/faults", "nemesis/proxy", "nemesis/strategies", "node", "node/bugs", "node/raft",
           "workloads"]


def lines_of(source):
    command = ["g++", "-std=c++20", "-I.", "-Ibuild/generated", "-DCAPSIZE_SEEDED_BUGS=0",
               "-DCAPSIZE_VERSION=\"\"", "-DCAPSIZE_BUILD_TYPE=\"\"", "-E", "-fdirectives-only", "-P",
               source]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{source}: does not preprocess: {done.stderr.decode().splitlines()[0]}")
    return done.stdout.count(b"\n")


def sources():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp"],
                            capture_output=True, check=True, text=True).stdout.split()
    # version.cpp needs what only a build writes.
    return [path for path in listed
            if path.split("/")[0] in {t.split("/")[0] for t in TARGETS} and os.path.exists(path)
            and path != "base/version.cpp"]


def target_of(path):
    return max((t for t in TARGETS if path.startswith(t + "/")), key=len)


def means():
    by_target = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        paths = sources()
        for path, lines in zip(paths, pool.map(lines_of, paths)):
            by_target.setdefault(target_of(path), []).append(lines)
    return {target: round(sum(lines) / len(lines)) for target, lines in sorted(by_target.items())}


def main(fix):
    recorded = {}
    if os.path.exists(RATCHET):
        with open(RATCHET, encoding="utf-8") as file:
            recorded = json.load(file)
    measured = means()
    grown = 0
    for target, lines in measured.items():
        bound = recorded.get(target)
        if bound is None and not fix:
            print(f"{RATCHET}: no figure for {target}, expected one: scripts/lint --fix", file=sys.stderr)
            grown += 1
        elif bound is not None and lines > bound * SLACK:
            print(f"{target}: a file is {lines} lines after the preprocessor, at most {bound}: "
                  "a header includes more than before (scripts/bench-build shows which)", file=sys.stderr)
            grown += 1
    if fix:
        kept = {target: min(lines, recorded.get(target, lines)) for target, lines in measured.items()}
        with open(RATCHET, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=2)
            file.write("\n")
    print("build cost: " + ", ".join(f"{target} {lines // 1000}k" for target, lines in measured.items())
          + " preprocessed lines a file")
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main("--fix" in sys.argv[1:]))
