"""capsize run --control: a run whose scenario does not catch a seeded bug is vacuous."""

import json
import os
import re

from conftest import BIN, Capsize

# A partition cuts the leader off, and its reads go unconfirmed.
CATCHING = ("--nodes", 3, "--nemesis", "partition", "--time-limit", "6s", "--rate", 1000)
# Without retries no command is repeated within its session, so the bug no-dedup never shows.
BLIND = ("--nodes", 1, "--nemesis", "none", "--time-limit", "500ms")


def test_a_control_that_is_caught_leaves_the_verdict(capsize):
    run = capsize("run", *CATCHING, "--control", "read-without-quorum")
    assert run.returncode == 0, run.stdout + run.stderr
    line = re.search(r"^  control       read-without-quorum caught in run (\d) \(stale read.*\), \d+\.\d s$", run.stdout, re.M)
    assert line, run.stdout
    results = capsize.results()  # `latest` is the run, not its control
    assert results["bug"] is None and results["verdict"] == "valid"
    control = results["control"]
    assert control["bug"] == "read-without-quorum" and control["caught"] and control["finding"].startswith("stale read")
    assert [one["verdict"] for one in control["runs"]][-1] == "invalid"
    assert len(control["runs"]) == int(line.group(1))
    of_bug = json.loads((capsize.store / "default-control" / "latest" / "results.json").read_text())
    assert of_bug["bug"] == "read-without-quorum" and of_bug["seed"] == control["runs"][-1]["seed"]


def test_a_control_that_is_missed_in_three_runs_makes_the_run_vacuous(capsize):
    run = capsize("run", *BLIND, "--seed", 7, "--control", "no-dedup")
    assert run.returncode == 3, run.stdout + run.stderr
    heading, first = run.stdout[run.stdout.index("\ndefault: "):].splitlines()[1:3]
    assert heading == "default: vacuous"
    assert first == ("  control       vacuous   the seeded bug no-dedup was not caught in 3 runs of this scenario "
                     "(seed 7 valid, seed 8 valid, seed 9 valid)")
    results = capsize.results()
    assert results["verdict"] == "vacuous" and not results["control"]["caught"]
    assert [one["seed"] for one in results["control"]["runs"]] == [7, 8, 9]
    assert capsize.check_verdict("linearizable")["verdict"] == "valid"


def test_a_control_that_the_infrastructure_ends_is_no_missed_control(capsize, tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("capsize", "capsize-node", "capsize-proxy"):
        (programs / name).write_bytes((BIN / name).read_bytes())
        os.chmod(programs / name, 0o755)
    capsize.command = lambda *arguments: [str(programs / "capsize"), *Capsize(capsize.store).command(*arguments)[1:]]
    run = capsize("run", *BLIND, "--control", "no-dedup")
    assert run.returncode == 255, run.stdout + run.stderr
    cause = capsize.results()["cause"]
    assert cause["kind"] == "start" and cause["text"].startswith("control: ") and "capsize-node-with-bugs" in cause["text"]
    assert len(capsize.results()["control"]["runs"]) == 1


def test_a_control_needs_a_known_bug_and_a_correct_run(capsize):
    for arguments, expected in (
            (("--control", "no-such-bug"), "--control: found 'no-such-bug', expected one of: accept-stale-term"),
            (("--control", ""), "--control: found '', expected a seeded bug"),
            (("--control", "no-dedup", "--bug", "no-dedup"), "--control: found the bug no-dedup in the scenario"),
            (("--control", "no-dedup", "--interactive"), "--interactive")):
        run = capsize("run", *BLIND, *arguments)
        assert run.returncode == 254, run.stdout + run.stderr
        assert expected in run.stderr
    assert not capsize.store.exists()
