"""Transactions over several keys: the total of a bank never changes."""

import json


def test_bank_under_faults_is_valid(capsize):
    run = capsize("run", "--workload", "bank", "--nemesis", "kill,partition", "--time-limit", "6s",
                  "--rate", "500", "--seed", 5)
    assert run.returncode == 0, run.stdout + run.stderr
    judged = capsize.results()["linearizable"]
    assert judged["model"] == "bank" and judged["verdict"] == "valid"
    named = capsize("check", "--model", "bank", capsize.run_directory() / "history.jsonl")
    assert named.returncode == 0, named.stderr


def test_a_transfer_that_is_half_there_is_caught(capsize):
    """The recorded history of a whole run, with one amount taken out of one read."""
    capsize("run", "--workload", "bank", "--nemesis", "none", "--time-limit", "1s", "--rate", "500")
    history = capsize.run_directory() / "history.jsonl"
    assert capsize("check", history).returncode == 0
    lines = history.read_text().splitlines()
    for number, line in reversed(list(enumerate(lines))):
        event = json.loads(line)
        if event.get("type") == "ok" and any(step[0] == "r" and step[2] for step in event["value"]):
            next(step for step in event["value"] if step[2])[2].pop()
            lines[number] = json.dumps(event)
            break
    history.write_text("\n".join(lines) + "\n")
    check = capsize("check", history)
    assert check.returncode == 1, check.stdout + check.stderr
    assert "total" in check.stdout
