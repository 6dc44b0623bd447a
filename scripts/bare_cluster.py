"""Clusters of Capsize or etcd nodes on loopback, without the proxy, for benchmarks and comparisons.

Both classes have the same interface: start(), leader(), kill(node), restart(node), prober(nodes), close(). Nodes are
numbered from 0. All processes have ended after close(), and end when this process dies (PR_SET_PDEATHSIG).
"""

import base64
import contextlib
import ctypes
import http.client
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import zmq

ROOT = pathlib.Path(__file__).resolve().parents[1]
BIN = pathlib.Path(os.environ.get("CAPSIZE_BIN", ROOT / "build" / "bin"))
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def free_ports(count):
    """Loopback ports that are currently free."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for(condition, bound, what):
    until = time.monotonic() + bound
    while time.monotonic() < until:
        value = condition()
        if value is not None:
            return value
        time.sleep(0.005)
    raise SystemExit(f"not within {bound} s: {what}")


class Cluster:
    """Common base of both: processes and their directory."""

    def __init__(self, nodes, directory):
        self.nodes = nodes
        self.directory = pathlib.Path(
            tempfile.mkdtemp(prefix="capsize-bench-", dir=pathlib.Path(directory).resolve()))
        self.processes = [None] * nodes

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        for node in range(self.nodes):
            self.restart(node)
        self.leader()

    def restart(self, node):
        log = open(self.directory / f"{node}.log", "ab")
        self.processes[node] = subprocess.Popen(
            self.command(node), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.directory,
            preexec_fn=lambda: LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        log.close()

    def kill(self, node):
        """Sends SIGKILL; returns the time just before it, on the clock of time.monotonic()."""
        at = time.monotonic()
        self.processes[node].send_signal(signal.SIGKILL)
        self.processes[node].wait()
        return at

    def leader(self):
        """The leader, once all nodes agree on it."""
        def agreed():
            known = {self.known_leader(node) for node in range(self.nodes)}
            return known.pop() if len(known) == 1 else None
        return wait_for(agreed, 30, f"a leader that all nodes know; logs are in {self.directory}")

    def close(self):
        for process in self.processes:
            if process is not None:
                process.kill()
                process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


class CapsizeCluster(Cluster):
    def __init__(self, nodes, directory, arguments=(), tcp=True, trace=False):
        super().__init__(nodes, directory)
        self.arguments = list(arguments)
        self.trace = trace
        self.context = zmq.Context()
        roles = ("peers", "client", "control")
        ports = iter(free_ports(nodes * len(roles)))
        # A private directory, with a path that is short enough for a Unix socket.
        self.sockets = tempfile.TemporaryDirectory(prefix="capsize-")
        name = f"ipc://{self.sockets.name}/"
        self.endpoints = [{role: f"tcp://127.0.0.1:{next(ports)}" if tcp else f"{name}{node}-{role}"
                           for role in roles} for node in range(nodes)]

    def trace_file(self, node):
        return self.directory / f"n{node + 1}.trace.jsonl"

    def command(self, node):
        own = self.endpoints[node]
        peers = ",".join(f"n{peer + 1}={self.endpoints[peer]['peers']}" for peer in range(self.nodes) if peer != node)
        command = [BIN / "capsize-node", "--id", str(node + 1), "--run-id", "1", "--data",
                   self.directory / f"n{node + 1}", "--listen", own["peers"], "--client", own["client"],
                   "--control", own["control"], "--peers", peers, *self.arguments]
        return command + (["--trace", self.trace_file(node)] if self.trace else [])

    def status(self, node):
        """The node's status; None if it does not answer."""
        with self.context.socket(zmq.DEALER) as dealer:
            dealer.linger = 0
            dealer.connect(self.endpoints[node]["control"])
            dealer.send(b'{"op":"status"}')
            return json.loads(dealer.recv()) if dealer.poll(500) else None

    def known_leader(self, node):
        leader = (self.status(node) or {}).get("leader")
        return None if leader is None else int(leader[1:]) - 1

    def prober(self, nodes):
        return CapsizeProber(self, nodes)

    def close(self):
        super().close()
        self.context.destroy(linger=0)


class CapsizeProber:
    """Sends puts on request, and reports when any of them is acknowledged."""

    def __init__(self, cluster, nodes):
        self.sockets = []
        self.poller = zmq.Poller()
        for node in nodes:
            dealer = cluster.context.socket(zmq.DEALER)
            dealer.linger = 0
            dealer.connect(cluster.endpoints[node]["client"])
            self.poller.register(dealer, zmq.POLLIN)
            self.sockets.append(dealer)

    def probe(self):
        for dealer in self.sockets:
            dealer.send(b'{"id":1,"client":0,"sequence":0,"f":"write","key":"probe","value":1}')

    def acknowledged(self, seconds):
        """When one of the puts was acknowledged, within this many seconds from now; else None."""
        for dealer, _ in self.poller.poll(seconds * 1000):
            if json.loads(dealer.recv())["outcome"] == "ok":
                return time.monotonic()
        return None

    def close(self):
        for dealer in self.sockets:
            dealer.close()


class EtcdCluster(Cluster):
    def __init__(self, nodes, directory, arguments=()):
        super().__init__(nodes, directory)
        self.arguments = list(arguments)
        ports = free_ports(2 * nodes)
        self.client_ports, self.peer_ports = ports[:nodes], ports[nodes:]

    def command(self, node):
        def url(port):
            return f"http://127.0.0.1:{port}"
        members = ",".join(f"e{member}={url(port)}" for member, port in enumerate(self.peer_ports))
        return ["etcd", "--name", f"e{node}", "--data-dir", self.directory / f"e{node}",
                "--listen-client-urls", url(self.client_ports[node]),
                "--advertise-client-urls", url(self.client_ports[node]),
                "--listen-peer-urls", url(self.peer_ports[node]),
                "--initial-advertise-peer-urls", url(self.peer_ports[node]),
                "--initial-cluster", members, "--initial-cluster-token", str(self.directory),
                "--log-level", "error", *self.arguments]

    def ask(self, node, path, body, timeout=2.0):
        """A request through the JSON gateway; None if there is no reply."""
        connection = http.client.HTTPConnection("127.0.0.1", self.client_ports[node], timeout=timeout)
        try:
            connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
            response = connection.getresponse()
            text = response.read()
            return json.loads(text) if response.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def status(self, node):
        return self.ask(node, "/v3/maintenance/status", {})

    def known_leader(self, node):
        known = [self.status(member) or {} for member in range(self.nodes)]
        leader = known[node].get("leader", "0")
        members = [status.get("header", {}).get("member_id") for status in known]
        return members.index(leader) if leader != "0" and leader in members else None

    def revision(self, node):
        return int(self.status(node)["header"]["revision"])

    def prober(self, nodes):
        return EtcdProber(self, nodes)


class EtcdProber:
    """Like CapsizeProber. A put to a crashed leader is answered only after seconds, so each put has its own thread and
    connection."""

    def __init__(self, cluster, nodes):
        self.cluster, self.nodes = cluster, nodes
        self.done = threading.Event()
        self.at = None
        self.body = {"key": base64.b64encode(b"probe").decode(), "value": base64.b64encode(b"1").decode()}

    def probe(self):
        for node in self.nodes:
            threading.Thread(target=self.put, args=(node,), daemon=True).start()

    def put(self, node):
        if self.cluster.ask(node, "/v3/kv/put", self.body, timeout=10) is not None and not self.done.is_set():
            self.at = time.monotonic()
            self.done.set()

    def acknowledged(self, seconds):
        return self.at if self.done.wait(seconds) else None

    def close(self):
        self.done.set()
