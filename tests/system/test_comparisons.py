"""The scripts that compare and measure, on very little."""

import json
import shutil
import subprocess

import pytest

from conftest import ROOT


def run(script, *arguments):
    return subprocess.run([ROOT / "scripts" / script, *arguments], capture_output=True, text=True, timeout=120)


def test_bench_elections_draws_a_distribution_for_each_timeout(tmp_path):
    figures = tmp_path / "figures.json"
    done = run("bench-elections", "--nodes", "3", "--kills", "1", "--family", "base", "--directory", tmp_path, "--json", figures)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("the first timeout is expected at") == 5
    families = json.loads(figures.read_text())
    assert all(0 < found for family in families for found in family["leaderless-ms"])
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"]


@pytest.mark.skipif(not (shutil.which("etcd") and shutil.which("h2load")), reason="scripts/setup --bench")
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
