"""Damages the data directories of one, two and three of three nodes at random, after acknowledged writes.

Each trial writes through a new cluster, kills it, damages directories (flipped bits, a truncated end, zeros, a removed
file, garbage) and starts every damaged node alone, then all of them. A damaged node must do one of three things: refuse to
start, with exit code 65, file and offset; start with its complete state; or, if its operator accepts losses
(`--accept-lost-log`), start with a reported loss and without a vote. A cluster that elects a leader must have every
acknowledged write. Exits with 1 if any trial ends otherwise.
"""

import argparse
import collections
import itertools
import json
import random
import re
import tempfile
import time

import interruptible
import zmq
from argument_types import positive
from bare_cluster import CapsizeCluster, wait_for

NODES = 3
REFUSED = 65
BOUND_S = 30
# Sizes at which a short trial has several segments and a snapshot.
ARGUMENTS = ["--segment-bytes=4KiB", "--snapshot-every=10", "--election-timeout=100ms..200ms", "--heartbeat=30ms"]


class Wrong(Exception):
    """An outcome that no damage may lead to."""


class Damaged(CapsizeCluster):
    """A cluster whose nodes may refuse to start."""

    def __init__(self, directory):
        super().__init__(NODES, directory, ARGUMENTS, tcp=False)
        self.accepting = set()

    def command(self, node):
        return super().command(node) + (["--accept-lost-log"] if node in self.accepting else [])

    def data(self, node):
        return self.directory / f"n{node + 1}"

    def ask(self, node, role, request, bound=2000):
        with self.context.socket(zmq.DEALER) as asker:
            asker.linger = 0
            asker.connect(self.endpoints[node][role])
            asker.send(json.dumps(request).encode())
            return json.loads(asker.recv()) if asker.poll(bound) else None

    def said(self, node):
        return (self.directory / f"{node}.log").read_text(errors="replace")

    def up_or_refused(self, node):
        """The status of a started node, or its exit code."""
        def answer():
            code = self.processes[node].poll()
            return code if code is not None else self.status(node)
        return wait_for(answer, BOUND_S, f"an answer of n{node + 1}, or its end")

    def kill_all(self):
        for node, process in enumerate(self.processes):
            if process.poll() is None:
                self.kill(node)

    def settled(self):
        """Waits until all nodes have the leader's log and know that it is committed."""
        states = [self.status(node) for node in range(NODES)]
        if any(state is None for state in states):
            return None
        same = len({(state["last"], state["commit"], state["persisted"], state["term"]) for state in states}) == 1
        return states if same and states[0]["last"] == states[0]["commit"] else None


def write(cluster, draw):
    """Writes until acknowledged; returns the writes by key. Requests are repeated, which is safe: each key has one value."""
    written = {}
    sequences = itertools.count(1)

    def acknowledged(key, value):
        request = {"id": 1, "client": 1, "sequence": next(sequences), "f": "write", "key": key, "value": value}
        reply = cluster.ask(draw.randrange(NODES), "client", request)
        return (reply and reply["outcome"] == "ok") or None

    for number in range(draw.randint(1, 40)):
        key = f"k{number}"
        value = "v" * draw.choice((1, 50, 300)) + str(number)
        wait_for(lambda key=key, value=value: acknowledged(key, value), BOUND_S, "an acknowledged write")
        written[key] = value
    return written


def damage(directory, draw):
    """Damages one file in a random way; returns a description."""
    path = draw.choice(sorted(file for file in directory.iterdir() if file.name != "lock"))
    content = bytearray(path.read_bytes())
    used = max(1, len(bytes(content).rstrip(b"\0")))
    kind = draw.choice(("flip", "cut", "zeros", "remove", "garbage"))
    at = draw.randrange(used)
    length = min(used - at, draw.choice((1, 8, 64, 512)))
    if kind == "remove":
        path.unlink()
        return f"{path.name} removed"
    if kind == "flip":
        for _ in range(draw.choice((1, 1, 1, 8))):
            content[draw.randrange(used)] ^= 1 << draw.randrange(8)
    elif kind == "cut":
        del content[at:]
    elif kind == "zeros":
        content[at:at + length] = bytes(length)
    else:
        content[at:at + length] = draw.randbytes(length)
    path.write_bytes(content)
    return f"{path.name}: {kind} at {at} of {used}"


