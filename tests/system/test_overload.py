"""Memory and descriptors stay bounded under more load than a node or the proxy can take."""

import os
import pathlib
import resource
import socket
import subprocess

import pytest
import zmq

from conftest import BIN, wait_for

CLIENTS = 256
VALUE = b"v" * 32 * 1024
MEMORY_BYTES_MAX = 500 * 2**20  # each byte is in the log, in the store or a snapshot, and on its way
WRITTEN_BYTES = 600 * 2**20


def memory_bytes(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("VmHWM"))


def start(tmp_path, before=None):
    """One node, and where its clients, its control and its peers connect."""
    name = f"ipc://@capsize-overload-{os.getpid()}"
    process = subprocess.Popen(
        [BIN / "capsize-node", "--id", "1", "--run-id", "1", "--data", tmp_path / "data", "--listen", f"{name}-l",
         "--client", f"{name}-c", "--control", f"{name}-k", "--parent", str(os.getpid())],
        stdout=subprocess.PIPE, preexec_fn=before)
    assert b'"ready":true' in process.stdout.readline()
    return process, {"client": f"{name}-c", "control": f"{name}-k", "peers": f"{name}-l"}


@pytest.fixture
def node(tmp_path):
    process, endpoints = start(tmp_path)
    yield process, endpoints["client"]
    process.kill()
    process.wait()


def ask(endpoint, request, bound=10_000):
    with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
        dealer.linger = 0
        dealer.connect(endpoint)
        dealer.send_json(request)
        return dealer.recv_json() if dealer.poll(bound) else None


def write(endpoint, value):
    return ask(endpoint, {"id": 1, "client": 0, "sequence": 0, "f": "write", "key": "k", "value": value})


def connect(endpoint):
    """A connection that says nothing; None when the node takes no more just now."""
    idle = socket.socket(socket.AF_UNIX)
    idle.setblocking(False)
    try:
        idle.connect(endpoint.replace("ipc://@", "\0"))
    except OSError:
        idle.close()
        return None
    return idle


def connect_and_leave(process, endpoint, connections):
    """More of them than it has descriptors; it must survive that."""
    idle = []
    wait_for(lambda: idle.append(connect(endpoint)) or len(idle) - idle.count(None) > connections, 20,
             "more connections than descriptors")
    assert process.poll() is None
    for connection in filter(None, idle):
        connection.close()


@pytest.mark.parametrize("port", ["client", "control", "peers"])
def test_idle_connections_leave_the_node_its_descriptors(tmp_path, port):
    few = 200  # the soft limit and the hard one
    process, endpoints = start(tmp_path, lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
    try:
        wait_for(lambda: write(endpoints["client"], 1)["outcome"] == "ok", 10, "a leader")
        connect_and_leave(process, endpoints[port], 2 * few)
        assert wait_for(lambda: write(endpoints["client"], 2), 20, "an answer")["outcome"] == "ok"
        assert ask(endpoints["control"], {"op": "status"})["dropped"]["connection"] > 0
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("port", ["control", "link"])
def test_idle_connections_leave_the_proxy_its_descriptors(port):
    few = 200
    name = f"ipc://@capsize-overload-proxy-{os.getpid()}"
    endpoints = {"control": f"{name}-control", "link": f"{name}-in"}
    process = subprocess.Popen(
        [BIN / "capsize-proxy", "--run-id", "1", "--control", endpoints["control"], "--link",
         f"n1:n2={endpoints['link']},{name}-out", "--parent", str(os.getpid())], stdout=subprocess.PIPE,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
    try:
        assert b'"ready":true' in process.stdout.readline()
        connect_and_leave(process, endpoints[port], 2 * few)
        assert wait_for(lambda: ask(endpoints["control"], {"op": "stats"}), 20, "an answer")["ok"]
    finally:
        process.kill()
        process.wait()


def test_replies_that_are_not_read_are_bounded_in_bytes(node):
    process, endpoint = node
    wait_for(lambda: write(endpoint, "v" * (2**20 - 2))["outcome"] == "ok", 10, "a value of 1 MiB")
    context = zmq.Context()
    silent = context.socket(zmq.DEALER)
    silent.linger = 0
    silent.rcvhwm = 1
    silent.connect(endpoint)
    for number in range(400):
        silent.send_json({"id": number, "client": 1, "sequence": number, "f": "read", "key": "k"})
    control = endpoint.removesuffix("-c") + "-k"
    wait_for(lambda: ask(control, {"op": "status"})["dropped"].get("unread-reply", 0) > 200, 30, "dropped replies")
    assert memory_bytes(process.pid) < 200 * 2**20, f"{memory_bytes(process.pid) // 2**20} MiB"
    assert ask(endpoint, {"id": 1, "client": 0, "sequence": 0, "f": "read", "key": "k"})["outcome"] == "ok"
    context.destroy(linger=0)


def test_memory_is_bounded_whatever_is_sent(node):
    process, endpoint = node
    context = zmq.Context()
    dealers = [context.socket(zmq.DEALER) for _ in range(CLIENTS)]
    poller = zmq.Poller()
    for dealer in dealers:
        dealer.linger = 0
        dealer.connect(endpoint)
        poller.register(dealer, zmq.POLLIN | zmq.POLLOUT)
    request = b'{"id":1,"client":0,"sequence":0,"f":"write","key":"k%d","value":"' + VALUE + b'"}'
    written = 0

    def flood():
        """Every client sends whatever its socket takes, and reads what is there."""
        nonlocal written
        for dealer, events in poller.poll(1000):
            if events & zmq.POLLOUT:
                dealer.send(request % (written % 50), zmq.DONTWAIT)
            if events & zmq.POLLIN and b'"outcome":"ok"' in dealer.recv(zmq.DONTWAIT):
                written += len(VALUE)
        return written >= WRITTEN_BYTES

    wait_for(flood, 60, f"{WRITTEN_BYTES} bytes are written")
    assert process.poll() is None
    assert memory_bytes(process.pid) < MEMORY_BYTES_MAX, f"{memory_bytes(process.pid) // 2**20} MiB"
    context.destroy(linger=0)
