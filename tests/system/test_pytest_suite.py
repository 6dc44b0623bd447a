"""Suites and scenarios as tests of pytest: `pytest --capsize-suite FILE --capsize-scenario FILE`.

A stand-in for the command says what each run's verdict is; the last tests use the real one.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import BIN, ROOT

PYTHON = ROOT / "harness" / "python"

# Prints what SUITE.runs lists, and gives a run the verdict that its scenario's case has in SUITE.verdicts.
STAND_IN = r'''#!/usr/bin/env python3
import json, pathlib, sys
here = pathlib.Path(__file__).parent
plan = json.loads((here / "plan.json").read_text())
codes = {"valid": 0, "invalid": 1, "unknown": 2, "vacuous": 3, "harness error": 255}
option = lambda name: sys.argv[sys.argv.index(name) + 1]
with open(here / "calls", "a") as calls:
    calls.write(json.dumps(sys.argv[1:]) + "\n")
if sys.argv[1] == "suite":
    assert "--list-json" in sys.argv
    if "error" in plan:
        print(plan["error"], file=sys.stderr)
        sys.exit(254)
    base = int(option("--seed"))
    for case in plan["runs"]:
        seed = base + case.get("offset", 0)
        name = case["case"]
        print(json.dumps({"id": f"{name}/1", "case": name, "purpose": case.get("purpose", "test"),
                          "bug": case.get("bug", ""), "seed": seed, "attempt": 1,
                          "scenario": {"name": name, "seed": seed, "time-limit": "5s"}}))
    sys.exit(0)
scenario = json.loads(pathlib.Path(sys.argv[2]).read_text())
seed = int(option("--seed"))
store = pathlib.Path(option("--store"))
(store / "evidence").write_text("left by the run")
verdict = plan["verdicts"].get(f"{scenario['name']}-{seed}", plan["verdicts"].get(scenario["name"], "valid"))
if verdict == "usage error":
    print("capsize: nodes: found 99, expected 1 to 9", file=sys.stderr)
    sys.exit(254)
print(f"""
  faults        1 of 1 planned took effect
    1.00 s  kill n1

  operations    10 ok, 0 fail, 0 info
    read        10 ok
  stale read: read of r1 returned 3

