"""Disk faults under load: lost, torn and corrupted data, errors, stalls and fake syncs."""

import pytest

from faults_alone import assert_gone, run_kind, starts


def test_lose_unsynced_loses_only_unacknowledged_bytes(capsize):
    for evidence in run_kind(capsize, "lose-unsynced"):
        for death in evidence["begin"].values():
            assert death["signal"] == 9
            assert death["written"] == 0
        assert any(death["held"] > 0 for death in evidence["begin"].values())
    assert_gone(capsize)


def test_torn_write_is_cut_off_at_the_next_start(capsize):
    # Only the log is torn: no snapshot is written during the fault.
    for evidence in run_kind(capsize, "torn-write",
                             more=("--node-arg=--snapshot-every=1000000",)):
        node, death = next(iter(evidence["begin"].items()))
        assert 0 < death["written"] < death["held"]
        log = capsize.run_directory() / "nodes" / node / "log"
        assert "cut a torn tail" in log.read_text()
    assert_gone(capsize)


@pytest.mark.parametrize("kind", ["disk-error", "disk-full"])
def test_a_failed_write_ends_the_node_and_is_no_crash(capsize, kind):
    for evidence in run_kind(capsize, kind):
        for node, end in evidence["end"].items():
            assert end["exit-code"] == 66
            assert "injected by a disk fault" in (
                capsize.run_directory() / "nodes" / node / "log").read_text()
    assert_gone(capsize)


@pytest.mark.parametrize("kind,counter", [("slow-disk", "syncs-delayed"),
                                          ("stalled-disk", "syncs-stalled"),
                                          ("lying-disk", "syncs-lied")])
def test_a_node_survives_a_bad_disk(capsize, kind, counter):
    for evidence in run_kind(capsize, kind):
        for node, met in evidence["begin"].items():
            assert met[counter] > 0
            assert "down" not in evidence["end"][node]
            assert len(starts(capsize, node)) == 1, "its process kept running"
    assert_gone(capsize)


@pytest.mark.parametrize("kind", ["bit-flip", "truncate-log", "rollback-log"])
def test_a_damaged_node_stays_out_until_it_is_repaired(capsize, kind):
    for evidence in run_kind(capsize, kind):
        for node, end in evidence["end"].items():
            assert evidence["begin"][node]["damage"]["bytes"] > 0
            assert end["start"] in ("refused", "up")
            if end["start"] == "refused":
                assert end["exit-code"] == 65
            assert (capsize.run_directory() / "nodes" / node / "data-damaged").is_dir()
            # After the repair it has at least the entries from before the damage.
            incarnations = starts(capsize, node)
            repaired = next(i for i, start in enumerate(incarnations) if start["incarnation"] == end["repaired"])
            if end["start"] == "up":
                assert incarnations[repaired]["index"] >= incarnations[repaired - 1]["index"]
    assert_gone(capsize)
