"""capsize job: executes one run for an engine, answers in one line, and leaves nothing."""

import json
import os
import subprocess

import pytest

from conftest import BIN, wait_for
from test_campaign import family, gone
from test_suite import STAND_IN


def job(tmp_path, **changes):
    revision = subprocess.run([BIN / "capsize", "--version"], capture_output=True, text=True, check=True).stdout
    line = {"capsize-job": 1, "run": "a/1", "seed": 7, "attempt": 1, "purpose": "test", "deadline": "60s",
            "revision": revision.split("revision ")[1].split(",")[0], "scenario": {"name": "a"}}
    line.update(changes)
    return json.dumps({key: value for key, value in line.items() if value is not None})


def jobs_in(tmp_path):
    return sorted(path.name for path in (tmp_path / "jobs").glob("capsize-jobs-*/*"))


def run_job(tmp_path, text, *options):
    return subprocess.run([BIN / "capsize", "job", "--directory", tmp_path / "jobs", "--runner", STAND_IN, *options],
                          input=text, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "QUICK_RUNS": str(tmp_path / "plans")})


def test_a_job_answers_with_its_line_of_the_ledger_and_leaves_nothing(tmp_path):
    done = run_job(tmp_path, job(tmp_path))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["capsize-answer"] == 1 and "archive" not in answer
    assert (answer["run"]["run"], answer["run"]["seed"], answer["run"]["verdict"]) == ("a/1", 7, "valid")
    assert jobs_in(tmp_path) == []


def test_a_job_of_another_capsize_is_a_harness_error(tmp_path):
    done = run_job(tmp_path, job(tmp_path, revision="0123456789ab"))
    run = json.loads(done.stdout)["run"]
    assert (run["verdict"], run["cause"]) == ("harness error", "revision")
    assert "expected 0123456789ab" in run["reason"]


@pytest.mark.parametrize("changes, found", [
    ({"seed": "x"}, "key 'seed'"), ({"run": None}, "found no key 'run'"), ({"deadline": "soon"}, "key 'deadline'"),
    ({"purpose": "fun"}, "key 'purpose': found fun"), ({"keep": "some"}, "key 'keep': found some"),
    ({"scenario": {"nodes": -1}}, "key 'nodes'"), ({"capsize-job": 2}, "found 2, expected 1"),
])
def test_a_malformed_job_is_refused_in_one_line(tmp_path, changes, found):
    done = run_job(tmp_path, job(tmp_path, **changes))
    assert done.returncode == 254 and done.stdout == ""
    assert found in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_job_can_be_stopped_and_its_directory_is_removed_after_a_crash(tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a").write_text(f"touch {tmp_path}/begun; sleep 60 & wait")
    command = [BIN / "capsize", "job", "--directory", tmp_path / "jobs", "--runner", STAND_IN, "--name"]
    environment = {**os.environ, "QUICK_RUNS": str(tmp_path / "plans")}

    def start(name):
        (tmp_path / "begun").unlink(missing_ok=True)
        process = subprocess.Popen([*command, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                   env=environment)
        process.stdin.write(job(tmp_path))
        process.stdin.close()
        wait_for((tmp_path / "begun").exists, 20, "the run has begun")
        return process

    killed = start("killed")
    runs = family(killed.pid)
    killed.kill()
    killed.wait()
    wait_for(gone(runs[0]), 10, "its run has ended with it")
    assert jobs_in(tmp_path) == ["killed"]

    stopped = start("stopped")
    assert jobs_in(tmp_path) == ["stopped"]
    assert run_job(tmp_path, job(tmp_path), "--name", "stopped").returncode == 255
    assert subprocess.run([BIN / "capsize", "job", "--directory", tmp_path / "jobs", "--stop", "stopped"],
                          timeout=20).returncode == 0
    out = stopped.stdout.read()
    assert stopped.wait(timeout=40) == 0
    assert json.loads(out)["run"] is None
    assert jobs_in(tmp_path) == []
    missing = subprocess.run([BIN / "capsize", "job", "--directory", tmp_path / "jobs", "--stop", "stopped"],
                             capture_output=True, text=True, timeout=20)
    assert (missing.returncode, missing.stderr) == (254, "capsize: --stop: found no job stopped that is running\n")


def test_what_is_no_job_stays_where_jobs_are_executed(tmp_path):
    (tmp_path / "jobs").mkdir(mode=0o700)
    (tmp_path / "jobs" / "thesis.txt").write_text("years of work")
    assert run_job(tmp_path, job(tmp_path)).returncode == 0
    assert (tmp_path / "jobs" / "thesis.txt").exists()


def test_a_job_ends_when_the_reader_of_its_answer_does(tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "a").write_text(f"touch {tmp_path}/begun; sleep 60 & wait")
    process = subprocess.Popen([BIN / "capsize", "job", "--directory", tmp_path / "jobs", "--runner", STAND_IN],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                               env={**os.environ, "QUICK_RUNS": str(tmp_path / "plans")})
    process.stdin.write(job(tmp_path))
    process.stdin.close()
    wait_for((tmp_path / "begun").exists, 20, "the run has begun")
    process.stdout.close()
    process.wait(timeout=20)
    assert jobs_in(tmp_path) == []


def test_a_directory_that_others_can_enter_is_refused(tmp_path):
    (tmp_path / "jobs" / f"capsize-jobs-{os.getuid()}").mkdir(mode=0o755, parents=True)
    done = run_job(tmp_path, job(tmp_path))
    assert done.returncode == 255
    assert "expected mode 0700" in done.stderr
