"""Real processes, end to end. The binaries come from CAPSIZE_BIN (default: build/bin)."""

import json
import os
import pathlib
import signal
import socket
import subprocess
import time

import pytest
import zmq

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CAPSIZE_BIN", ROOT / "build" / "bin"))


def wait_for(condition, bound, what):
    """Waits for a condition, never for a time; returns what it returned."""
    until = time.monotonic() + bound
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"not within {bound} s: {what}")
        time.sleep(0.005)


def children(pid):
    """Process ids whose parent is `pid`."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        if int(text[text.rindex(")") + 2:].split()[1]) == pid:
            found.append(int(stat.parent.name))
    return found


def state(pid):
    """The kernel's letter for a process: T is stopped, None is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text[text.rindex(")") + 2]


def alive(pid):
    return state(pid) not in (None, "Z", "X")


def command_line(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
    except OSError:
        return []


def connects(path):
    """Whether a process listens on this socket file; its path may be longer than a socket's may."""
    directory = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(f"/proc/self/fd/{directory}/{path.name}")
        return True
    except OSError:
        return False
    finally:
        os.close(directory)


def sockets_of(run_directory):
    """The sockets of one run on which a process still listens."""
    return [path for path in (run_directory / "sockets").glob("*") if path.is_socket() and connects(path)]


def ask_control(run_directory, name, request):
    """One control request to a node or the proxy of a run, with the run's secret; None: no answer."""
    sockets = run_directory / "sockets"
    secret = (sockets / "secret").read_text().strip()
    directory = os.open(sockets, os.O_PATH | os.O_DIRECTORY)
    try:
        with zmq.Context() as context, context.socket(zmq.DEALER) as dealer:
            dealer.linger = 0
            dealer.connect(f"ipc:///proc/self/fd/{directory}/{name}-control")
            dealer.send(json.dumps({**request, "secret": secret}).encode())
            return json.loads(dealer.recv()) if dealer.poll(5000) else None
    finally:
        os.close(directory)


class Capsize:
    def __init__(self, store):
        self.store = store

    def command(self, *arguments):
        command = [str(BIN / "capsize"), *map(str, arguments)]
        if arguments and arguments[0] == "run":
            command += ["--store", str(self.store)]
        return command

    def start(self, *arguments, **options):
        return subprocess.Popen(self.command(*arguments), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, **options)

    def __call__(self, *arguments, bound=120):
        return subprocess.run(self.command(*arguments), capture_output=True, text=True,
                              timeout=bound)

    def run_directory(self):
        return (self.store / "latest").resolve()

    def results(self):
        return json.loads((self.run_directory() / "results.json").read_text())

    def faults(self):
        with open(self.run_directory() / "faults.jsonl") as lines:
            assert json.loads(next(lines)) == {"capsize-faults": 1}
            return [json.loads(line) for line in lines]

    def check_verdict(self, name):
        for check in self.results()["checks"]:
            if check["name"] == name:
                return check
        raise AssertionError(f"no check {name}")


@pytest.fixture
def capsize(tmp_path):
    return Capsize(tmp_path / "store")


@pytest.fixture
def started():
    """Processes that a test started by hand and that must not outlive it."""
    processes = []
    yield processes
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate()
