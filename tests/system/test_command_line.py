"""Bad arguments and bad files: one clear line, exit 254. And what --help and list promise."""

import json
import os
import subprocess

import pytest

from conftest import BIN, Capsize


def one_line(run):
    lines = run.stderr.strip().splitlines()
    assert len(lines) == 1, run.stderr
    return lines[0]


@pytest.mark.parametrize("arguments, says", [
    (["rnu"], "rnu"),
    ([], "subcommand"),
    (["run", "--nodes", "many"], "nodes"),
    (["run", "--nodes", "99"], "1 to 15"),
    (["run", "--workload", "bnak"], "one of: append, "),
    (["run", "--nemesis", "kil"], "partition, pause"),
    (["run", "--time-limit", "20"], "a duration such as"),
    (["run", "--bug", "no-such-bug"], "read-without-quorum"),
    (["run", "no-such-file.json"], "no-such-file.json: cannot be read: No such file or directory"),
    (["run", "--name", "latest"], "--name: found \"latest\", expected a directory's name"),
    (["run", "--name", "a\nb"], 'found "a\\nb"'),
    (["run", "--name", "$(touch pwned)"], "expected a directory's name"),
    (["replay", "--store", "", "."], "--store: found '', expected a directory"),
    (["run", "."], ".: found a directory, expected a scenario file"),
    (["run", "a\nb.json"], "a\\x0ab.json: cannot be read"),
    (["check", "no-such-file.jsonl"], "no-such-file.jsonl"),
    (["check", "--model", "no-such-model", "/dev/null"], "no-such-model"),
    (["list", "everything"], "everything"),
])
def test_mistyped_commands_say_what_was_expected(capsize, arguments, says):
    run = capsize(*arguments)
    assert run.returncode == 254, run.stdout + run.stderr
    assert says in one_line(run)


def test_bad_scenario_names_file_line_and_key(capsize, tmp_path):
    scenario = tmp_path / "bad.json"
    scenario.write_text('{\n  "nodes": 5,\n  "nemsis": ["kill"]\n}')
    run = capsize("run", scenario)
    assert run.returncode == 254
    assert "bad.json:3: key 'nemsis'" in one_line(run)


def test_a_named_pipe_is_refused_and_a_pipe_of_the_shell_is_read(capsize, tmp_path):
    os.mkfifo(tmp_path / "fifo.json")
    run = capsize("plan", tmp_path / "fifo.json", bound=10)
    assert run.returncode == 254 and "found a named pipe, expected a scenario file" in one_line(run)
    command = " ".join(capsize.command("plan")) + """ <(echo '{"nemesis": "kill", "seed": 3}')"""
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=10, check=False)
    assert done.returncode == 0 and "seed 3" in done.stdout, done.stderr


def test_malformed_history_names_file_and_line(capsize, tmp_path):
    history = tmp_path / "h.jsonl"
    history.write_text('{"process":0,"type":"invoke","f":"read","key":"x","value":null}\n'
                       '{"process":0,"type":"okay","f":"read","key":"x","value":1}\n')
    run = capsize("check", history)
    assert run.returncode == 254
    assert "h.jsonl:2" in one_line(run)


def test_check_explains_a_stale_read(capsize, tmp_path):
    history = tmp_path / "stale.jsonl"
    events = [(0, "invoke", "write", 1), (0, "ok", "write", 1),
              (0, "invoke", "write", 2), (0, "ok", "write", 2),
              (1, "invoke", "read", "null"), (1, "ok", "read", 2),
              (2, "invoke", "read", "null"), (2, "ok", "read", 1)]
    history.write_text("".join(
        f'{{"process":{p},"type":"{t}","f":"{f}","key":"x","value":{v},"time":{i + 1}000000}}\n'
        for i, (p, t, f, v) in enumerate(events)))
    run = capsize("check", "--model", "register", history)
    assert run.returncode == 1
    assert "stale read" in run.stdout and "process 2" in run.stdout


def test_empty_history_is_vacuous(capsize, tmp_path):
    history = tmp_path / "empty.jsonl"
    history.write_text("")
    assert capsize("check", "--model", "register", history).returncode == 3


