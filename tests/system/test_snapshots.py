"""Log compaction with real processes: snapshots are taken, and sent to nodes that were away."""

import json


def events(capsize):
    """How often each kind of event is in the traces of all nodes."""
    counts = {}
    for trace in (capsize.run_directory() / "nodes").glob("n*/trace.jsonl"):
        for line in trace.read_text().splitlines():
            try:
                event = json.loads(line)["event"]
            except ValueError:
                continue  # cut off when its node was killed
            counts[event] = counts.get(event, 0) + 1
    return counts


def run_with_snapshots(capsize, seed):
    run = capsize("run", "--node-arg=--snapshot-every=50", "--time-limit", "8s",
                  "--nemesis", "kill,partition", "--seed", seed)
    assert run.returncode == 0, run.stdout + run.stderr
    assert capsize.results()["verdict"] == "valid"
    return events(capsize)


def test_runs_with_snapshots_are_valid_and_send_them(capsize):
    # Which node is away for how long is the kernel's matter too: any of a few runs may show it.
    for seed in range(1, 6):
        counts = run_with_snapshots(capsize, seed)
        assert counts.get("snapshot", 0) > 10, counts
        if counts.get("install", 0) > 0:
            return
    raise AssertionError(f"no node was ever sent a snapshot: {counts}")
