"""Measures the overhead of the proxy without rules. See scripts/bench-proxy."""

import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

import interruptible
from argument_types import positive
from bare_cluster import BIN

MANY, ONE = 64, 1  # number of clients for throughput and for latency
COST_MAX, COST_AIM, ROUND_TRIPS_MAX = 0.40, 0.25, 2.0


def measure(options, nodes, proxy):
    """The results by number of clients, and ZeroMQ's raw round trip, in microseconds."""
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        subprocess.run(
            [BIN / "capsize", "bench", "--nodes", str(nodes), "--clients", f"{ONE},{MANY}", "--operations", "put",
             "--time", f"{options.seconds}s", "--directory", options.directory, "--json", figures.name,
             *(["--proxy"] if proxy else []), *(f"--node-arg={argument}" for argument in options.node_arg)],
            check=True, stdout=subprocess.DEVNULL)
        document = json.loads(pathlib.Path(figures.name).read_text())
    if any(cell["failed"] for cell in document["cells"]):
        raise SystemExit("operations failed")
    return {cell["clients"]: cell for cell in document["cells"]}, document["zeromq-round-trip"]["p50-us"]


def compare(options, nodes):
    pairs = []
    for _ in range(options.rounds):  # alternating, so that both run under the same conditions
        without, round_trip = measure(options, nodes, proxy=False)
        through, _ = measure(options, nodes, proxy=True)
        pairs.append({
            "put-per-second": [without[MANY]["per-second"], through[MANY]["per-second"]],
            "put-p50-us": [without[ONE]["p50-us"], through[ONE]["p50-us"]],
            "round-trip-us": round_trip,
            "throughput-cost": 1 - through[MANY]["per-second"] / without[MANY]["per-second"],
            "latency-round-trips": (through[ONE]["p50-us"] - without[ONE]["p50-us"]) / round_trip})
    cost = statistics.median(pair["throughput-cost"] for pair in pairs)
    trips = statistics.median(pair["latency-round-trips"] for pair in pairs)
    for pair in pairs:
        rates, p50 = pair["put-per-second"], pair["put-p50-us"]
        print(f"{nodes:>5} | {rates[0]:>9.0f} {rates[1]:>9.0f} {pair['throughput-cost']:>6.0%} | "
              f"{p50[0]:>8.0f} {p50[1]:>8.0f} {pair['round-trip-us']:>8.0f} {pair['latency-round-trips']:>6.2f}",
              flush=True)
    verdict = "holds" if cost <= COST_MAX and trips <= ROUND_TRIPS_MAX else "IS BROKEN"
    print(f"{nodes:>5} | medians: throughput costs {cost:.0%} (at most {COST_MAX:.0%}, aim {COST_AIM:.0%}), "
          f"latency {trips:.2f} round trips (at most {ROUND_TRIPS_MAX:.0f}): {verdict}", flush=True)
    return {"nodes": nodes, "rounds": pairs, "throughput-cost": cost, "latency-round-trips": trips}


def main():
    parser = argparse.ArgumentParser(prog="bench-proxy", description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=lambda text: [int(n) for n in text.split(",")], default=[3, 5])
    parser.add_argument("--seconds", type=positive, default=4, help="duration of each measurement")
    parser.add_argument("--rounds", type=positive, default=3, help="number of alternations; reports medians")
    parser.add_argument("--directory", default=".", help="directory for the logs")
    parser.add_argument("--node-arg", action="append", default=[], help="argument for all nodes")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    print(f"{'nodes':>5} | {'puts/s':>9} {'proxied':>9} {'cost':>6} | "
          f"{'p50 us':>8} {'proxied':>8} {'raw trip':>8} {'trips':>6}   ({MANY} clients; {ONE} client)")
    report = [compare(options, nodes) for nodes in options.nodes]
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    interruptible.run(main)
