"""`capsize show`: says of a run what evidence.json says, from its files alone, on any terminal."""

import json
import re
import shutil
import signal
import subprocess

import pytest

from conftest import BIN, wait_for
from test_terminal import on_terminal

BUG = ["--bug", "read-without-quorum", "--nemesis", "partition", "--time-limit", "8s", "--rate", "4000"]


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """The directory of a run with a violation."""
    store = tmp_path_factory.mktemp("place") / "store"
    for seed in range(2, 8):  # a busy machine may miss the bug with one seed
        done = subprocess.run([BIN / "capsize", "run", "--quiet", *BUG, "--seed", str(seed), "--store", store],
                              capture_output=True, text=True)
        evidence = store / "latest" / "evidence.json"
        if done.returncode == 1 and json.loads(evidence.read_text())["failures"][0]["anomaly"] == "stale read":
            return (store / "latest").resolve(), done.stdout
    raise AssertionError(done.stdout + done.stderr)


def show(*arguments, code=0, **options):
    done = subprocess.run([BIN / "capsize", "show", *arguments], capture_output=True, text=True, timeout=60, **options)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def without_times(text):
    """The results have whole milliseconds, the summary of a run rounds them."""
    return re.sub(r"\d+(\.\d+)? ms", "ms", text)


def cluster(text):
    """The lines of the cluster: time, event, cells."""
    heading, _, table = text.partition("of each node its role")
    assert table, heading
    lines = table.splitlines()
    return [line for line in lines if re.match(r" *-?\d+\.\d{3}  ", line)]


def test_a_failed_run_is_shown_as_its_evidence_has_it(failed):
    run, printed = failed
    text = show(run)
    summary = without_times(re.sub("  behaviour .*\n", "", printed))
    assert summary.split("  run  ")[0] in without_times(text), "the summary that the run ended with"
    evidence = json.loads((run / "evidence.json").read_text())
    named = [one for one in evidence["explanation"]["operations"] if one.get("named")]
    assert named
    lines = cluster(text)
    nodes = [one["served-by"]["node"] for one in named]
    for number, operation in enumerate(sorted(named, key=lambda one: one["invoke-ms"]), 1):
        at = [line for line in lines if abs(float(line.split()[0]) - operation["invoke-ms"]) < 0.002 and "#" in line]
        assert any(f"{operation['f']}" in line and f"at {operation['served-by']['node']}" in line for line in at), (number, at)
    # The node that answered too old a value still led, in an older term than the newest leader.
    late = next(one for one in named if one["f"] == "read")
    completes = next(line for line in lines
                     if abs(float(line.split()[0]) - late["complete-ms"]) < 0.002 and re.search(r"#\d+ ok", line))
    cells = re.findall(r"[LCFxz-]\d* \d+|x\d+", completes[13:])
    column = int(late["served-by"]["node"][1:]) - 1
    assert cells[column].startswith(f"L{late['served-by']['term']} "), (cells, nodes)
    leader = late["newest-leader"]
    assert cells[int(leader["node"][1:]) - 1].startswith(f"L{leader['term']} "), cells
    assert any(f"{leader['node']} leads term {leader['term']}" in line for line in lines)
    for fault in evidence["faults"]:
        if fault["active"] and fault["begin-ms"] <= late["complete-ms"]:
            assert any(f"{fault['kind']} " in line and "fault" in line for line in lines), fault
    assert any("stopped" in line for line in lines), "what the cut stopped"
    assert all(len(line) <= 100 for line in text.split("  key ")[1].splitlines())


def test_a_window_and_every_message(failed):
    run, _ = failed
    text = show(run, "--around", "2s", "--for", "20ms", "--messages")
    lines = cluster(text)
    assert lines and all(1990 <= float(line.split()[0]) <= 2010 for line in lines)
    assert any(re.search(r"n\d>n\d \w+ \d+/\d+", line) for line in lines)


def test_one_key(failed):
    run, _ = failed
    block = show(run, "--key", "r3", "--around", "3s", "--for", "200ms").split("  key r3 from 2900.000 ms")[1]
    table = block.split("the cluster")[0].splitlines()[2:]
    times = [float(line[1:14]) for line in table if re.match(r"[* ] +\d+\.\d{3} ", line)]
    assert times and times == sorted(times)
    assert "found nope, expected a key of the history" in show(run, "--key", "nope", code=254)


def test_the_latest_run_is_shown_without_an_argument(failed):
    run, _ = failed
    assert f"  run           {run}\n" in show(cwd=run.parents[2])
    assert "store/latest: No such file or directory" in show(cwd="/", code=254)


def test_a_valid_run_has_summary_and_faults(capsize):
    done = capsize("run", "--nemesis", "kill", "--time-limit", "3s", "--seed", "1", "--quiet")
    assert done.returncode == 0, done.stdout
    text = show(capsize.run_directory())
    assert without_times(text) == without_times(re.sub("  behaviour .*\n", "", done.stdout))
    assert "the cluster from" not in text
    assert "leads term" in show(capsize.run_directory(), "--around", "1s", "--for", "8s")


def test_a_killed_run_says_what_is_missing(capsize, started):
    process = capsize.start("run", "--time-limit", "60s", "--nemesis", "partition", "--quiet", "--seed", "3")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "faults.jsonl").exists(), 30, "a run")
    wait_for(lambda: any(line["stage"] == "end" for line in capsize.faults()), 30, "a fault")
    assert "the run is not over" in show(capsize.run_directory())
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    text = show(capsize.run_directory(), "--around", "1s")
    assert "none: the run was killed" in text and "results.json: cannot be read" in text
    assert "estimated from a fault" in text and cluster(text)


def test_any_file_may_be_missing(failed, tmp_path):
    run, _ = failed
    for name in ["results.json", "scenario.json", "history.jsonl", "faults.jsonl", "messages.bin", "nodes"]:
        copy = tmp_path / name
        shutil.copytree(run, copy)
        path = copy / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        text = show(copy)
        assert ("no trace of n1" if name == "nodes" else name) in text, text
    assert "found neither scenario.json nor results.json" in show(tmp_path, code=254)


def test_colours_are_for_terminals(failed):
    run, _ = failed
    command = [BIN / "capsize", "show", run]
    assert "\x1b[32mL" in on_terminal(command, 120)
    assert "\x1b[" not in on_terminal(command, 120, NO_COLOR="1")
    assert "\x1b[" not in show(run)
    lines = on_terminal(command, 90, NO_COLOR="1").replace("\r\n", "\n").split("of each node its role")[1].splitlines()
    assert all(len(line) <= 90 for line in lines)
