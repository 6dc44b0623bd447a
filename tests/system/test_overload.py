"""Memory stays flat under more load than a node can take."""

import os
import pathlib
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


@pytest.fixture
def node(tmp_path):
    name = f"ipc://@capsize-overload-{os.getpid()}"
    process = subprocess.Popen(
        [BIN / "capsize-node", "--id", "1", "--run-id", "1", "--data", tmp_path / "data", "--listen", f"{name}-l",
         "--client", f"{name}-c", "--control", f"{name}-k", "--parent", str(os.getpid())],
        stdout=subprocess.PIPE)
    assert b'"ready":true' in process.stdout.readline()
    yield process, f"{name}-c"
    process.kill()
    process.wait()


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
