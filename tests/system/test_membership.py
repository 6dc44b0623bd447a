"""Membership changes, leadership transfers, and stale reads."""

import json


def installed_kinds(directory):
    lines = [json.loads(line) for line in (directory / "faults.jsonl").read_text().splitlines()[1:]]
    return {
        line["kind"] for line in lines if line["stage"] == "end" and line["state"] == "installed"
    }


def test_members_change_under_load_and_the_history_is_valid(capsize):
    run = capsize("run", "--workload", "set", "--nemesis", "membership", "--nodes", "3",
                  "--time-limit", "8s", "--rate", "500", "--seed", "5",
                  "--node-arg=--snapshot-every=50")
    assert run.returncode == 0, run.stdout + run.stderr
    kinds = installed_kinds(capsize.run_directory())
    assert kinds & {"shrink", "replace"}, kinds
    assert kinds & {"grow", "transfer"}, kinds
    spare = (capsize.run_directory() / "nodes" / "n4" / "trace.jsonl").read_text()
    assert '"event":"config"' in spare or '"event":"install"' in spare, "the spare was never added"


def test_transactions_over_several_registers_are_valid(capsize):
    run = capsize("run", "--workload", "multi-register", "--nemesis", "kill,pause", "--time-limit",
                  "5s", "--rate", "500", "--seed", "7")
    assert run.returncode == 0, run.stdout + run.stderr


def test_stale_reads_are_caught(capsize):
    run = capsize("run", "--read-level", "stale", "--nemesis", "partition,pause", "--time-limit",
                  "8s", "--seed", "3")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "stale read" in run.stdout
