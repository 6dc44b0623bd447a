"""The worked examples of nemesis/README.md: one strategy in each of the three ways, and short."""

import json
import os
import subprocess
import sys

import pytest

from conftest import BIN, ROOT

EXAMPLES = ROOT / "nemesis" / "examples"


@pytest.mark.parametrize("name, lines_max", [("deposed.json", 15), ("deposed.cpp", 40),
                                             ("test_deposed.py", 15)])
def test_an_example_is_short(name, lines_max):
    assert len((EXAMPLES / name).read_text().splitlines()) <= lines_max


def test_the_scenario_runs(capsize):
    run = capsize("run", EXAMPLES / "deposed.json")
    assert run.returncode == 0, run.stdout + run.stderr
    pauses = [fault for fault in capsize.results()["faults"]["list"] if fault["kind"] == "pause"]
    assert [fault["state"] for fault in pauses] == ["installed"] * 3
    assert capsize.results()["leader-changes"] >= 3


def test_the_python_test_runs(tmp_path):
    # The interpreter of these tests: the plugin must work under any that runs them.
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p",
         "capsize.pytest_plugin", "--basetemp", str(tmp_path / "base"),
         str(EXAMPLES / "test_deposed.py")],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "harness" / "python"), "CAPSIZE_BIN": str(BIN),
             "PYTHONDONTWRITEBYTECODE": "1"})
    assert run.returncode == 0, run.stdout + run.stderr
    results = next((tmp_path / "base").rglob("results.json"))
    faults = json.loads(results.read_text())["faults"]["list"]
    assert [fault["state"] for fault in faults] == ["installed"] * 3
