"""Another user of the machine cannot read, change, fake or stop a run."""

import json
import os
import pathlib
import signal
import subprocess
import sys

import pytest

from conftest import children, command_line, wait_for

OTHER_USER = 65534

# Tries everything that it is given, as another user; prints what it achieved.
ATTACK = """
import json, os, socket, sys
plan = json.load(sys.stdin)
achieved = []
def attempt(what, action):
    try:
        action()
        achieved.append(what)
    except OSError:
        pass
def connect(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(2)
        s.connect(path)
def bind(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
for path in plan["sockets"]:
    attempt("connected to " + path, lambda: connect(path))
for path in plan["sockets"] + plan["down"]:
    attempt("bound " + path, lambda: bind(path))
for path in plan["files"]:
    attempt("read " + path, lambda: open(path).read(1))
for path in plan["directories"]:
    attempt("listed " + path, lambda: os.listdir(path))
    attempt("entered " + path, lambda: os.stat(path + "/."))
for pid in plan["pids"]:
    attempt("environment of %d" % pid, lambda: open("/proc/%d/environ" % pid).read(1))
    attempt("descriptors of %d" % pid, lambda: os.listdir("/proc/%d/fd" % pid))
    attempt("signalled %d" % pid, lambda: os.kill(pid, 0))
print(json.dumps({"uid": os.getuid(), "achieved": achieved}))
"""


def listening_sockets(pid):
    """What this process listens on, found through its descriptors: paths, abstract names and TCP ports."""
    inodes = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = os.readlink(entry)
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[len("socket:["):-1])
    found = {"paths": [], "abstract": [], "tcp": []}
    for line in pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]:
        fields = line.split(maxsplit=7)
        if fields[6] in inodes and int(fields[3], 16) & 0x10000:  # __SO_ACCEPTCON
            name = fields[7] if len(fields) > 7 else ""
            found["abstract" if name.startswith("@") else "paths"].append(name)
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and fields[3] == "0A":
                found["tcp"].append(fields[1])
    return found


def as_nobody(plan):
    attack = subprocess.run(
        ["setpriv", f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups", sys.executable, "-c", ATTACK],
        input=json.dumps(plan), capture_output=True, text=True, timeout=60, cwd="/")
    assert attack.returncode == 0, attack.stderr
    result = json.loads(attack.stdout)
    assert result["uid"] == OTHER_USER
    return result["achieved"]


@pytest.fixture
def open_store(tmp_path_factory):
    """A store that all users may enter: what protects the run is the run's own directory."""
    store = tmp_path_factory.mktemp("open")
    for directory in (store, *store.parents):
        if directory.stat().st_uid == os.getuid() and str(directory) not in ("/", "/tmp"):
            directory.chmod(0o755)
    return store / "store"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("depth", [0, 120], ids=["short path", "path too long for a socket"])
def test_another_user_reaches_nothing_of_a_run(capsize, started, open_store, depth):
    capsize.store = open_store / ("d" * depth) if depth else open_store
    process = capsize.start("run", "--nemesis", "none", "--nodes", 3, "--time-limit", "60s")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "history.jsonl").exists(), 20, "a history")
    run = capsize.run_directory()
    family = children(process.pid)
    assert len(family) == 4, "three nodes and the proxy"
    sockets = []
    for pid in [process.pid, *family]:
        found = listening_sockets(pid)
        assert not found["abstract"] and not found["tcp"], found
        assert all(len(path) <= 107 for path in found["paths"])
        # Through a descriptor of the directory, the path means something to its own process only.
        sockets += [str(run / "sockets" / pathlib.Path(path).name) for path in found["paths"]]
    assert len(sockets) == 1 + 3 * 3 + 3 * 2
    secret = (run / "sockets" / "secret").read_text().strip()
    assert not any(secret in argument for pid in family for argument in command_line(pid))

    victim = next(pid for pid in family if "--id" in command_line(pid))
    name = command_line(victim)[command_line(victim).index("--id") + 1]
    os.kill(victim, signal.SIGKILL)
    wait_for(lambda: not pathlib.Path(f"/proc/{victim}/fd").exists() or
             not listening_sockets(victim)["paths"], 10, "the killed node's sockets gone")
    plan = {"sockets": sockets,
            "down": [str(run / "sockets" / f"n{name}-{role}") for role in ("peers", "client", "control")],
            "files": [str(run / "sockets" / "secret"), str(run / "history.jsonl"), str(run / "proxy.log"),
                      str(run / "nodes" / "n1" / "trace.jsonl"), str(run / "scenario.json")],
            "directories": [str(run), str(run / "nodes"), str(run / "sockets")],
            "pids": [pid for pid in [process.pid, *family] if pid != victim]}
    assert as_nobody(plan) == []
    # The attack itself works: what is open to all users is reached by it.
    open_file = open_store.parent / "open"
    open_file.write_text("x")
    open_file.chmod(0o644)
    assert as_nobody({"sockets": [], "down": [], "files": [str(open_file)],
                      "directories": [str(open_store.parent)], "pids": []}) != []
