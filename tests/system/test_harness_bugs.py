"""The harness is tested as it tests: with each of these mistakes (base/harness_bug.h) a run must not be valid.

The same runs without a mistake are valid: what is found is the mistake, not the scenario.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import BIN

INVALID, UNKNOWN, VACUOUS, HARNESS_ERROR = 1, 2, 3, 255
LOST_REPLIES = ["--nemesis", "cut-clients", "--client-timeout", "500ms"]
SLOW_NETWORK = [str(Path(__file__).parents[1] / "fixtures/slow-network.json")]
PARTITIONS = ["--nemesis", "partition"]

# Per bug: the run that shows it, how it may end, and what results.json then says (one of them).
BUGS = {
    "checker-gives-up-valid": (["--check-limit", "1ms", "--nemesis", "kill"], {HARNESS_ERROR}, "says valid without"),
    "fault-not-applied": ([*PARTITIONS, "--rate", "300"], {VACUOUS}, "faults of kind"),
    "history-loses-block": (PARTITIONS, {INVALID, HARNESS_ERROR}, ("but the clients had", "breaks its own rules")),
    "kill-misses": (["--nemesis", "kill"], {HARNESS_ERROR}, "still uses its data directory"),
    "late-stamp": (PARTITIONS, {INVALID}, "linearizable"),
    "process-reused": (LOST_REPLIES, {HARNESS_ERROR}, "breaks its own rules"),
    "proxy-leaks": (PARTITIONS, {INVALID, HARNESS_ERROR}, "that must stop them"),
    "timeout-as-fail": (SLOW_NETWORK, {INVALID}, "failed write"),
}


def run(tmp_path, bug, arguments):
    environment = dict(os.environ, CAPSIZE_HARNESS_BUG=bug)
    command = [BIN / "capsize-with-harness-bugs", "run", "--store", tmp_path, "--time-limit", "4s", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    found = list(tmp_path.glob("*/2*/results.json"))
    assert len(found) == 1, done.stdout + done.stderr
    return done.returncode, json.loads(found[0].read_text())


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_bug_of_the_harness_is_never_valid(tmp_path, bug):
    arguments, endings, reason = BUGS[bug]
    code, results = run(tmp_path, bug, arguments)
    assert results["harness-bug"] == bug
    assert code in endings, json.dumps(results["checks"], indent=1)
    reasons = [reason] if isinstance(reason, str) else reason
    assert any(each in json.dumps(results) for each in reasons)


@pytest.mark.parametrize("arguments", [PARTITIONS, LOST_REPLIES, SLOW_NETWORK, ["--nemesis", "kill"]],
                         ids=["partitions", "lost-replies", "slow-network", "kills"])
def test_same_runs_without_a_bug_are_valid(tmp_path, arguments):
    code, results = run(tmp_path, "", arguments)
    assert "harness-bug" not in results
    assert code == 0, json.dumps(results["checks"], indent=1)


def test_check_limit_without_the_bug_is_unknown(tmp_path):
    arguments, _, _ = BUGS["checker-gives-up-valid"]
    code, _ = run(tmp_path, "", arguments)
    assert code == UNKNOWN


def test_every_bug_of_the_programs_is_tested():
    unknown = subprocess.run([BIN / "capsize-with-harness-bugs", "run", "--time-limit", "1s"],
                             env=dict(os.environ, CAPSIZE_HARNESS_BUG="no-such-bug"),
                             capture_output=True, text=True, timeout=60)
    assert unknown.returncode == 64
    names = unknown.stderr.rsplit("expected one of ", 1)[1].strip().split(", ")
    assert sorted(BUGS) == names


def test_product_knows_no_bug_of_the_harness(tmp_path):
    done = subprocess.run([BIN / "capsize", "run", "--store", tmp_path, "--time-limit", "1s", "--nemesis", "none"],
                          env=dict(os.environ, CAPSIZE_HARNESS_BUG="timeout-as-fail"),
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    assert b"CAPSIZE_HARNESS_BUG" not in (BIN / "capsize").read_bytes()
