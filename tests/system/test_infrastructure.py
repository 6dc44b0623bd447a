"""Failures of the infrastructure are harness errors with a cause, and never look like violations."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import BIN

# Runs in a mount namespace of its own: a small file system that fills up when the load has begun. Only what is copied
# out of it remains.
FILL = """
mount -t tmpfs -o size=256m none "$1" || exit 77
"$2" run --quiet --nemesis none --nodes 3 --time-limit 60s --store "$1/store" &
run=$!
until grep -qs '"type":"ok"' "$1/store/latest/history.jsonl" || ! kill -0 $run; do :; done
cat /dev/zero > "$1/filler" 2>"$3/filled"
wait $run
status=$?
rm "$1/filler"
cp -r "$1/store/latest/" "$3/run"
exit $status
"""


def test_a_full_disk_stops_the_run_and_leaves_results(tmp_path):
    small, out = tmp_path / "small", tmp_path / "out"
    small.mkdir()
    out.mkdir()
    run = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", FILL, "sh", small, BIN / "capsize", out],
                         capture_output=True, text=True, timeout=100)
    if run.returncode in (1, 77) and not (out / "run").exists():
        pytest.skip("no mount namespace here: " + run.stderr)
    assert run.returncode == 255, run.stdout + run.stderr
    assert "No space left" in (out / "filled").read_text()
    results = json.loads((out / "run" / "results.json").read_text())
    assert results["verdict"] == "harness error"
    assert results["cause"]["kind"] == "disk-full"
    assert results["harness-error"] == results["cause"]["text"]
    assert results["load-ms"] < 50_000, "the load stops at the first failure"
    verdicts = {check["name"]: check["verdict"] for check in results["checks"]}
    assert verdicts == {"linearizable": "valid", "invariants": "valid"}, "what was recorded is judged"
    assert "  cause         disk-full: " in run.stdout
    assert run.stderr == ""


def test_nodes_that_never_start_are_a_harness_error_with_their_own_message(capsize):
    run = capsize("run", "--node-arg=--bogus", "--time-limit", "1s")
    assert run.returncode == 255
    cause = capsize.results()["cause"]
    assert cause["kind"] == "start"
    assert "ended with exit code 64, and wrote: capsize-node: " in cause["text"] and "--bogus" in cause["text"]
    assert f"  cause         start: {cause['text']}\n" in run.stdout


@pytest.mark.parametrize("missing, arguments", [
    ("capsize-node", ()), ("capsize-proxy", ()), ("capsize-node-with-bugs", ("--bug", "read-without-quorum"))])
def test_a_missing_program_is_a_harness_error(tmp_path, missing, arguments):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in {"capsize", "capsize-node", "capsize-node-with-bugs", "capsize-proxy"} - {missing}:
        os.link(BIN / name, programs / name) if same_device(BIN, tmp_path) else shutil.copy(BIN / name, programs)
    run = subprocess.run([programs / "capsize", "run", "--quiet", "--time-limit", "1s", *arguments, "--store",
                          tmp_path / "store"], capture_output=True, text=True, timeout=60)
    assert run.returncode == 255, run.stdout + run.stderr
    results = json.loads((tmp_path / "store" / "latest" / "results.json").read_text())
    assert results["cause"]["kind"] == "start" and missing in results["cause"]["text"]


def same_device(one, other):
    return os.stat(one).st_dev == os.stat(other).st_dev
