"""Writes values of 1 MiB to one node until its state is full: no write may crash it, and it must continue to work.

The node must refuse with `state-full`, take a snapshot of the whole state, restart from it, refuse again, and accept
writes after a delete. Needs about 5 GB of memory, 4 GB of disk, and a minute.
"""

import argparse
import json
import sys
import tempfile

import interruptible
import zmq
from bare_cluster import CapsizeCluster, wait_for

VALUE = "v" * ((1 << 20) - 2)
WRITES_MAX = 1100
IN_FLIGHT = 8
ARGUMENTS = ["--snapshot-bytes=1GiB", "--snapshot-every=100000000"]


def expect(holds, found):
    if not holds:
        sys.exit(f"state: {found}")


def ask(cluster, role, request, bound=60_000):
    with cluster.context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.connect(cluster.endpoints[0][role])
        socket.send(json.dumps(request).encode())
        expect(socket.poll(bound), f"no answer to {str(request)[:80]}; the node ended with {cluster.processes[0].poll()}")
        return json.loads(socket.recv())


def write(cluster, key, value):
    return ask(cluster, "client", {"id": 1, "client": 1, "sequence": 1, "f": "write", "key": key, "value": value})


def fill(cluster):
    """How many writes fitted into the state."""
    outcomes = {"ok": 0, "state-full": 0}
    with cluster.context.socket(zmq.DEALER) as socket:
        socket.linger = 0
        socket.connect(cluster.endpoints[0]["client"])
        sent = 0
        for received in range(WRITES_MAX):
            while sent < WRITES_MAX and sent - received < IN_FLIGHT:
                socket.send(json.dumps({"id": sent, "client": 1, "sequence": sent + 1, "f": "write", "key": f"b{sent}",
                                       "value": VALUE}).encode())
                sent += 1
            expect(socket.poll(60_000), f"no answer after {received}; the node ended with {cluster.processes[0].poll()}")
            reply = json.loads(socket.recv())
            outcomes[reply.get("error", reply["outcome"])] += 1
    return outcomes


def take_snapshot(cluster):
    """Takes a snapshot of the current state: an earlier one may still be in progress."""
    def begin():
        answer = ask(cluster, "control", {"op": "snapshot"})
        return answer if answer["started"] else None
    begun = wait_for(begin, 120, "a snapshot that begins")
    wait_for(lambda: (cluster.status(0) or {}).get("snapshot", 0) >= begun["index"] or None, 120, "a snapshot")


def check_full_and_shrinks(cluster):
    reply = write(cluster, "one more", VALUE)
    expect(reply.get("error") == "state-full", f"one more write in a full state: {reply}")
    reply = write(cluster, "b0", 1)
    expect(reply["outcome"] == "ok", f"a smaller value in a full state: {reply}")
    reply = write(cluster, "b0", VALUE)
    expect(reply["outcome"] == "ok", f"a value that fits again: {reply}")


def main():
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    with tempfile.TemporaryDirectory(prefix="capsize-state-") as directory, \
            CapsizeCluster(1, directory, [*ARGUMENTS, "--allow-faults"], tcp=False) as cluster:
        outcomes = fill(cluster)
        expect(outcomes["ok"] > 700 and outcomes["state-full"] > 0, f"answers {outcomes}")
        check_full_and_shrinks(cluster)
        take_snapshot(cluster)
        cluster.kill(0)
        cluster.restart(0)
        cluster.leader()
        check_full_and_shrinks(cluster)
        take_snapshot(cluster)
        print(f"state: {outcomes['ok']} writes of 1 MiB, then {outcomes['state-full']} refused; a snapshot of them, "
              f"a restart, and another snapshot")
    return 0


if __name__ == "__main__":
    interruptible.run(main)
