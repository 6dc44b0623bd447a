"""capsize bench: figures that are of real operations, and nothing left behind, whatever ends it."""

import json
import os
import signal
import subprocess

import pytest

from conftest import BIN, alive, children, wait_for


def bench(tmp_path, *arguments):
    return subprocess.run([BIN / "capsize", "bench", "--directory", tmp_path, *arguments],
                          capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("transport", ["ipc", "tcp"])
def test_every_cell_has_figures(tmp_path, transport):
    figures = tmp_path / "figures.json"
    done = bench(tmp_path, "--nodes", "1,3", "--clients", "1,16", "--time", "300ms", "--transport", transport,
                 "--target", "all", "--node-arg=--segment-bytes=64KiB", "--json", figures)
    assert done.returncode == 0, done.stderr
    document = json.loads(figures.read_text())
    assert document["capsize-bench"] == 1
    assert 0 < document["zeromq-round-trip"]["p50-us"] <= document["zeromq-round-trip"]["p99-us"]
    assert 0 < document["disk-sync"]["p50-us"]
    cells = {(cell["nodes"], cell["clients"], cell["operation"]): cell for cell in document["cells"]}
    assert len(cells) == 8
    for cell in cells.values():
        assert cell["operations"] > 0 and cell["failed"] == 0
        assert cell["p50-us"] <= cell["p99-us"] <= cell["max-us"]
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"], "its folder is removed"


def test_interrupted_it_leaves_nothing(tmp_path):
    process = subprocess.Popen([BIN / "capsize", "bench", "--directory", tmp_path, "--time", "1h"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    nodes = wait_for(lambda: len(found := children(process.pid)) == 3 and found, 30, "three nodes")
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert not any(alive(node) for node in nodes)
    assert list(tmp_path.iterdir()) == [], "its folder is removed"


def test_killed_it_leaves_no_process(tmp_path):
    process = subprocess.Popen([BIN / "capsize", "bench", "--directory", tmp_path, "--time", "1h"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    nodes = wait_for(lambda: len(found := children(process.pid)) == 3 and found, 30, "three nodes")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(os.path.exists(f"/proc/{node}") for node in nodes), 10, "the nodes are gone")


def test_through_the_proxy_there_are_figures_too(tmp_path):
    figures = tmp_path / "figures.json"
    done = bench(tmp_path, "--nodes", "3", "--clients", "4", "--operations", "put", "--time", "300ms", "--proxy",
                 "--json", figures)
    assert done.returncode == 0, done.stderr
    document = json.loads(figures.read_text())
    assert document["proxy"] is True
    assert document["cells"][0]["operations"] > 0 and document["cells"][0]["failed"] == 0


@pytest.mark.parametrize("arguments, says", [
    (["--proxy", "--transport", "tcp"], "--proxy: expected --transport ipc"),
    (["--nodes", "0"], "--nodes"),
    (["--operations", "scan"], "--operations"),
    (["--connect", "tcp://127.0.0.1:x"], "--connect: found 'tcp://127.0.0.1:x', expected ipc://… or tcp://HOST:PORT"),
    (["--time", "5"], "--time: found '5', expected 5s"),
])
def test_usage_errors_are_one_line_and_254(tmp_path, arguments, says):
    done = bench(tmp_path, *arguments)
    assert done.returncode == 254
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_a_node_that_does_not_start_is_named(tmp_path):
    done = bench(tmp_path, "--nodes", "1", "--node-arg=--heartbeat=9h")
    assert done.returncode == 255
    assert "n1 ended with exit code 64" in done.stderr
