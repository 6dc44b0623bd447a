"""One kind of fault by itself against real processes: its evidence, and the recovery of the cluster."""

import json


def run_kind(capsize, kind, *, seed=1, time_limit="4s", more=()):
    """Runs one kind; expects a valid run in which it took effect. Returns the evidence of each fault."""
    run = capsize("run", "--nemesis", kind, "--seed", seed, "--time-limit", time_limit, *more)
    assert run.returncode == 0, run.stdout + run.stderr
    ends = [line for line in capsize.faults()
            if line["stage"] == "end" and line["state"] == "installed"]
    assert ends, run.stdout
    assert {line["kind"] for line in ends} == {kind}
    return [line["evidence"] for line in ends]


def assert_gone(capsize):
    """After healing, every node acknowledged a write and served reads (the check `live`)."""
    assert capsize.check_verdict("live")["verdict"] == "valid"
    assert capsize.check_verdict("crash")["verdict"] == "valid"


def traces(capsize, node):
    path = capsize.run_directory() / "nodes" / node / "trace.jsonl"
    for line in path.read_text().splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue  # cut off when its node was killed


def starts(capsize, node):
    return [event for event in traces(capsize, node) if event["event"] == "start"]
