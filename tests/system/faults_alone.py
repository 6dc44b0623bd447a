"""One kind of fault alone against real processes: what its evidence says, and that the cluster is as
before when it is over."""

import json


def run_kind(capsize, kind, *, seed=1, time_limit="4s", more=()):
    """A valid run in which the kind took effect; the evidence of each fault of it."""
    run = capsize("run", "--nemesis", kind, "--seed", seed, "--time-limit", time_limit, *more)
    assert run.returncode == 0, run.stdout + run.stderr
    ends = [line for line in capsize.faults()
            if line["stage"] == "end" and line["state"] == "installed"]
    assert ends, run.stdout
    assert {line["kind"] for line in ends} == {kind}
    return [line["evidence"] for line in ends]


def assert_gone(capsize):
    """After healing every node took a write of its own and answered reads (the check `live`)."""
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
