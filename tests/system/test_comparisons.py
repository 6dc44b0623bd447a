"""The scripts that compare and measure, on very little."""

import json
import random
import shutil
import statistics
import subprocess
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import election_model  # noqa: E402


def run(script, *arguments):
    return subprocess.run([ROOT / "scripts" / script, *arguments], capture_output=True, text=True, timeout=120)


def test_bench_elections_draws_a_distribution_for_each_timeout(tmp_path):
    figures = tmp_path / "figures.json"
    done = run("bench-elections", "--nodes", "3", "--kills", "1", "--family", "base", "--directory", tmp_path, "--json", figures)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("by the model") == 5 and done.stdout.count("  model ") == 5 * 6
    families = json.loads(figures.read_text())
    assert all(0 <= family["model"]["split-share"] < 1 and 0 < family["model"]["distance"] <= 1 for family in families)
    assert all(0 < found for family in families for found in family["leaderless-ms"])
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]


def test_election_model_without_delay_is_the_first_timeout_alone():
    times = election_model.elections(nodes=5, low=150, high=300, heartbeat=75, delay=0)
    # The smallest of four draws, counted from a crash half an interval behind the heartbeat.
    assert statistics.mean(times) == pytest.approx(150 + 150 / 5 - 75 / 2, rel=0.02)
    assert election_model.split_share(5, 150, 300, 0) == 0


@pytest.mark.parametrize("nodes", [3, 5, 7])
def test_election_model_splits_as_often_as_its_closed_form_says(nodes):
    stream, waiting = random.Random(nodes), nodes - 1
    split = 0
    for _ in range(20_000):
        timeouts = sorted(stream.uniform(150, 160) for _ in range(waiting))
        split += sum(timeout > timeouts[0] + 1.5 for timeout in timeouts) < nodes // 2
    assert election_model.split_share(nodes, 150, 160, 1.5) == pytest.approx(split / 20_000, abs=0.01)


def test_election_model_without_randomness_elects_nobody():
    assert election_model.elections(5, 150, 150, 75, 1, count=10)[0] == float("inf")


def test_distance_tells_two_distributions_apart():
    model = list(range(1000))
    assert election_model.distance(model, model) == pytest.approx(0, abs=0.002)
    assert election_model.distance([value + 300 for value in model], model) == pytest.approx(0.3, abs=0.002)
    assert election_model.distance([-1], model) == 1


@pytest.mark.parametrize("script, argument", [("build", "realese"), ("lint", "--fxi"), ("setup", "--benhc")])
def test_mistyped_arguments_of_scripts_are_one_line(script, argument):
    run = subprocess.run([ROOT / "scripts" / script, argument], capture_output=True, text=True, timeout=120)
    assert run.returncode == 254 and run.stderr.count("\n") == 1
    assert run.stderr.startswith(f"{script}: found '{argument}', expected ")


@pytest.mark.skipif(not (shutil.which("etcd") and shutil.which("h2load")), reason="scripts/setup bench")
def test_bench_etcd_prints_ratios(tmp_path):
    figures = tmp_path / "figures.json"
    done = run("bench-etcd", "--clients", "4", "--seconds", "1", "--rounds", "1", "--kills", "1", "--directory", tmp_path,
               "--json", figures)
    assert done.returncode == 0, done.stderr
    report = json.loads(figures.read_text())
    assert {cell["operation"] for cell in report["load"]} == {"put", "get"}
    assert all(cell["rate-ratio"] > 0 for cell in report["load"])
    assert report["failover-ms"]["median-ratio"] > 0


def test_bench_catch_up_compares_the_clients_throughput(tmp_path):
    figures = tmp_path / "figures.json"
    done = run("bench-catch-up", "--clients", "8", "--keys", "2000", "--behind", "25000", "--seconds", "0.2", "--runs", "1",
               "--directory", tmp_path, "--json", figures)
    assert done.returncode == 0, done.stderr
    snapshot, entries = json.loads(figures.read_text())
    assert (snapshot["needs"], entries["needs"]) == ("snapshot", "entries")
    for row in snapshot, entries:
        assert row["ratio"] > 0 and row["behind"] > 0 and row["seconds"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]


def test_bench_restart_says_how_soon_and_with_how_much_memory(tmp_path):
    figures = tmp_path / "figures.json"
    done = run("bench-restart", "--entries", "3000", "--runs", "1", "--directory", tmp_path, "--json", figures)
    assert done.returncode == 0, done.stderr
    log, snapshot = json.loads(figures.read_text())
    assert "a log of 3000 entries" in done.stdout and "a snapshot of 3000 keys" in done.stdout
    assert 0 < log["seconds"] and 0 < snapshot["memory-bytes"]
