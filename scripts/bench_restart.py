"""Measures the time until a restarted node serves reads, and its memory. See scripts/bench-restart."""

import argparse
import json
import pathlib
import time

import zmq

import interruptible
from argument_types import positive
from bare_cluster import CapsizeCluster, wait_for

WINDOW = 2000  # puts in flight
VALUE = "v" * 100


def put_all(cluster, count):
    """Writes `count` keys of a hundred bytes each."""
    with cluster.context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(cluster.endpoints[0]["client"])
        sent = acknowledged = 0
        while acknowledged < count:
            while sent < min(count, acknowledged + WINDOW):
                dealer.send(b'{"id":%d,"client":0,"sequence":0,"f":"write","key":"k%08d","value":"%s"}'
                            % (sent, sent, VALUE.encode()))
                sent += 1
            reply = dealer.recv()
            if b'"outcome":"ok"' not in reply:
                raise SystemExit(f"a put was not acknowledged: {reply.decode()}")
            acknowledged += 1


def status(cluster):
    with cluster.context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(cluster.endpoints[0]["control"])
        dealer.send(b'{"op":"status"}')
        return json.loads(dealer.recv()) if dealer.poll(2000) else None


def reads(cluster, key):
    """Waits for a linearizable read."""
    with cluster.context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(cluster.endpoints[0]["client"])
        while True:
            dealer.send(b'{"id":1,"client":0,"sequence":0,"f":"read","key":"%s"}' % key)
            reply = json.loads(dealer.recv())
            if reply["outcome"] == "ok":
                return reply["value"]
            time.sleep(0.002)


def memory_bytes(cluster):
    """The peak memory of the process."""
    text = pathlib.Path(f"/proc/{cluster.processes[0].pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM"))


def data_bytes(cluster):
    return sum(path.stat().st_size for path in (cluster.directory / "n1").iterdir())


def measure_restart(cluster, entries):
    """Kills and restarts the node, and waits until it returns the latest key."""
    cluster.kill(0)
    data = data_bytes(cluster)
    begin = time.monotonic()
    cluster.restart(0)
    if reads(cluster, b"k%08d" % (entries - 1)) != VALUE:
        raise SystemExit("the latest write is lost")
    return time.monotonic() - begin, memory_bytes(cluster), data


def report_row(name, runs):
    seconds, memory, data = min(runs)
    print(f"{name:<34} {seconds:>7.2f} s   {memory / 2**20:>6.0f} MiB of memory, "
          f"{memory / data:.2f} x the {data / 2**20:.0f} MiB on disk", flush=True)
    return {"name": name, "seconds": seconds, "memory-bytes": memory, "data-bytes": data}


def main():
    parser = argparse.ArgumentParser(prog="bench-restart", description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=positive, default=1_000_000)
    parser.add_argument("--runs", type=positive, default=3, help="number of runs; reports the fastest")
    parser.add_argument("--directory", default=".", help="directory for the data")
    parser.add_argument("--json", type=pathlib.Path)
    options = parser.parse_args()
    rows = []
    with CapsizeCluster(1, options.directory, ["--snapshot-every", "100000000", "--snapshot-bytes", "1GiB"],
                        tcp=False) as cluster:
        put_all(cluster, options.entries)
        rows.append(report_row(f"a log of {options.entries} entries",
                               [measure_restart(cluster, options.entries) for _ in range(options.runs)]))
        # Restart with snapshots enabled: the next entry triggers one of the whole state.
        cluster.arguments[:] = ["--snapshot-every", "1000"]
        measure_restart(cluster, options.entries)
        put_all(cluster, 1)
        wait_for(lambda: (status(cluster) or {}).get("snapshot", 0) >= options.entries or None, 60, "a snapshot")
        rows.append(report_row(f"a snapshot of {options.entries} keys",
                               [measure_restart(cluster, options.entries) for _ in range(options.runs)]))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    interruptible.run(main)
