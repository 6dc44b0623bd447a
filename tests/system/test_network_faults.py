"""Every fault of the network on real processes: it takes effect, its evidence is seen, and after it has healed the
cluster serves through every node again (the check `live`)."""

import pytest

from conftest import ask_control, children, wait_for

# Kind, and the counter of its evidence that proves it.
FAULTS = {"cut": "discarded", "delay": "delayed", "drop": "discarded", "duplicate": "duplicated",
          "reorder": "reordered", "corrupt": "corrupted", "bandwidth": "throttled", "hold": "released",
          "replay": "replayed", "bridge": "discarded", "ring": "discarded"}


def ended(capsize, kind):
    return [line for line in capsize.faults()
            if line["kind"] == kind and line["stage"] == "end" and line["state"] == "installed"]


@pytest.mark.parametrize("kind", FAULTS)
def test_a_network_fault_takes_effect_and_heals(capsize, kind):
    run = capsize("run", "--nemesis", kind, "--time-limit", "5s", "--seed", 7)
    assert run.returncode == 0, run.stdout + run.stderr
    faults = ended(capsize, kind)
    assert faults, "none took effect"
    for fault in faults:
        assert fault["evidence"]["end"][FAULTS[kind]] > 0
    assert capsize.check_verdict("live")["verdict"] == "valid"


def dropped_by_nodes(run, nodes):
    """The nodes' counts of rejected frames, by cause."""
    statuses = [ask_control(run, f"n{node}", {"op": "status"}) for node in range(1, nodes + 1)]
    return [status["dropped"] if status else {} for status in statuses]


def test_corrupted_messages_are_rejected_by_the_checksum_only(capsize, started):
    process = capsize.start("run", "--nemesis", "corrupt", "--nodes", 3, "--time-limit", "20s", "--seed", 7)
    started.append(process)
    wait_for(lambda: len(children(process.pid)) == 4, 30, "nodes and proxy")
    run = capsize.run_directory()
    counts = wait_for(lambda: any(found := dropped_by_nodes(run, 3)) and found, 20, "a message refused")
    assert {cause for node in counts for cause in node} == {"wrong-checksum"}


def test_clients_that_are_cut_off_get_no_reply_and_the_cluster_continues(capsize):
    run = capsize("run", "--nemesis", "cut-clients", "--time-limit", "5s", "--seed", 7)
    assert run.returncode == 0, run.stdout + run.stderr
    for fault in ended(capsize, "cut-clients"):
        assert all(node["requests-lost"] + node["replies-lost"] > 0 for node in fault["evidence"]["end"].values())
    assert capsize.results()["counts"]["all"]["info"] > 0, "their operations have an unknown outcome"


@pytest.mark.parametrize("strategy", ["bad-network", "topologies"])
def test_the_cluster_survives_the_network_strategies(capsize, strategy):
    run = capsize("run", "--nemesis", strategy, "--time-limit", "10s", "--seed", 3)
    assert run.returncode == 0, run.stdout + run.stderr
