"""The catalogue of seeded bugs: complete, absent from the product, and each topic caught by its directed scenario.

All directed scenarios, with the bug and without it, are run by `capsize score --bugs all --strategies directed`.
"""

import json
import subprocess

import pytest

from conftest import BIN, ROOT

SCENARIOS = ROOT / "nemesis" / "scenarios" / "bugs"
# One bug of each topic that serves as a control of suites.
CONTROLS = ["vote-many-per-term", "truncate-on-append", "read-without-quorum", "follower-ack-before-sync",
            "snapshot-goes-back", "member-no-own-term-commit"]


def listed():
    lines = subprocess.run([BIN / "capsize-node-with-bugs", "--list-bugs"], capture_output=True, text=True, check=True)
    return {bug["name"]: bug for bug in map(json.loads, lines.stdout.splitlines())}


BUGS = listed()


def test_catalogue_is_complete():
    assert len(BUGS) == 47
    assert sum(bug["core"] for bug in BUGS.values()) == 24
    topics = {bug["topic"] for bug in BUGS.values() if bug["core"]}
    assert {"votes", "replication", "reads", "storage", "snapshots", "membership"} <= topics
    assert {BUGS[bug]["topic"] for bug in CONTROLS} >= {"votes", "replication", "reads", "storage", "snapshots",
                                                          "membership"}


def test_every_bug_has_its_directed_scenario_and_no_scenario_lacks_its_bug():
    assert sorted(BUGS) == sorted(file.stem for file in SCENARIOS.glob("*.json"))


def test_every_directed_scenario_can_be_planned():
    for file in sorted(SCENARIOS.glob("*.json")):
        done = subprocess.run([BIN / "capsize", "plan", file, "--seed", "1"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{file.name}: {done.stderr}"
        assert "warning" not in done.stderr, f"{file.name}: {done.stderr}"


@pytest.mark.parametrize("program", ["capsize-node", "capsize-sim"])
def test_product_contains_no_bug(program):
    right = (BIN / program).read_bytes()
    usage = subprocess.run([BIN / program, "--help"], capture_output=True, text=True, check=True).stdout
    erring = (BIN / f"{program}-with-bugs").read_bytes()
    for bug in BUGS:
        # --no-check-quorum is an option, and the help of the simulator has an example.
        assert bug in usage or bug.encode() not in right, bug
        assert bug.encode() in erring, bug


def is_report(failure, reports):
    named = failure["check"] + (f"/{failure['anomaly']}" if failure["anomaly"] else "")
    return named in reports or failure["check"] in reports


@pytest.mark.parametrize("bug", CONTROLS)
def test_directed_scenario_reports_its_bug(tmp_path, bug):
    done = subprocess.run([BIN / "capsize", "run", f"bugs/{bug}", "--bug", bug, "--store", tmp_path, "--seed", "1"],
                          capture_output=True, text=True, timeout=180)
    results = json.loads(next(tmp_path.glob("*/2*/results.json")).read_text())
    assert done.returncode == 1, done.stdout
    assert results["bug"] == bug
    assert any(is_report(failure, BUGS[bug]["reports"]) for failure in results["failures"]), results["failures"]


def test_every_bug_has_a_proof_at_the_lowest_level():
    scenarios = "".join(file.read_text() for file in (ROOT / "tests" / "scenarios").glob("*.txt"))
    tests = "".join(file.read_text() for folder in ("with_bugs", "adapters_with_bugs")
                    for file in (ROOT / "tests" / "node" / folder).glob("*.cpp"))
    unproven = [bug for bug in BUGS if f"\nproves {bug} " not in f"\n{scenarios}" and f'"{bug}"' not in tests]
    assert unproven == []
