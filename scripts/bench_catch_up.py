"""Measures how a follower that catches up affects clients. See scripts/bench-catch-up."""

import argparse
import json
import pathlib
import signal
import statistics
import subprocess
import time

import interruptible
from argument_types import positive
from bare_cluster import BIN, CapsizeCluster

EVERY_SECONDS = 0.02  # interval between two status requests
NEAR = 2000  # a follower that lags by at most this many entries has caught up
DEADLINE_SECONDS = 120

# The nodes' options determine whether the restarted node is sent a snapshot or entries: half as
# many entries as lie between two snapshots are kept before a snapshot's end.
VARIANTS = {
    "snapshot": lambda behind: ["--snapshot-every", str(max(10, behind // 2))],
    "entries": lambda behind: ["--snapshot-every", "100000000", "--snapshot-bytes", "1GiB"],
}
# Long timeouts, so that a busy machine does not cause elections.
PATIENCE = ["--heartbeat", "100ms", "--election-timeout", "1s..2s"]


class LoadGenerator:
    """A closed-loop load generator that writes through the leader while the with-block runs."""

    def __init__(self, endpoint, options):
        self.process = subprocess.Popen(
            [BIN / "capsize", "bench", "--connect", endpoint, "--clients", str(options.clients), "--operations", "put",
             "--time", "1h", "--keys", str(options.keys), "--value-bytes", str(options.value_bytes)],
            stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        ended = self.process.poll()
        self.process.send_signal(signal.SIGINT)
        self.process.wait()
        if ended is not None and raised[0] is None:
            raise SystemExit(f"the load generator ended with exit code {ended}")


def sample(cluster, node):
    """The time, the node's commit index, and its last entry on disk; None if it does not answer."""
    status = cluster.status(node)
    return None if status is None else (time.monotonic(), status["commit"], status["persisted"])


def committed_until(cluster, leader, index):
    """Waits until this index is committed."""
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        found = sample(cluster, leader)
        if found and found[1] >= index:
            return
        time.sleep(EVERY_SECONDS)
    raise SystemExit(f"{index} entries are not committed within {DEADLINE_SECONDS} s")


def rate(samples):
    """Committed entries per second, from the first to the last of these samples."""
    (begin, first, _), (end, last, _) = samples[0], samples[-1]
    return (last - first) / (end - begin)


def samples_of(cluster, leader, seconds):
    samples, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        if found := sample(cluster, leader):
            samples.append(found)
        time.sleep(EVERY_SECONDS)
    return samples


def until_caught_up(cluster, leader, node):
    """Restarts the node. Returns the seconds until it answers, and the leader's samples from then on until it has caught up."""
    begin = time.monotonic()
    cluster.restart(node)
    samples, starting = [], None
    while time.monotonic() < begin + DEADLINE_SECONDS:
        ours, its = sample(cluster, leader), sample(cluster, node)
        if ours and its:
            if starting is None:
                starting = time.monotonic() - begin
            samples.append(ours)
            if ours[1] - its[2] <= NEAR and len(samples) > 1:
                return starting, samples
        time.sleep(EVERY_SECONDS)
    raise SystemExit(f"not caught up within {DEADLINE_SECONDS} s")


def measure(options, variant):
    """One run on a new cluster: throughput while the node is down, while it catches up, and after."""
    arguments = PATIENCE + VARIANTS[variant](options.behind) + options.node_arg
    with CapsizeCluster(3, options.directory, arguments, trace=True) as cluster:
        leader = cluster.leader()
        node = (leader + 1) % cluster.nodes
        with LoadGenerator(cluster.endpoints[leader]["client"], options):
            committed_until(cluster, leader, options.keys)
            had = sample(cluster, node)[2]
            cluster.kill(node)
            committed_until(cluster, leader, sample(cluster, leader)[1] + options.behind)
            away = rate(samples_of(cluster, leader, options.seconds))
            behind = sample(cluster, leader)[1] - had
            starting, catching_up = until_caught_up(cluster, leader, node)
            after = rate(samples_of(cluster, leader, options.seconds))
        installed = b'"event":"install"' in cluster.trace_file(node).read_bytes()
        if cluster.leader() != leader:
            raise SystemExit("the leader changed during the measurement, so the figures are not comparable")
    if installed != (variant == "snapshot"):
        raise SystemExit(f"{variant}: the node was sent {'a snapshot' if installed else 'entries'}")
    return {"away-per-second": away, "catching-up-per-second": rate(catching_up), "after-per-second": after,
            "ratio": rate(catching_up) / away, "behind": behind, "starting-seconds": starting,
            "seconds": catching_up[-1][0] - catching_up[0][0]}


def main():
    parser = argparse.ArgumentParser(prog="bench-catch-up", description=__doc__.splitlines()[0])
    parser.add_argument("--variants", type=lambda text: text.split(","), default=list(VARIANTS))
    parser.add_argument("--clients", type=positive, default=64)
    parser.add_argument("--keys", type=positive, default=200_000, help="keys in the snapshot")
    parser.add_argument("--value-bytes", type=positive, default=100)
    parser.add_argument("--behind", type=positive, default=300_000, help="entries that the node lacks when it restarts")
    parser.add_argument("--seconds", type=float, default=3, help="duration of the measurements before and after")
    parser.add_argument("--runs", type=positive, default=3, help="number of runs; reports medians")
    parser.add_argument("--directory", default=".", help="directory for the data")
    parser.add_argument("--node-arg", action="append", default=[], help="argument for all nodes")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    if set(options.variants) - set(VARIANTS):
        parser.error(f"--variants: expected {', '.join(VARIANTS)}")
    print(f"{'needs':>10} {'behind':>9} | {'away/s':>8} {'catching up/s':>14} {'after/s':>8} | {'kept':>6} {'seconds':>8}"
          f"   (puts of {options.clients} clients; medians of {options.runs})")
    report = []
    for variant in options.variants:
        runs = [measure(options, variant) for _ in range(options.runs)]
        row = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        print(f"{variant:>10} {row['behind']:>9.0f} | {row['away-per-second']:>8.0f} "
              f"{row['catching-up-per-second']:>14.0f} {row['after-per-second']:>8.0f} | {row['ratio']:>6.0%} "
              f"{row['seconds']:>8.2f}", flush=True)
        report.append({"needs": variant, **row, "runs": runs})
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    interruptible.run(main)