{scenario['name']}: {verdict}
  linearizable  {verdict}
  seed          {seed}
  reproduce     capsize run --seed {seed}""")
sys.exit(codes[verdict])
'''


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path):
    """A directory with a stand-in for the command and a suite file."""
    command = tmp_path / "bin" / "capsize"
    command.parent.mkdir()
    command.write_text(STAND_IN)
    command.chmod(0o755)
    (tmp_path / "nightly.json").write_text('{"name": "nightly"}')
    (tmp_path / "test_mine.py").write_text("def test_mine():\n    pass\n")
    return tmp_path


def plan(directory, runs, verdicts=None, **more):
    text = json.dumps({"runs": runs, "verdicts": verdicts or {}, **more})
    (directory / "bin" / "plan.json").write_text(text)


def run_pytest(directory, *arguments, binaries=None):
    environment = {**os.environ, "PYTHONPATH": str(PYTHON),
                   "CAPSIZE_BIN": str(binaries or directory / "bin")}
    environment.pop("PYTEST_ADDOPTS", None)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--basetemp",
         str(directory / "base"), *arguments],
        cwd=directory, env=environment, capture_output=True, text=True, timeout=300, check=False)


def outcomes(result):
    """Node id -> outcome, of a run with -v."""
    found = re.findall(r"^(?:\[gw\d+\] \[ *\d+%\] )?(?:(PASSED|FAILED|ERROR) )?(\S+::\S+?)(?: (PASSED|FAILED|ERROR))?(?: |$)",
                       result.stdout, flags=re.MULTILINE)
    return {node: before or after for before, node, after in found if before or after}


BUG = {"case": "control-bug", "purpose": "bug-control", "bug": "read-without-quorum"}


def test_each_run_is_a_test_and_nothing_else_runs(stand_in):
    plan(stand_in, [{"case": "a"}, {"case": "a", "offset": 1}, {"case": "b"}], {"b": "invalid"})
    result = run_pytest(stand_in, "-v", "--capsize-suite", "nightly.json", "--capsize-seed", "4711")
    assert result.returncode == 1, result.stdout + result.stderr
    assert outcomes(result) == {"nightly::a-4711": "PASSED", "nightly::a-4712": "PASSED",
                                "nightly::b-4711": "FAILED"}
    assert "capsize: seed 4711 of nightly.json" in result.stdout
    assert "test_mine" not in result.stdout


def test_paths_are_collected_too_where_they_are_named(stand_in):
    plan(stand_in, [{"case": "a"}])
    result = run_pytest(stand_in, "-v", "--capsize-suite", "nightly.json", "--capsize-seed", "1", "test_mine.py")
    assert outcomes(result) == {"test_mine.py::test_mine": "PASSED", "nightly::a-1": "PASSED"}
    assert "test_mine.py::test_mine" in run_pytest(stand_in, "-v").stdout


@pytest.mark.parametrize("verdict", ["invalid", "unknown", "vacuous", "harness error"])
def test_failure_is_the_verdict_with_its_explanation_and_no_traceback(stand_in, verdict):
    plan(stand_in, [{"case": "a"}], {"a": verdict})
    result = run_pytest(stand_in, "--capsize-suite", "nightly.json", "--capsize-seed", "7")
    assert result.returncode == 1
    assert f"\n{verdict}\n  stale read: read of r1 returned 3\n\na: {verdict}\n" in result.stdout
    assert "  reproduce     capsize run --seed 7\n" in result.stdout
    assert "Traceback" not in result.stdout and "pytest_suite.py" not in result.stdout
    assert "planned took effect" not in result.stdout


def test_usage_error_shows_what_the_command_said(stand_in):
    plan(stand_in, [{"case": "a"}], {"a": "usage error"})
    result = run_pytest(stand_in, "--capsize-suite", "nightly.json")
    assert "usage error\ncapsize: nodes: found 99, expected 1 to 9" in result.stdout


def test_bug_control_passes_if_one_of_its_seeds_catches_the_bug(stand_in):
    plan(stand_in, [{**BUG, "offset": i} for i in range(3)], {"control-bug-2": "invalid"})
    result = run_pytest(stand_in, "-v", "--capsize-suite", "nightly.json", "--capsize-seed", "1")
    assert outcomes(result) == {"nightly::control-bug-1": "PASSED"}
    calls = [json.loads(line) for line in (stand_in / "bin" / "calls").read_text().splitlines()]
    assert [call[call.index("--seed") + 1] for call in calls if call[0] == "run"] == ["1", "2"]


def test_missed_bug_control_fails(stand_in):
    plan(stand_in, [{**BUG, "offset": i} for i in range(3)], {"control-bug-3": "harness error"})
    result = run_pytest(stand_in, "--capsize-suite", "nightly.json", "--capsize-seed", "1")
    assert result.returncode == 1
    assert "control missed: the seeded bug read-without-quorum was not caught in 3 runs" in result.stdout
    assert "seed 2: valid" in result.stdout and "seed 3: harness error" in result.stdout


def test_all_workers_collect_the_seed_that_the_controller_drew(stand_in):
    pytest.importorskip("xdist")
    plan(stand_in, [{"case": "a", "offset": i} for i in range(6)], {"a": "valid"})
    (stand_in / "pytest.ini").write_text("[pytest]\ntestpaths = .\n")
    result = run_pytest(stand_in, "-v", "-n", "2", "--capsize-suite", "nightly.json")
    assert result.returncode == 0, result.stdout + result.stderr
    assert len(outcomes(result)) == 6
    assert set(outcomes(result).values()) == {"PASSED"}
    assert "test_mine" not in result.stdout
    calls = [json.loads(line) for line in (stand_in / "bin" / "calls").read_text().splitlines()]
    listed = {call[call.index("--seed") + 1] for call in calls if call[0] == "suite"}
    assert len(listed) == 1


def test_seed_of_the_file_counts_unless_another_is_chosen(stand_in):
    plan(stand_in, [{"case": "a"}])
    (stand_in / "nightly.json").write_text('// "seed": 1\n{"name": "http://x", /* "seed": 2 */ "seed": 42}')
    assert "nightly::a-42" in run_pytest(stand_in, "-v", "--capsize-suite", "nightly.json").stdout
    chosen = run_pytest(stand_in, "-v", "--capsize-suite", "nightly.json", "--capsize-seed", "5")
    assert "nightly::a-5" in chosen.stdout


def test_suite_that_cannot_be_read_is_a_collection_error_in_one_line(stand_in):
    plan(stand_in, [], error="nightly.json:3: runs: found nothing, expected a list")
    result = run_pytest(stand_in, "--capsize-suite", "nightly.json")
    assert result.returncode == 2
    assert "nightly.json:3: runs: found nothing, expected a list" in result.stdout
    assert "Traceback" not in result.stdout


def test_scenario_is_a_test(stand_in):
    plan(stand_in, [], {"figure-8": "vacuous"})
    (stand_in / "figure-8.json").write_text('{"name": "figure-8"}')
    result = run_pytest(stand_in, "-v", "--capsize-scenario", "figure-8.json", "--capsize-seed", "3")
    assert outcomes(result) == {"figure-8::figure-8-3": "FAILED"}
    missing = run_pytest(stand_in, "--capsize-scenario", "none.json")
    assert "none.json: found no file, expected a scenario" in missing.stdout


def test_runs_that_fail_stay_and_others_are_removed(stand_in):
    plan(stand_in, [{"case": "a"}, {"case": "b"}], {"b": "invalid"})
    run_pytest(stand_in, "--capsize-suite", "nightly.json")
    assert len(list((stand_in / "base").rglob("evidence"))) == 1
    run_pytest(stand_in, "--capsize-suite", "nightly.json", "--capsize-store", "kept", "-k", "a-")
    assert (stand_in / "kept" / "evidence").exists()


def test_selection_and_junit_of_pytest_work(stand_in):
    plan(stand_in, [{"case": "a"}, {"case": "b"}, {"case": "c"}], {"b": "vacuous"})
    result = run_pytest(stand_in, "--capsize-suite", "nightly.json", "-k", "b- or c-", "--junitxml", "out.xml")
    assert "1 failed, 1 passed, 1 deselected" in result.stdout
    suite = ElementTree.parse(stand_in / "out.xml").getroot().find("testsuite")
    failed = [case for case in suite.iter("testcase") if case.find("failure") is not None]
    assert [case.get("classname") for case in failed] == ["nightly"]
    assert failed[0].find("failure").text.startswith("vacuous\n")
