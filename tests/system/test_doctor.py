"""capsize doctor: what this machine can do, what is left of earlier runs, what load it bears."""

import json
import os
import re
import subprocess
import sys

from conftest import BIN, wait_for


def doctor(*arguments):
    return subprocess.run([BIN / "capsize", "doctor", *map(str, arguments)], capture_output=True, text=True, timeout=120)


def findings(run):
    document = json.loads(run.stdout)
    assert document["capsize-doctor"] == 1
    return document, {line["name"]: line for line in document["findings"]}


def test_each_line_has_label_value_unit_and_state_and_nothing_is_left(tmp_path):
    run = doctor("--store", tmp_path / "store")
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout.splitlines()
    for line in lines:
        assert re.fullmatch(r"[a-z].{22} .{16,}? +(ok|warning: .+)", line), line
    for label in ("cores", "memory available", "kernel", "open files", "core pattern", "free space", "disk sync p50",
                  "disk sync p99", "leftover processes", "runs without results", "timer lag at 500", "rate borne",
                  "recommended jobs"):
        assert any(line.startswith(label + "  ") for line in lines), label
    assert list(tmp_path.iterdir()) == []


def test_json_recommends_half_of_the_rate_that_is_borne(tmp_path):
    run = doctor("--store", tmp_path, "--json")
    assert run.returncode == 0
    document, by_name = findings(run)
    assert document["possible"]
    assert by_name["recommended-jobs"]["value"] >= 1
    borne = by_name["rate-borne"]
    if borne["state"] == "ok":
        assert by_name["recommended-rate"]["value"] * 2 == borne["value"] > 0
    else:
        assert borne["value"] == 0 and "advice" in borne and "recommended-rate" not in by_name


def test_a_store_that_is_a_file_and_missing_programs_make_runs_impossible(tmp_path):
    (tmp_path / "file").touch()
    run = doctor("--store", tmp_path / "file")
    assert run.returncode == 1
    assert re.search(r"^store .* impossible: .*Not a directory", run.stdout, re.M), run.stdout
    assert "timer lag" not in run.stdout, "no load is measured where no run is possible"

    alone = tmp_path / "bin" / "capsize"
    alone.parent.mkdir()
    alone.write_bytes((BIN / "capsize").read_bytes())
    os.chmod(alone, 0o755)
    run = subprocess.run([alone, "doctor", "--json", "--store", tmp_path], capture_output=True, text=True, timeout=60)
    assert run.returncode == 1
    document, by_name = findings(run)
    assert not document["possible"]
    assert by_name["capsize-node"]["state"] == by_name["capsize-proxy"]["state"] == "impossible"


def test_what_earlier_runs_left_is_named(tmp_path, started):
    lost = tmp_path / "default" / "20260131T120000.000Z-7"
    lost.mkdir(parents=True)
    (lost / "scenario.json").write_text("{}")
    # Stands for a node that lost its harness: a node itself would have ended.
    orphan = subprocess.Popen(["capsize-node", "-c", "print(flush=True); import signal; signal.pause()", "--parent", "1"],
                              executable=sys.executable, stdout=subprocess.PIPE)
    started.append(orphan)
    orphan.stdout.readline()
    run = doctor("--store", tmp_path, "--no-load", "--json")
    assert run.returncode == 0, "warnings do not fail"
    _, by_name = findings(run)
    assert by_name["runs-without-results"]["value"] == 1 and by_name["runs-without-results"]["state"] == "warning"
    assert by_name["leftover-processes"]["state"] == "warning"
    assert f" {orphan.pid}" in by_name["leftover-processes"]["advice"]
    orphan.kill()
    wait_for(lambda: orphan.poll() is not None, 10, "the end of the stand-in")
