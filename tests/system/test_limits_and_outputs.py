"""Bounds that hold whatever is read, and outputs that cost neither a verdict nor an input."""

import json
import os
import resource
import subprocess

import pytest

BEGIN = '{"index":0,"time":0,"process":1,"type":"invoke","f":"write","key":"x","value":1}\n'
OK = '{"index":1,"time":9,"process":1,"type":"ok","f":"write","key":"x","value":1}\n'
STALE = ('{"index":2,"time":10,"process":2,"type":"invoke","f":"read","key":"x","value":null}\n'
         '{"index":3,"time":19,"process":2,"type":"ok","f":"read","key":"x","value":null}\n')


@pytest.fixture
def valid(tmp_path):
    path = tmp_path / "valid.jsonl"
    path.write_text(BEGIN + OK)
    return path


@pytest.fixture
def invalid(tmp_path):
    path = tmp_path / "invalid.jsonl"
    path.write_text(BEGIN + OK + STALE)
    return path


def reached_its_bound(run):
    assert run.returncode == 2, run.stdout + run.stderr
    assert "the time bound of 0.5 s" in run.stdout
    return True


def test_a_pipe_that_nobody_opens_for_writing_ends_at_the_time_bound(capsize, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert reached_its_bound(capsize("check", "--check-limit", "500ms", tmp_path / "pipe", bound=20))


@pytest.mark.parametrize("said", ["", "\n", BEGIN, BEGIN + OK, BEGIN[:20]], ids=repr)
def test_a_pipe_that_falls_silent_ends_at_the_time_bound(capsize, said):
    process = capsize.start("check", "--check-limit", "500ms", "-", stdin=subprocess.PIPE)
    process.stdin.write(said)
    process.stdin.flush()
    try:
        assert process.wait(timeout=20) == 2
    finally:
        process.kill()
        output, _ = process.communicate()
    assert "the time bound of 0.5 s" in output


@pytest.mark.parametrize("line", ["", " ", BEGIN.strip()], ids=["empty lines", "blank lines", "one event"])
def test_an_endless_file_ends_at_the_time_bound(capsize, line):
    with subprocess.Popen(["yes", line], stdout=subprocess.PIPE) as endless:
        run = subprocess.run(capsize.command("check", "--check-limit", "500ms", "-"), stdin=endless.stdout,
                             capture_output=True, text=True, timeout=60)
        endless.kill()
    assert reached_its_bound(run)


def test_a_pipe_that_is_opened_late_is_read_whole(capsize, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = capsize.start("check", pipe)
    pipe.write_text(BEGIN + OK)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and "1 operations" in output


@pytest.mark.parametrize("flag", ["--explain", "--linearization"])
@pytest.mark.parametrize("name", ["history.jsonl", "link", "hard", "./history.jsonl"])
def test_no_output_takes_the_place_of_the_input(capsize, valid, tmp_path, flag, name):
    history = tmp_path / "history.jsonl"
    history.write_text(valid.read_text())
    (tmp_path / "link").symlink_to(history)
    (tmp_path / "hard").hardlink_to(history)
    run = capsize("check", "--model", "register", flag, f"{tmp_path}/{name}", history)
    assert run.returncode == 254
    assert run.stderr == f"capsize: {flag}: {tmp_path}/{name}: is also the input ({history}), expected another file\n"
    assert history.read_text() == valid.read_text()
    converted = capsize("convert", history, f"{tmp_path}/{name}", "--to", "csv")
    assert converted.returncode == 254 and "expected another file" in converted.stderr
    assert history.read_text() == valid.read_text()


@pytest.mark.parametrize("content,verdict", [("valid", 255), ("invalid", 1)])
@pytest.mark.parametrize("json_flag", [[], ["--json"]], ids=["text", "json"])
def test_output_that_cannot_be_written_is_said_and_costs_no_verdict(capsize, request, content, verdict, json_flag):
    history = request.getfixturevalue(content)
    with open("/dev/full", "w") as full:
        run = subprocess.run(capsize.command("check", "--model", "register", *json_flag, history), stdout=full,
                             stderr=subprocess.PIPE, text=True, timeout=60)
    assert run.returncode == verdict
    assert run.stderr == "capsize: standard output cannot be written: No space left on device\n"


def run_with(capsize, **streams):
    return subprocess.run(capsize.command("run", "--nemesis", "none", "--nodes", 1, "--time-limit", "1s"),
                          timeout=60, **streams)


def judged_valid(capsize):
    history = (capsize.run_directory() / "history.jsonl").read_text()
    assert history.startswith('{"capsize-history":1,'), "nothing else was written into it"
    return capsize.results()["verdict"] == "valid"


def test_a_run_survives_standard_streams_that_are_full(capsize):
    with open("/dev/full", "w") as full:
        assert run_with(capsize, stdout=full, stderr=full).returncode == 255
    assert judged_valid(capsize)


def test_a_run_survives_standard_streams_that_are_closed(capsize):
    def close_all():
        for number in (0, 1, 2):
            os.close(number)
    assert run_with(capsize, preexec_fn=close_all).returncode == 0
    assert judged_valid(capsize)


def test_a_run_survives_a_reader_that_goes_away(capsize):
    process = capsize.start("run", "--nemesis", "none", "--nodes", 1, "--time-limit", "1s")
    process.stdout.close()
    process.stderr.close()
    assert process.wait(timeout=60) == 0
    assert judged_valid(capsize)


def test_a_history_that_outgrows_the_limit_of_a_file_is_an_error_with_a_reason(capsize):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    process = capsize.start("run", "--nemesis", "none", "--nodes", 1, "--time-limit", "20s", preexec_fn=limit)
    output, errors = process.communicate(timeout=60)
    assert process.returncode in (1, 255), output + errors
    assert "File too large" in output + errors


def test_hostile_text_reaches_a_terminal_without_effect(capsize, tmp_path):
    name = "k\x1b]0;title\x07\x1b[31m\n\u009b31m\u202e"
    events = [("invoke", 1, "write", 1), ("ok", 1, "write", 1), ("invoke", 2, "write", 2), ("ok", 2, "write", 2),
              ("invoke", 3, "read", None), ("ok", 3, "read", 1)]
    history = tmp_path / "a\x1b[31m.jsonl"
    history.write_text("".join(json.dumps({"index": i, "time": i, "process": process, "type": kind, "f": f,
                                           "key": name, "value": value}) + "\n"
                               for i, (kind, process, f, value) in enumerate(events)))
    run = capsize("check", "--model", "register", history)
    assert run.returncode == 1
    shown = run.stdout + run.stderr
    assert "title" in shown
    assert not [c for c in shown if (ord(c) < 0x20 and c != "\n") or 0x7F <= ord(c) <= 0x9F or c == "\u202e"]
    assert not any(line.startswith("\\x9b31m") for line in shown.splitlines()), "a key adds no line"
    missing = capsize("check", tmp_path / "no\x1b[31m")
    assert missing.returncode == 254 and "\x1b" not in missing.stderr
