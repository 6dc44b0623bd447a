"""Runs that a Python test controls: faults, anchors, the verdict, and no processes left after its death."""

import datetime
import importlib
import pathlib
import re
import sys

import pytest

from conftest import BIN, ROOT, alive, children, wait_for


@pytest.fixture(name="package")
def _package(monkeypatch):
    monkeypatch.setenv("CAPSIZE_BIN", str(BIN))
    monkeypatch.syspath_prepend(str(pathlib.Path(ROOT) / "harness" / "python"))
    for name in [name for name in sys.modules if name.split(".")[0] == "capsize"]:
        sys.modules.pop(name)
    return importlib.import_module("capsize")


@pytest.fixture(name="cluster")
def _cluster(package, tmp_path):
    with package.Cluster(store=tmp_path / "store", nodes=3, seed=5) as cluster:
        yield cluster


def test_faults_have_evidence_and_the_run_a_verdict(package, cluster):
    leader = cluster.wait("acknowledged", count=50) and cluster.leader
    with cluster.pause("leader") as pause:
        assert pause.nodes == [leader]
        assert cluster.wait("leader", within="5s") > 0
        assert cluster.view()["nodes"][leader]["paused"]
    assert pause.evidence["begin"][leader]["state"] == "T"
    wait_for(lambda: cluster.leader, 5, "a leader")
    cut = cluster.cut("n1", "n2", only="AppendEntries", direction="both")
    cluster.wait("acknowledged", count=100)
    follower_links = {"n1>n2", "n2>n1"}
    try:
        evidence = cut.heal()
        assert set(evidence["end"]["links"]) == follower_links
    except package.CapsizeError:
        # Neither of the two is leader, so no entries pass between them and the fault has no effect.
        assert cluster.leader == "n3"
    verdict = cluster.verdict()
    assert verdict, repr(verdict)
    assert verdict.checks["linearizable"]["verdict"] == "valid"
    assert (verdict.directory / "faults.jsonl").read_text().count('"stage":"end"') == 2
    assert f" replay {verdict.directory} " in verdict.results["reproduce"]


def test_mistakes_are_reported(package, cluster):
    for action, says in [(lambda: cluster.kil("n1"), "expected one of: "),
                         (lambda: cluster.kill("n9"), "expected n1 to n3"),
                         (lambda: cluster.begin("drop", "n1", share=1), "share: unknown parameter"),
                         (lambda: cluster.wait("leader", within=True), "expected a duration"),
                         (lambda: cluster.pause("n1", hold=object()), "expected a duration"),
                         (lambda: cluster.wait("leadr"), "expected one of: acknowledged"),
                         (lambda: cluster.wait("leader", within="50ms"), "not within 50ms"),
                         (lambda: cluster.begin("kill", "leader", label="a", within="x"), "within")]:
        with pytest.raises(package.CapsizeError, match=says):
            action()
    with pytest.raises(TypeError, match="share"):
        cluster.drop("n1", share=1)


def test_durations_are_texts_seconds_or_timedeltas(cluster):
    for within in ("5s", 5, 5.0, datetime.timedelta(seconds=5)):
        assert cluster.wait("acknowledged", within=within, count=10) >= 0
    for hold in ("20s", 20, datetime.timedelta(seconds=20)):
        with cluster.delay("leader", min=0.001, max=datetime.timedelta(milliseconds=2), hold=hold) as fault:
            assert re.fullmatch(r"<Fault delay 'interactive-\d' on n\d: active>", repr(fault))
            cluster.wait("acknowledged", count=50)  # so that messages are delayed
        assert repr(fault).endswith("ended, installed>")
    pause = cluster.pause("n2")
    assert repr(cluster).startswith("<Cluster running, store ") and repr(cluster).endswith("active: pause on n2>")
    pause.heal()
    assert repr(cluster).endswith("active: none>")


def test_unknown_options_are_refused_before_anything_is_started(package, tmp_path):
    with pytest.raises(package.CapsizeError, match="option 'nodez': unknown, expected some of: bug, "):
        package.Cluster(store=tmp_path / "store", nodez=3)
    with pytest.raises(package.CapsizeError, match="expected a duration"):
        package.Cluster(store=tmp_path / "store", live_bound=None)
    assert not (tmp_path / "store").exists()


def test_an_invalid_run_is_false(package, tmp_path):
    with package.Cluster(store=tmp_path / "store", nodes=3, bug="read-without-quorum",
                         rate=4000) as cluster:
        for _ in range(4):
            with cluster.cut("leader"):
                cluster.wait("leader", within="5s")
                cluster.wait("acknowledged", count=300)
            wait_for(lambda: cluster.leader, 5, "a leader")
        verdict = cluster.verdict()
    assert not verdict and verdict.verdict == "invalid"
    assert "linearizable: invalid" in repr(verdict) and "stale read" in repr(verdict)


def test_a_run_without_its_controlling_program_leaves_no_process(cluster):
    pids = children(cluster._process.pid)
    fault = cluster.pause("one")
    assert fault.nodes
    cluster._process.stdin.close()
    assert cluster._process.wait(timeout=30) == 130
    wait_for(lambda: not any(alive(pid) for pid in pids), 5, "sockets gone")
