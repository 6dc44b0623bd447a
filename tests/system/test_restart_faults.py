"""Nodes that end in every way and start again, and unplanned snapshots, under load."""

from faults_alone import assert_gone, run_kind, starts


def test_stop_is_a_graceful_shutdown(capsize):
    for evidence in run_kind(capsize, "stop"):
        assert all(end["exit-code"] == 0 for end in evidence["begin"].values())
    assert_gone(capsize)


def test_rolling_restart_restarts_each_node_once(capsize):
    for evidence in run_kind(capsize, "rolling-restart", time_limit="6s"):
        ended = {**evidence["begin"]["ended"], **evidence["pulse"]["ended"]}
        assert all(end["exit-code"] == 0 for end in ended.values())
        assert len(ended) >= 3
    assert_gone(capsize)


def test_restart_storm_kills_repeatedly(capsize):
    for evidence in run_kind(capsize, "restart-storm"):
        node = next(iter(evidence["begin"]["ended"]))
        assert len(starts(capsize, node)) >= 3
    assert_gone(capsize)


def test_crash_at_start_interrupts_starts(capsize):
    for evidence in run_kind(capsize, "crash-at-start"):
        node, life = next(iter(evidence["begin"].items()))
        assert evidence["end"][node]["incarnation"] > life["incarnation"]
        assert life["cut-short"] == 9
    assert_gone(capsize)


def test_slow_pauses_and_resumes(capsize):
    for evidence in run_kind(capsize, "slow"):
        assert all(life["state"] == "T" for life in evidence["begin"].values())
        assert all(life["state"] != "T" for life in evidence["pulse"]["going"].values())
        assert evidence["pulses"] > 8
    assert_gone(capsize)


def test_snapshot_is_taken_now(capsize):
    for evidence in run_kind(capsize, "snapshot"):
        assert all(found["after"] > found["before"] for found in evidence["begin"].values())
    assert_gone(capsize)
