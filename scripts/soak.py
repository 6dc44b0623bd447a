"""Runs `capsize run` with many seeds and prints a summary; see scripts/soak.

Without arguments after --, every run takes 5 s and uses another nemesis: in turn each strategy, each
kind of fault alone, the default, and the mixtures that `all` draws from the seed.
"""

import argparse
import collections
import concurrent.futures
import hashlib
import json
import pathlib
import statistics
import subprocess
import sys

import interruptible
from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "build" / "bin" / "capsize"
FIELDS = ("verdict", "leader-changes", "ok-per-second-quiet", "verdict-after-ms", "started-in-ms",
          "first-write-ms")


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/soak", description=__doc__)
    parser.add_argument("--runs", type=positive, default=50)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--jobs", type=positive, default=2, help="number of parallel runs [2]")
    parser.add_argument("--expect", type=int, default=0, help="exit code that every run should have")
    parser.add_argument("--store", default="store/soak")
    parser.add_argument("--resume", action="store_true", help="skip the seeds that are already done")
    parser.add_argument("run", nargs="*", help="arguments of capsize run, after --")
    return parser.parse_args(arguments)


def listed(what):
    """The names that `capsize list` prints; indented lines belong to the name above."""
    lines = subprocess.run([str(BINARY), "list", what], capture_output=True, text=True, check=True)
    return [line.split()[0] for line in lines.stdout.splitlines() if not line.startswith(" ")]


def mixtures():
    """All names for --nemesis, and an equal number of mixtures drawn from the seed."""
    names = sorted({*listed("nemeses"), *listed("faults")})
    return [nemesis for name in names for nemesis in (name, "all")] + ["default"]


def orphans():
    """Capsize processes whose parent has ended."""
    left = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, rest = text[text.index("(") + 1:text.rindex(")")], text[text.rindex(")") + 2:].split()
        if name.startswith("capsize") and rest[1] == "1":
            left.append(int(stat.parent.name))
    return left


def run_one(options, seed, nemeses):
    store = pathlib.Path(options.store)
    name = f"seed-{seed}"
    arguments = options.run or ["--time-limit", "5s", "--nemesis", nemeses[seed % len(nemeses)]]
    command = [str(BINARY), "run", "--quiet", "--seed", str(seed), "--store", str(store),
               "--name", name, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    line = {"seed": seed, "exit": done.returncode, "arguments": arguments}
    try:
        results = json.loads((store / name / "latest" / "results.json").read_text())
    except (OSError, ValueError):
        return {**line, "why": (done.stderr + done.stdout)[-400:]}
    line.update({field: results.get(field) for field in FIELDS})
    faults = results["faults"]["list"]
    line["installed"] = sum(fault["state"] == "installed" for fault in faults)
    line["kinds"] = len({f["kind"] for f in faults if f["state"] == "installed"})
    recoveries = [fault.get("recovery-ms") for fault in faults
                  if fault["state"] == "installed" and not fault.get("overlapped")]
    line["recovery-max-ms"] = max((r for r in recoveries if r is not None), default=0)
    line["never-recovered"] = sum(r is None for r in recoveries)
    anomalies = results.get("linearizable", {}).get("violations", [])
    line["anomalies"] = sorted({violation["anomaly"] for violation in anomalies})
    if results["verdict"] != "valid":
        line["why"] = "; ".join(f"{check['name']}: {check.get('explanation', '')}"
                                for check in results["checks"] if check["verdict"] != "valid")[:400]
    return line


def spread(lines, field):
    values = sorted(line[field] for line in lines if line.get(field) is not None)
    if not values:
        return f"{field:<22} -"
    return (f"{field:<22} least {values[0]:.0f}, median {statistics.median(values):.0f}, "
            f"most {values[-1]:.0f}")


def main():
    options = parse(sys.argv[1:])
    pathlib.Path(options.store).mkdir(parents=True, exist_ok=True)
    identity = hashlib.sha256(json.dumps(options.run).encode()).hexdigest()[:12]
    journal = pathlib.Path(options.store) / f"soak-{identity}.jsonl"
    done = {}
    if options.resume and journal.exists():
        done = {line["seed"]: line for line in map(json.loads, journal.read_text().splitlines())}
    elif journal.exists():
        journal.unlink()
    seeds = [seed for seed in range(options.first_seed, options.first_seed + options.runs)
             if seed not in done]
    nemeses = [] if options.run else mixtures()
    before = set(orphans())
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for line in pool.map(lambda seed: run_one(options, seed, nemeses), seeds):
            with open(journal, "a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            done[line["seed"]] = line
            mark = "as expected" if line["exit"] == options.expect else f"UNEXPECTED {line.get('why')}"
            what = " ".join(line["arguments"]) + ": " if nemeses else ""
            print(f"seed {line['seed']}: {what}exit {line['exit']}, {line.get('verdict')}, "
                  f"{line.get('leader-changes')} leader changes, {line.get('installed')} faults, "
                  f"{line.get('anomalies')}: {mark}", flush=True)
    lines = [line for seed, line in done.items()
             if options.first_seed <= seed < options.first_seed + options.runs]
    verdicts = collections.Counter(line.get("verdict") for line in lines)
    print(f"\n{len(lines)} runs: " + ", ".join(f"{n} {v}" for v, n in verdicts.most_common()))
    for field in ("installed", "kinds", "recovery-max-ms", "never-recovered", *FIELDS[1:]):
        print(spread(lines, field))
    left = set(orphans()) - before
    print(f"processes left: {len(left)} {sorted(left) if left else ''}")
    fine = lines and all(line["exit"] == options.expect for line in lines) and not left
    return 0 if fine else 1


if __name__ == "__main__":
    interruptible.run(main, "--resume continues from here")
