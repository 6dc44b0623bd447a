"""Measures the rate of faults, the time until they take effect, and the time until recovery; see scripts/bench-nemesis."""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

import interruptible

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "build" / "bin" / "capsize"


def parse(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench-nemesis", description=__doc__)
    parser.add_argument("--time-limit", default="60s", help="duration of the run [60s]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of the table")
    return parser.parse_args(arguments)


def spread(values):
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "p95": ordered[len(ordered) * 95 // 100],
            "most": ordered[-1]}


def measure(options, store):
    command = [str(BINARY), "run", "--quiet", "--nemesis", "one-by-one", "--time-limit",
               options.time_limit, "--seed", str(options.seed), "--store", store]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{' '.join(command)} ended with {run.returncode}: {run.stderr or run.stdout}")
    results = json.loads((pathlib.Path(store) / "latest" / "results.json").read_text())
    faults = [f for f in results["faults"]["list"] if f["state"] == "installed"]
    recovered = [f["recovery-everywhere-ms"] for f in faults
                 if f.get("recovery-everywhere-ms") is not None]
    return {"verdict": results["verdict"], "faults": len(faults),
            "faults-a-minute": len(faults) * 60_000 / results["load-ms"],
            "recovery-everywhere-ms": {"seen": len(recovered), **spread(recovered)},
            "decision-to-effect-ms": {
                kind: spread([f["effect-ms"] for f in faults if f["kind"] == kind])
                for kind in sorted({f["kind"] for f in faults})}}


def main():
    options = parse(sys.argv[1:])
    with tempfile.TemporaryDirectory() as store:
        found = measure(options, store)
    if options.json:
        print(json.dumps(found))
        return 0
    print(f"{found['faults']} faults, {found['faults-a-minute']:.0f} a minute, each after full "
          f"recovery; {found['verdict']}")
    line = "{:<28} median {:7.2f} ms   p95 {:7.2f} ms   most {:7.2f} ms"
    for kind, times in found["decision-to-effect-ms"].items():
        print(line.format(f"decision to effect, {kind}", times["median"], times["p95"],
                          times["most"]))
    back = found["recovery-everywhere-ms"]
    print(line.format("healing to a write everywhere", back["median"], back["p95"], back["most"])
          + f"   ({back['seen']} of {found['faults']})")
    return 0


if __name__ == "__main__":
    interruptible.run(main)
