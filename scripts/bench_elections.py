"""Kills leaders and plots the time without a leader. See scripts/bench-elections."""

import argparse
import json
import math
import pathlib
import statistics
import sys
import time

import election_model
import interruptible
from argument_types import positive
from bare_cluster import CapsizeCluster

# Figure 16 of the Raft paper: how much randomness helps, and how short a timeout can be
# (milliseconds).
FAMILIES = {
    "randomness": [(150, 150), (150, 151), (150, 155), (150, 175), (150, 200), (150, 300)],
    "base": [(12, 24), (25, 50), (50, 100), (100, 200), (150, 300)],
}
DEADLINE_SECONDS = 30
BAR_COLUMNS = 60


def heartbeat(low):
    """As in the paper: half of the minimum election timeout."""
    return low / 2


def elected_at(cluster, node, seen):
    """When `node` became leader, according to the lines of its trace that were not read yet; else None."""
    path = cluster.trace_file(node)
    if not path.exists():
        return None
    with open(path, "rb") as trace:
        trace.seek(seen.get(node, 0))
        found = None
        while (line := trace.readline()).endswith(b"\n"):
            seen[node] = trace.tell()
            if b'"event":"role"' in line:
                event = json.loads(line)
                if event["role"] == "leader":
                    found = event["time"] / 1e6
        return found


def leaderless(cluster, seen):
    """Milliseconds from the kill of the leader until another node became leader, on the clock of the traces. None if
    there was none within the deadline. Restarts the killed node."""
    leader = cluster.leader()
    survivors = [node for node in range(cluster.nodes) if node != leader]
    for node in survivors:
        elected_at(cluster, node, seen)
    at = cluster.kill(leader) * 1000
    until = time.monotonic() + DEADLINE_SECONDS
    elected = None
    while elected is None and time.monotonic() < until:
        elected = next((t for node in survivors if (t := elected_at(cluster, node, seen)) is not None), None)
        time.sleep(0.001)
    cluster.restart(leader)
    return None if elected is None else max(0.0, elected - at)


def measure(options, low, high):
    arguments = ["--election-timeout", f"{low}ms..{high}ms", "--heartbeat", f"{heartbeat(low)}ms", *options.node_arg]
    seen = {}
    with CapsizeCluster(options.nodes, options.directory, arguments, tcp=False, trace=True) as cluster:
        return [leaderless(cluster, seen) for _ in range(options.kills)]


def bar(at, mark):
    if at > DEADLINE_SECONDS * 1000:
        return f"not within {DEADLINE_SECONDS} s"
    scale = min(BAR_COLUMNS, max(1, round(at / 1000 * BAR_COLUMNS)))
    return f"{at:>8.0f} ms {mark * scale}{'+' if at > 1000 else ''}"


def quantile(ordered, part, count):
    """A percentile of `count` elections, of which only those in `ordered` had a winner."""
    rank = max(1, round(part * count))
    return ordered[rank - 1] if rank <= len(ordered) else math.inf


def draw(times, kills, model):
    """The cumulative distribution, as in the figure: measured, and below it the model's."""
    for part in (0.1, 0.25, 0.5, 0.75, 0.9, 1.0):
        print(f"    {part:>4.0%}  measured {bar(quantile(times, part, kills), '#')}")
        # The longest of as many elections as were measured, not of all simulated ones.
        by_model = quantile(model, min(part, kills / (kills + 1)), len(model))
        print(f"          model    {bar(by_model, '-')}")


def main():
    parser = argparse.ArgumentParser(prog="bench-elections", description=__doc__.splitlines()[0])
    parser.add_argument("--nodes", type=positive, default=5)
    parser.add_argument("--kills", type=positive, default=30, help="number of leader kills per timeout")
    parser.add_argument("--family", choices=[*FAMILIES, "all"], default="all")
    parser.add_argument("--delay", type=float, default=1.0,
                        help="parameter of the model: ms per message, including the sync before it")
    parser.add_argument("--directory", default=".", help="directory for the logs")
    parser.add_argument("--node-arg", action="append", default=[], help="argument for all nodes, such as --node-arg=--no-pre-vote")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    report = []
    print(f"{options.nodes} nodes, {options.kills} kills each; a bar of {BAR_COLUMNS} columns is one second")
    for family, timeouts in FAMILIES.items():
        if options.family not in (family, "all"):
            continue
        for low, high in timeouts:
            found = measure(options, low, high)
            times = sorted(t for t in found if t is not None)
            model = election_model.elections(options.nodes, low, high, heartbeat(low), options.delay)
            split = election_model.split_share(options.nodes, low, high, options.delay)
            apart = election_model.distance(times, model) if times else 1.0
            mean, expected = statistics.mean(times) if times else math.inf, statistics.mean(model)
            print(f"{low} to {high} ms ({family}): mean {mean:.0f} ms, by the model {expected:.0f} ms with {split:.1%} of the "
                  f"votes split; the distributions are at most {apart:.2f} apart (by chance {1.36 / options.kills ** 0.5:.2f})")
            draw(times, options.kills, model)
            sys.stdout.flush()
            report.append({"family": family, "low-ms": low, "high-ms": high, "leaderless-ms": found,
                           "model": {"delay-ms": options.delay, "split-share": split, "distance": apart,
                                     "mean-ms": expected if math.isfinite(expected) else None}})
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    interruptible.run(main)
