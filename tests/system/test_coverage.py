"""capsize coverage, and the behaviours of a run."""

import json
import subprocess

from conftest import BIN


def run(store, *arguments):
    done = subprocess.run([BIN / "capsize", "run", "--store", store, "--time-limit", "3s", *arguments],
                          capture_output=True, text=True, timeout=120)
    found = sorted(store.glob("*/2*/results.json"))
    return done, json.loads(found[-1].read_text())["behaviour"]


def coverage(store, *arguments):
    return subprocess.run([BIN / "capsize", "coverage", store, *arguments], capture_output=True, text=True, timeout=60)


def test_second_run_is_compared_with_the_first(tmp_path):
    _, first = run(tmp_path, "--nemesis", "none", "--seed", "1")
    assert first["seen"] > 10 and first["new"] == first["seen"] and first["runs-before"] == 0
    text, second = run(tmp_path, "--nemesis", "none", "--seed", "2")
    assert second["new"] < second["seen"] / 2 and second["runs-before"] == 1
    assert f"{second['seen']} seen, {second['new']} of them new to the store" in text.stdout
    done, faulty = run(tmp_path, "--nemesis", "partition", "--seed", "3")
    assert done.returncode == 0, done.stdout
    assert faulty["new"] > second["new"], "faults bring new behaviour"
    report = json.loads(coverage(tmp_path, "--json").stdout)
    assert [point["new"] for point in report["curve"]] == [first["new"], second["new"], faulty["new"]]
    assert report["seen"] == first["new"] + second["new"] + faulty["new"]
    assert "too few runs for an estimate: 3" in coverage(tmp_path).stdout


def test_a_seeded_bug_is_no_behaviour_of_the_system(tmp_path):
    _, behaviour = run(tmp_path, "--nemesis", "none", "--bug", "no-dedup")
    assert behaviour["seen"] > 10 and behaviour["new"] is None
    done = coverage(tmp_path)
    assert done.returncode == 254 and "found no run whose behaviour is recorded" in done.stderr


def test_estimate_of_a_record(tmp_path):
    lines = ['{"capsize-behaviour":1}']
    # Each run shows one behaviour of its own, and one that all share.
    for number in range(1, 21):
        shared = {1: "first", 2: "second", 3: "third"}.get(number)
        line = {"run": f"s/{number}", "seen": 2, "first": [f"{number:016x}"], "second": [], "third": []}
        if shared:
            line[shared].append("ffffffffffffffff")
        lines.append(json.dumps(line))
    (tmp_path / "behaviour.jsonl").write_text("\n".join(lines) + "\n")
    done = coverage(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "worth continuing" in done.stdout
    report = json.loads(coverage(tmp_path, "--json").stdout)
    assert report["seen"] == 21 and report["once"] == 20
    assert 0.45 < report["unseen-share"] <= 0.55
    assert report["prediction"]["after-runs"] == 10 and report["prediction"]["brought"] == 10
    assert abs(report["prediction"]["expected"] - 10) < 3


def test_missing_store_is_named(tmp_path):
    done = coverage(tmp_path / "none")
    assert done.returncode == 254 and "none: found no directory, expected a store" in done.stderr


def test_damaged_record_names_file_and_line(tmp_path):
    (tmp_path / "behaviour.jsonl").write_text('{"capsize-behaviour":1}\n{"run":1}\n')
    done = coverage(tmp_path)
    assert done.returncode == 254
    assert f"{tmp_path}/behaviour.jsonl:2: found no run, expected key 'run', a string" in done.stderr