def test_several_files_end_with_the_worst_verdict(capsize, tmp_path):
    good = tmp_path / "good.jsonl"
    good.write_text('{"process":0,"type":"invoke","f":"write","key":"x","value":1}\n'
                    '{"process":0,"type":"ok","f":"write","key":"x","value":1}\n')
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"process":0,"type":"invoke","f":"read","key":"x","value":null}\n'
                   '{"process":0,"type":"ok","f":"read","key":"x","value":1}\n')
    run = capsize("check", "--model", "register", good, bad, good)
    assert run.returncode == 1
    assert len([line for line in run.stdout.splitlines() if ".jsonl: " in line]) == 3


def test_help_groups_keys_and_lists_strategies_apart_from_fault_kinds(capsize):
    text = capsize("run", "--help").stdout
    strategies = text.split("Strategies (capsize list nemeses):")[1].split("Fault kinds (")[0]
    kinds = text.split("Fault kinds (capsize list faults):")[1].split("Phases")[0]
    assert "flaky-links" in strategies and "torn-write" not in strategies
    assert "torn-write" in kinds and "flaky-links" not in kinds
    for heading, flag, default in [("System", "--nodes", "[5]"), ("Workload", "--rate", "[2000]"),
                                   ("Checks", "--live-bound", "[5s]"), ("Faults", "--nemesis", "[default]")]:
        block = text.split(f"\n{heading}:\n")[1].split("\n\n")[0]
        assert any(flag in line and default in line for line in block.splitlines()), block


def test_the_reproduce_line_makes_the_same_scenario_again(tmp_path):
    capsize = Capsize(tmp_path / "it's $(mine)")
    first = capsize("run", "--nemesis", "kill", "--time-limit", "3s", "--rate", "300", "--nodes", "3", "--seed", "9",
                    "--read-level", "stale", "--check-limit", "9s", "--node-arg=--no-pre-vote")
    before = capsize.run_directory() / "scenario.json"
    line = capsize.results()["reproduce"]
    assert line in first.stdout and "--check-limit 9s" in line
    subprocess.run(["sh", "-c", line], capture_output=True, check=False)
    assert capsize.run_directory() != before.parent
    assert (capsize.run_directory() / "scenario.json").read_text() == before.read_text()


def test_help_ends_with_examples(capsize):
    for verb in ("run", "check", "list", "plan"):
        run = capsize(verb, "--help")
        assert run.returncode == 0 and f"  capsize {verb}" in run.stdout


@pytest.mark.parametrize("what, some", [
    ("workloads", ["append", "register"]),
    ("nemeses", ["bad-network", "flaky-links", "kill", "membership", "partition", "pause", "topologies"]),
    ("faults", ["cut", "delay", "drop", "duplicate", "grow", "kill", "pause", "replace", "shrink", "transfer"]),
    ("anchors", ["leader", "message", "recovered"]),
    ("models", ["cas-register", "kv", "list", "register"]),
    ("formats", ["json"]),
    ("checks", ["linearizable", "invariants", "live", "crash", "coverage"]),
    ("bugs", ["ack-before-commit", "read-without-quorum"]),
])
def test_list_shows_what_is_registered(capsize, what, some):
    run = capsize("list", what)
    assert run.returncode == 0, run.stderr
    for name in some:
        assert name in run.stdout
    for line in run.stdout.splitlines():
        assert len(line.split()) >= 3, f"'{line}' does not say what it is"


def test_list_bugs_shows_topic_core_and_reports(capsize):
    shown = capsize("list", "bugs").stdout.splitlines()
    listed = subprocess.run([BIN / "capsize-node-with-bugs", "--list-bugs"], capture_output=True, text=True, check=True)
    bugs = [json.loads(line) for line in listed.stdout.splitlines()]
    assert len(shown) == 2 * len(bugs) + 1 and "core" in shown[-1]
    for bug, first, second in zip(bugs, shown[::2], shown[1::2]):
        star = " * " if bug["core"] else " "
        assert first.startswith(bug["name"] + star) and first.endswith(bug["what"])
        assert second.strip() == f"{bug['topic']}; reported as {', '.join(bug['reports'])}"
