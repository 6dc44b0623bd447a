"""scripts/bench-build: the costs of a cold build."""

import argparse
import collections
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time

FOLDER = "build-bench"
DEMO = ["capsize", "capsize-node", "capsize-node-with-bugs", "capsize-proxy"]
SHOWN = 20
HEADERS_TIMED = 40  # those that add most lines in total


def run(command, **options):
    done = subprocess.run(command, check=False, **options)
    if done.returncode:
        raise SystemExit(f"bench-build: {' '.join(command[:4])} … ended with {done.returncode}")
    return done


def build(options):
    """Wall-clock seconds, and the CPU time per output (object or binary)."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    log = os.path.abspath(os.path.join(FOLDER, "times.txt"))
    launcher = f"{os.path.abspath('scripts/timed-compile')};{log}"
    begun = time.monotonic()
    run(["cmake", "--preset", options.preset, "-B", FOLDER, "-DCCACHE=",
         f"-DCMAKE_CXX_COMPILER_LAUNCHER={launcher}", f"-DCMAKE_CXX_LINKER_LAUNCHER={launcher}",
         f"-DCAPSIZE_UNITY={'OFF' if options.alone else 'ON'}"], stdout=subprocess.DEVNULL)
    configured = time.monotonic() - begun
    ninja = ["ninja", "-C", FOLDER, *(options.targets or DEMO)]
    run(ninja, stdout=None if sys.stdout.isatty() else subprocess.DEVNULL)
    seconds = time.monotonic() - begun
    costs = {}
    with open(log, encoding="utf-8") as file:
        for line in file:
            user, system, output = line.rstrip("\n").split(" ", 2)
            costs[output] = float(user) + float(system)
    return seconds, configured, costs


def target_of(output):
    found = re.search(r"CMakeFiles/([^/]+)\.dir/", output)
    return found.group(1) if found else "links"


def file_of(output):
    found = re.search(r"CMakeFiles/([^/]+)\.dir/(.*?)(\.o|\.gch)$", output)
    if not found:
        return output
    folder = output.split("/CMakeFiles/")[0]
    name = found.group(2)
    group = re.search(r"generated/(groups/.*\.cpp)$", name)
    if group:
        with open(os.path.join(FOLDER, "generated", group.group(1)), encoding="utf-8") as file:
            members = re.findall(r"([^/\"]+)\.cpp\"", file.read())
        return f"{folder}: {', '.join(members)}"
    return f"{folder}/{name}" if not name.startswith("_") else name


def readers():
    """For each header of the project, the number of objects that include it."""
    listed = subprocess.run(["ninja", "-C", FOLDER, "-t", "deps"], capture_output=True, text=True,
                            check=True).stdout
    counts = collections.Counter()
    root = os.getcwd() + "/"
    for line in listed.splitlines():
        path = line.strip()
        if line.startswith("    ") and path.endswith((".h", ".hpp")):
            path = os.path.normpath(os.path.join(FOLDER, path)) if not os.path.isabs(path) else path
            path = path.removeprefix(root)
            if not os.path.isabs(path) and not path.startswith(FOLDER):
                counts[path] += 1
    return counts


def header_costs():
    """(seconds for one object, number of objects) of the headers that add most lines in total; each is
    parsed alone, without the precompiled header."""
    flags = ["g++", "-std=c++20", "-I.", "-DCAPSIZE_SEEDED_BUGS=0", "-x", "c++"]
    weight = {}
    counts = readers()
    for header, count in counts.items():
        text = subprocess.run([*flags, "-E", "-fdirectives-only", "-P", header], check=False,
                              capture_output=True).stdout
        weight[header] = text.count(b"\n") * count
    costs = {}
    for header in sorted(weight, key=weight.get, reverse=True)[:HEADERS_TIMED]:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        run([*flags, "-fsyntax-only", "-w", header], stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        costs[header] = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
                         counts[header])
    return costs


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help=f"ninja targets [{' '.join(DEMO)}]")
    parser.add_argument("--preset", default="release")
    parser.add_argument("--alone", action="store_true", help="compile each file by itself, without unity builds")
    parser.add_argument("--json", help="write the figures to this file")
    options = parser.parse_args()

    seconds, configured, costs = build(options)
    by_target = collections.Counter()
    files = collections.Counter()
    for output, cost in costs.items():
        by_target[target_of(output)] += cost
        if target_of(output) != "links":
            files[output] = cost
    print(f"cold build: {sum(costs.values()):.0f} s of processor time, {seconds:.0f} s on "
          f"{os.cpu_count()} cores, {configured:.0f} s of them CMake; {len(files)} objects")
    print("\nprocessor time by target")
    for target, cost in by_target.most_common():
        count = sum(1 for output in costs if target_of(output) == target)
        print(f"  {cost:7.1f} s  {count:4d}  {target}")
    print(f"\nthe {SHOWN} most expensive files")
    named = [(cost, file_of(output)) for output, cost in files.most_common(SHOWN)]
    for cost, name in named:
        print(f"  {cost:7.2f} s  {name}")
    headers = header_costs()
    ranked = sorted(headers.items(), key=lambda item: item[1][0] * item[1][1], reverse=True)[:SHOWN]
    print(f"\nthe {SHOWN} most expensive headers (parsed alone, without the precompiled one)")
    for header, (cost, count) in ranked:
        print(f"  {cost * count:7.1f} s = {cost:.2f} s x {count:3d}  {header}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"processor-seconds": sum(costs.values()), "seconds": seconds,
                       "by-target": dict(by_target), "files": [list(item) for item in named],
                       "headers": {header: {"seconds": cost, "readers": count}
                                   for header, (cost, count) in ranked}}, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()
