"""Compares three Capsize nodes with three of etcd. See scripts/bench-etcd."""

import argparse
import json
import pathlib
import shutil
import statistics
import struct
import subprocess
import tempfile

import interruptible
from argument_types import positive
from bare_cluster import BIN, CapsizeCluster, EtcdCluster

VALUE_BYTES = 100
ELECTIONS = {"capsize": ["--heartbeat", "30ms", "--election-timeout", "150ms..300ms"],
             "etcd": ["--heartbeat-interval", "30", "--election-timeout", "150"]}
PROBE_EVERY_SECONDS = 0.005


def field(number, content):
    """A protobuf field of bytes, shorter than 128."""
    return bytes([number << 3 | 2, len(content)]) + content


def grpc_frame(message):
    return struct.pack(">BI", 0, len(message)) + message


REQUESTS = {
    "put": ("/etcdserverpb.KV/Put", grpc_frame(field(1, b"k0") + field(2, b"v" * VALUE_BYTES))),
    "get": ("/etcdserverpb.KV/Range", grpc_frame(field(1, b"k0"))),  # linearizable by default
}


def quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def load_etcd(cluster, operation, clients, seconds):
    """Operations per second, and p50 and p99 in microseconds."""
    leader = cluster.leader()
    path, frame = REQUESTS[operation]
    data, log = cluster.directory / "frame", cluster.directory / "requests.log"
    data.write_bytes(frame)
    log.unlink(missing_ok=True)
    before = cluster.revision(leader)
    subprocess.run(
        ["h2load", f"-c{clients}", "-m1", "-t1", "-D", str(seconds), f"--data={data}", f"--log-file={log}",
         "-H", "content-type: application/grpc", "-H", "te: trailers",
         f"http://127.0.0.1:{cluster.client_ports[leader]}{path}"],
        check=True, stdout=subprocess.DEVNULL)
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    latencies = sorted(int(row[2]) for row in rows if row[1] == "200")
    if not latencies or len(latencies) != len(rows):
        raise SystemExit(f"etcd: {len(rows) - len(latencies)} of {len(rows)} requests failed")
    # gRPC reports errors in trailers, which h2load ignores. So check that the puts have advanced
    # the revision.
    moved = cluster.revision(leader) - before
    if operation == "put" and moved < len(latencies):
        raise SystemExit(f"etcd: {len(latencies)} puts were answered, and the revision moved by {moved}")
    return len(latencies) / seconds, quantile(latencies, 0.5), quantile(latencies, 0.99)


def load_capsize(directory, operation, clients, seconds, arguments):
    with tempfile.NamedTemporaryFile(suffix=".json") as figures:
        subprocess.run(
            [BIN / "capsize", "bench", "--nodes", "3", "--clients", str(clients), "--operations", operation,
             "--time", f"{seconds * 10 // 9 + 1}s", "--value-bytes", str(VALUE_BYTES), "--keys", "1",
             "--transport", "tcp", "--directory", directory, "--json", figures.name,
             *(f"--node-arg={argument}" for argument in arguments)],
            check=True, stdout=subprocess.DEVNULL)
        cell = json.loads(pathlib.Path(figures.name).read_text())["cells"][0]
    if cell["failed"]:
        raise SystemExit(f"capsize: {cell['failed']} operations failed")
    return cell["per-second"], cell["p50-us"], cell["p99-us"]


def compare_load(options, report):
    print(f"{'clients':>8} {'operation':>10} | {'capsize/s':>10} {'p50 us':>8} {'p99 us':>8} | "
          f"{'etcd/s':>10} {'p50 us':>8} {'p99 us':>8} | {'rate':>6} {'p99':>6}   (ratios: medians of {options.rounds})")
    with EtcdCluster(3, options.directory) as etcd:
        for clients in options.clients:
            for operation in options.operations:
                pairs = []
                for _ in range(options.rounds):  # alternating, so that both run under the same conditions
                    theirs = load_etcd(etcd, operation, clients, options.seconds)
                    ours = load_capsize(options.directory, operation, clients, options.seconds, options.node_arg)
                    pairs.append((ours, theirs))
                ours, theirs = ([statistics.median(pair[side][i] for pair in pairs) for i in range(3)]
                                for side in range(2))
                rate = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
                p99 = statistics.median(pair[0][2] / pair[1][2] for pair in pairs)
                print(f"{clients:>8} {operation:>10} | {ours[0]:>10.0f} {ours[1]:>8.0f} {ours[2]:>8.0f} | "
                      f"{theirs[0]:>10.0f} {theirs[1]:>8.0f} {theirs[2]:>8.0f} | {rate:>5.2f}x {p99:>5.2f}x", flush=True)
                report["load"].append({"clients": clients, "operation": operation, "capsize": ours, "etcd": theirs,
                                       "rate-ratio": rate, "p99-ratio": p99})


def time_without_service(cluster):
    """Seconds from the kill of the leader until a survivor acknowledges a put."""
    leader = cluster.leader()
    prober = cluster.prober([node for node in range(cluster.nodes) if node != leader])
    at = cluster.kill(leader)
    acknowledged = None
    while acknowledged is None:
        prober.probe()
        acknowledged = prober.acknowledged(PROBE_EVERY_SECONDS)
    prober.close()
    cluster.restart(leader)
    return acknowledged - at


def compare_failover(options, report):
    print(f"\nkill -9 of the leader, {options.kills} times each: ms until a survivor acknowledges a put "
          "(heartbeat 30 ms, election timeout 150 to 300 ms)")
    with EtcdCluster(3, options.directory, ELECTIONS["etcd"]) as etcd, \
            CapsizeCluster(3, options.directory, ELECTIONS["capsize"] + options.node_arg) as capsize:
        times = {"capsize": [], "etcd": []}
        for _ in range(options.kills):
            times["capsize"].append(1000 * time_without_service(capsize))
            times["etcd"].append(1000 * time_without_service(etcd))
    for name, found in times.items():
        ordered = sorted(found)
        print(f"{name:>8}  median {statistics.median(ordered):>5.0f}   p90 {quantile(ordered, 0.9):>5.0f}   "
              f"worst {ordered[-1]:>5.0f}")
    ratio = statistics.median(times["capsize"]) / statistics.median(times["etcd"])
    print(f"ratio of the medians {ratio:.2f}x")
    report["failover-ms"] = {**times, "median-ratio": ratio}


def main():
    parser = argparse.ArgumentParser(prog="bench-etcd", description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=lambda text: [int(n) for n in text.split(",")], default=[1, 8, 64, 256])
    parser.add_argument("--operations", type=lambda text: text.split(","), default=["put", "get"])
    parser.add_argument("--seconds", type=positive, default=5, help="duration of each measurement")
    parser.add_argument("--rounds", type=positive, default=3, help="number of alternations; reports medians")
    parser.add_argument("--kills", type=int, default=30, help="number of leader kills; 0: skip the failover")
    parser.add_argument("--directory", default=".", help="directory for the logs")
    parser.add_argument("--node-arg", action="append", default=[], help="argument for Capsize's nodes")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    if set(options.operations) - set(REQUESTS):
        parser.error("--operations: expected put, get")
    for program in ("etcd", "h2load"):
        if shutil.which(program) is None:
            raise SystemExit(f"{program} is missing: scripts/setup bench")
    report = {"load": []}
    if options.clients and options.seconds:
        compare_load(options, report)
    if options.kills:
        compare_failover(options, report)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    interruptible.run(main)