def start_alone(cluster, node, before):
    """How a damaged node starts without the others: "refused", "whole" or "announced"."""
    cluster.restart(node)
    found = cluster.up_or_refused(node)
    if isinstance(found, int):
        if found != REFUSED or not re.search(r"corrupt log: \S+ at offset \d+: ", cluster.said(node)):
            raise Wrong(f"n{node + 1} ended with {found}: {cluster.said(node)}")
        return "refused"
    cluster.kill(node)
    if not found["votes"]:
        if "lost: " not in cluster.said(node) or found["lost"] < 1:
            raise Wrong(f"n{node + 1} does not vote and reports no reason")
        if found["term"] < before["term"]:
            raise Wrong(f"n{node + 1} lost term {before['term']}: {found}")
        return "announced"
    same_vote = found["term"] > before["term"] or found["vote"] == before["vote"]
    if found["last"] < before["last"] or found["term"] < before["term"] or not same_vote:
        raise Wrong(f"n{node + 1} silently lost entries: {found}, before {before}")
    return "whole"


def read_back(cluster, written, voters):
    """Reads all written keys if there is a leader. Without a majority of voting nodes there must be none."""
    def leader():
        for node in range(NODES):
            if cluster.processes[node].poll() is None and (cluster.status(node) or {}).get("role") == "leader":
                return node
        return None
    if voters <= NODES // 2:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            if leader() is not None:
                raise Wrong(f"a leader with {voters} voters")
        return "no leader"

    def read(key):
        reply = cluster.ask(wait_for(leader, BOUND_S, "a leader"), "client",
                            {"id": 1, "client": 2, "sequence": 1, "f": "read", "key": key})
        return reply if reply and reply["outcome"] == "ok" else None
    for key, value in written.items():
        reply = wait_for(lambda key=key: read(key), BOUND_S, f"an answer to a read of {key}")
        if reply["value"] != value:
            raise Wrong(f"{key} was acknowledged with {value}, and read as {reply}")
    return "all read"


def restore(cluster, announced):
    """Restores the votes of nodes that have caught up."""
    for node in announced:
        wait_for(lambda node=node: (cluster.ask(node, "control", {"op": "restore-vote"}) or {}).get("ok") or None, BOUND_S,
                 f"n{node + 1} has caught up")
        if not cluster.status(node)["votes"]:
            raise Wrong(f"n{node + 1} does not vote after restore-vote")


def trial(draw, directory, damaged, counts):
    with Damaged(directory) as cluster:
        written = write(cluster, draw)
        before = wait_for(cluster.settled, BOUND_S, "nodes that agree")
        cluster.kill_all()
        nodes = draw.sample(range(NODES), damaged)
        damages = {}
        try:
            ends = {}
            for node in nodes:
                damages[node] = damage(cluster.data(node), draw)
                ends[node] = start_alone(cluster, node, before[node])
                counts[ends[node]] += 1
            for node in [node for node in nodes if ends[node] == "refused" and draw.random() < 0.7]:
                cluster.accepting.add(node)
                ends[node] = start_alone(cluster, node, before[node])
                counts["accepted: " + ends[node]] += 1
            running = [node for node in range(NODES) if ends.get(node) != "refused"]
            for node in running:
                cluster.restart(node)
            announced = [node for node in running if ends.get(node) == "announced"]
            result = read_back(cluster, written, len(running) - len(announced))
            counts[result] += 1
            if result == "all read":
                restore(cluster, announced)
        except Wrong as wrong:
            raise Wrong(f"{wrong}\ndamage: {damages}") from wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--damages", type=positive, default=200, help="number of trials [200]; damages one, two and three nodes in turn")
    parser.add_argument("--seed", type=int, default=None, help="[a new one, printed]")
    options = parser.parse_args()
    seed = random.SystemRandom().getrandbits(32) if options.seed is None else options.seed
    print(f"damage: seed {seed}", flush=True)
    counts = collections.Counter()
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="capsize-damage-") as directory:
        for number in range(options.damages):
            try:
                trial(random.Random(f"{seed}-{number}"), directory, number % NODES + 1, counts)
            except Wrong as problem:
                wrong += 1
                print(f"damage: trial {number} of seed {seed}: {problem}", flush=True)
    print("damage: " + ", ".join(f"{what} {count}" for what, count in sorted(counts.items())) + f", wrong {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    interruptible.run(main)
