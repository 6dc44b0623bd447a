"""Engines of campaigns: hostile ones, hostile answers, and the example of the documentation."""

import pathlib
import signal

import pytest

from conftest import ROOT, wait_for
from test_campaign import Campaigns, check_ledger
from test_suite import first_line


@pytest.fixture
def campaigns(tmp_path):
    return Campaigns(tmp_path)


@pytest.mark.parametrize("body, found", [
    ("print('nonsense', flush=True)", "engine: found nonsense, expected an event of an engine"),
    ("say(event='capacity', slots=-1)", "found -1, expected a non-negative integer"),
    ("say(event='completed', id='x', attempt=1, answer='{}')", ""),
    ("say(event='note', text='\\x1b[2J' * 1000)", "\\x1b[2J"),
    ("say(event='hello', **{'capsize-engine': 99})", "found 99, expected 1"),
])
def test_a_hostile_engine_is_an_error_of_one_line(campaigns, tmp_path, body, found):
    engine = tmp_path / "hostile"
    engine.write_text("#!/usr/bin/python3\nimport json, sys\n"
                      "def say(**message): print(json.dumps(message), flush=True)\n"
                      f"say(event='hello', **{{'capsize-engine': 1}})\n{body}\n"
                      "say(event='failed', reason='enough', final=True)\n")
    engine.chmod(0o755)
    done = campaigns(campaigns.write(), engine=engine)
    assert done.returncode == 255, done.stdout + done.stderr
    assert found in done.stderr and "\x1b" not in done.stderr
    assert "the engine has ended: enough" in first_line(done)
    assert campaigns.ledger("run") == []


def test_an_option_that_the_engine_does_not_know_is_said_once(campaigns):
    done = campaigns(campaigns.write(), "--engine-option", "workerz=1")
    assert done.returncode == 255
    assert "unrecognized arguments: --workerz 1" in first_line(done)
    assert "started again" not in done.stderr


@pytest.mark.parametrize("option", [["--engine-option", "retire-after=2"], ["--allow-plaintext"]])
def test_options_of_an_engine_program_are_refused_for_the_local_engine(campaigns, option):
    done = campaigns(campaigns.write(), *option, engine="local")
    assert done.returncode == 254 and not campaigns.store.exists()
    assert done.stderr == f"capsize: {option[0]}: found with --engine local, expected with an engine program\n"


ANSWERS = """#!/usr/bin/python3
import json, subprocess, sys
print(json.dumps({"event": "hello", "capsize-engine": 1}), flush=True)
print(json.dumps({"event": "capacity", "slots": 1}), flush=True)
for line in sys.stdin:
    call = json.loads(line)
    answer = ANSWER
    print(json.dumps({"event": "completed", "id": call["id"], "attempt": call["attempt"], "answer": answer}), flush=True)
"""


@pytest.mark.parametrize("answer, found", [
    ('"no answer"', "found no answer, expected an object with the key capsize-answer"),
    ("json.dumps({'capsize-answer': 1, 'run': {'run': '../../x'}})", "key 'run'"),
    ("json.dumps({'capsize-answer': 1, 'run': None, 'archive': 'AAAA'})", "the archive cannot be read"),
    ("json.dumps({'capsize-answer': 1, 'run': None, 'archive': '?'})", "expected base64"),
])
def test_an_answer_that_is_none_is_a_harness_error(campaigns, tmp_path, answer, found):
    engine = tmp_path / "answers"
    engine.write_text(ANSWERS.replace("ANSWER", answer))
    engine.chmod(0o755)
    done = campaigns(campaigns.write(), engine=engine)
    assert done.returncode == 255, done.stdout + done.stderr
    errors = [line for line in campaigns.ledger("run") if line["verdict"] == "harness error"]
    assert errors and all(line["cause"] == "engine" for line in errors)
    assert found in errors[0]["reason"]


def test_a_violation_stands_whatever_its_archive_is(campaigns, tmp_path):
    engine = tmp_path / "answers"
    run = {"run": "x", "case": "x", "purpose": "test", "seed": 1, "verdict": "invalid", "path": "run",
           "failures": [{"signature": "00000000000000aa", "check": "linearizable"}]}
    engine.write_text(ANSWERS.replace(
        "ANSWER", f"json.dumps({{'capsize-answer': 1, 'run': {run!r}, 'archive': 'AAAA'}})"))
    engine.chmod(0o755)
    done = campaigns(campaigns.write(), engine=engine)
    assert done.returncode == 1, done.stdout + done.stderr
    assert campaigns.runs()["a/1"]["verdict"] == "invalid"
    assert "the files of run a/1 could not be stored: the archive cannot be read" in done.stderr


