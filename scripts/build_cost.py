"""The amount of code that the compiler reads: lines after the preprocessor, without precompiled headers.

Usage: build_cost.py [--fix]
Compares each target with scripts/build-cost.json, and exits with 1 if both the sum and the mean of its
files have grown: a new file increases only the sum, merging files only the mean, a heavier header both.
--fix records values that are not a fault. Counts lines, not seconds: equal on all machines with the same
packages.
"""

import concurrent.futures
import json
import os
import subprocess
import sys

RATCHET = "scripts/build-cost.json"
# Tolerance above the recorded value: system headers change with their point releases.
SLACK = 1.03
# The target of each folder; the longest prefix counts.
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
    # version.cpp needs a header that only a build writes.
    return [path for path in listed
            if path.split("/")[0] in {t.split("/")[0] for t in TARGETS} and os.path.exists(path)
            and path != "base/version.cpp"]


def target_of(path):
    return max((t for t in TARGETS if path.startswith(t + "/")), key=len)


def measure():
    """For each target the sum and the mean of the lines of its files."""
    by_target = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        paths = sources()
        for path, lines in zip(paths, pool.map(lines_of, paths)):
            by_target.setdefault(target_of(path), []).append(lines)
    return {target: {"sum": sum(lines), "mean": round(sum(lines) / len(lines))}
            for target, lines in sorted(by_target.items())}


def main(fix):
    recorded = {}
    if os.path.exists(RATCHET):
        with open(RATCHET, encoding="utf-8") as file:
            recorded = json.load(file)
    measured = measure()
    faults = 0
    for target, lines in measured.items():
        bound = recorded.get(target)
        if bound is None:
            if fix:
                recorded[target] = lines
                continue
            print(f"{RATCHET}: no figure for {target}, expected one: scripts/lint --fix", file=sys.stderr)
            faults += 1
        elif all(lines[kind] > bound[kind] * SLACK for kind in ("sum", "mean")):
            print(f"{target}: a file has {lines['mean']} lines after the preprocessor, expected at most "
                  f"{bound['mean']}: a header includes more than before (scripts/bench-build shows which)",
                  file=sys.stderr)
            faults += 1
        elif lines["sum"] <= bound["sum"] or lines["mean"] <= bound["mean"]:
            recorded[target] = lines
    if fix:
        kept = {target: recorded[target] for target in sorted(recorded) if target in measured}
        with open(RATCHET, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=2)
            file.write("\n")
    total = sum(lines["sum"] for lines in measured.values())
    print(f"build cost: {total // 1000} thousand preprocessed lines; a file of "
          + ", ".join(f"{target} {lines['mean'] // 1000}k" for target, lines in measured.items()))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main("--fix" in sys.argv[1:]))