def test_an_engine_that_chatters_can_be_interrupted(campaigns, tmp_path):
    engine = tmp_path / "chatters"
    engine.write_text("#!/bin/sh\necho '{\"event\":\"hello\",\"capsize-engine\":1}'\nexec yes ''\n")
    engine.chmod(0o755)
    process = campaigns.start(campaigns.write(), "--quiet", engine=engine)
    wait_for(lambda: (campaigns.store / ".engine" / "log.txt").exists(), 20, "the engine has been started")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_campaign_ends_when_its_last_worker_leaves_with_the_last_run(campaigns, tmp_path):
    engine = tmp_path / "leaves"
    text = (ROOT / "docs" / "examples" / "engine.py").read_text()
    engine.write_text(text.replace('        say(event="completed", answer=answer, **key)\n',
                                   '        if "a/2" in answer: say(event="capacity", slots=0)\n'
                                   '        say(event="completed", answer=answer, **key)\n'))
    engine.chmod(0o755)
    done = campaigns(campaigns.write(runs=[{"name": "a", "seeds": 2}]), "--jobs", "1", engine=engine)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_was_left_out_comes_before_repeats(campaigns):
    campaigns.plan("b", "kill -9 $(ps -o ppid= -p $PPID)")
    suite = campaigns.write(runs=[{"name": "b"}, {"name": "a", "seeds": 2}])
    assert campaigns(suite, "--confirm").returncode == 255
    assert not campaigns.ledger("confirm")
    campaigns.plan("b", "")
    assert campaigns(suite, "--resume", "--confirm").returncode == 0
    check_ledger(campaigns, {"a/1", "a/2", "b/1"})


def test_an_archive_cannot_leave_the_directory_of_its_run(campaigns, tmp_path):
    hostile = (tmp_path / "hostile").with_suffix(".py")
    hostile.write_text("""
import base64, io, sys, tarfile
def archive(kind):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        def add(name, **more):
            info = tarfile.TarInfo(name)
            data = b"" if more else b"evil"
            info.size = len(data)
            for key, value in more.items():
                setattr(info, key, value)
            tar.addfile(info, io.BytesIO(data))
        if kind == 0: add("../evil")
        if kind == 1: add("/tmp/capsize-evil")
        if kind == 2: add("link", type=tarfile.SYMTYPE, linkname="/tmp"); add("link/capsize-evil")
        if kind == 3: add("a"); add("hard", type=tarfile.LNKTYPE, linkname="../../ledger.jsonl")
        if kind == 4: add("pipe", type=tarfile.FIFOTYPE)
        if kind == 5: add("a/../../evil")
        if kind == 6: add("results.json"); add("results.json")
    return base64.b64encode(out.getvalue()).decode()
""")
    engine = tmp_path / "answers"
    engine.write_text(ANSWERS.replace("ANSWER", "json.dumps({'capsize-answer': 1, 'run': None, "
                                                "'archive': archive(call['attempt'] + count())})")
                      .replace("import json,", f"import itertools; sys = __import__('sys'); sys.path.insert(0, "
                                               f"{str(tmp_path)!r}); from hostile import archive\n"
                                               "numbers = itertools.count(); count = lambda: next(numbers) % 7 - 1\n"
                                               "import json,"))
    engine.chmod(0o755)
    suite = campaigns.write(runs=[{"name": "a", "seeds": 9}])
    before = {path for path in tmp_path.rglob("*") if "store" not in path.parts}
    done = campaigns(suite, engine=engine)
    assert done.returncode == 255, done.stdout + done.stderr
    errors = [line["reason"] for line in campaigns.ledger("run")]
    assert len(errors) >= 7 and all("the engine's answer" in error for error in errors), errors
    after = {path for path in tmp_path.rglob("*") if "store" not in path.parts}
    assert {path for path in after - before if path.suffix != ".pyc" and path.name != "__pycache__"} == set()
    assert not pathlib.Path("/tmp/capsize-evil").exists()
    assert not list(campaigns.store.rglob("evil")) and not [p for p in campaigns.store.rglob("*")
                                                            if p.is_symlink() and p.name != "latest"]


def test_the_example_of_an_engine_executes_a_suite(campaigns):
    campaigns.plan("b", "verdict=invalid")
    suite = campaigns.write(runs=[{"name": "a", "seeds": 3}, {"name": "b"}])
    done = campaigns(suite, engine=ROOT / "docs" / "examples" / "engine.py")
    assert done.returncode == 1, done.stdout + done.stderr
    check_ledger(campaigns, {"a/1", "a/2", "a/3", "b/1"})
    assert (campaigns.store / campaigns.runs()["b/1"]["path"] / "results.json").exists()


def test_the_example_of_an_engine_stops_its_jobs(campaigns):
    campaigns.plan("a", "for i in $(seq 100); do [ $interrupted = true ] || sleep 0.3; done")
    process = campaigns.start(campaigns.write(runs=[{"name": "a", "seeds": 6}]),
                              engine=ROOT / "docs" / "examples" / "engine.py")
    wait_for(lambda: len(campaigns.runs_or_none()) >= 2 and len(campaigns.ledger("start")) >= 4, 30, "jobs running")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert campaigns.ledger("lost")
