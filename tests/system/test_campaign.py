"""capsize campaign: its runs on the workers of an engine. Whatever dies, no finished run is lost or repeated, and nothing
is left behind.

Most tests use the stand-in for runs of test_suite.py on two or three workers of Dask on this machine.
"""

import collections
import json
import os
import pathlib
import signal
import subprocess

import pytest

from conftest import BIN, ROOT, alive, children, command_line, wait_for
from test_suite import STAND_IN, Suites, first_line

OTHER_USER = 65534


class Campaigns(Suites):
    def command(self, suite, *options, runner=STAND_IN, engine="dask"):
        command = super().command(suite, *options, runner=runner)
        return [command[0], "campaign", *command[2:], "--engine", str(engine),
                *([] if "--jobs" in options else ["--jobs", "2"])]

    def jobs(self):
        """The directories of the jobs that workers of this machine execute, or executed when they died."""
        return list((self.store / ".engine").glob("capsize-jobs-*/*"))

    def runs_or_none(self):
        """The runs of the ledger so far: it may not exist yet."""
        return self.runs() if (self.store / "ledger.jsonl").exists() else {}

    def log(self):
        return (self.store / ".engine" / "log.txt").read_text()


@pytest.fixture
def campaigns(tmp_path):
    return Campaigns(tmp_path)


def family(pid):
    """All descendants of a process."""
    return [each for child in children(pid) for each in (child, *family(child))]


def engine_of(process):
    """The process of the engine, and those of its workers."""
    engine = next(pid for pid in children(process.pid) if any("capsize-engine-dask" in a for a in command_line(pid)))
    return engine, [pid for pid in children(engine) if any("multiprocessing.spawn" in a for a in command_line(pid))]


def check_ledger(campaigns, runs):
    """Each run of the plan is in the ledger once."""
    counts = collections.Counter(line["run"] for line in campaigns.ledger("run"))
    assert set(counts.values()) == {1}, counts
    tests = {run for run in counts if not run.startswith("control-")}
    assert tests == runs


def gone(*pids):
    return lambda: not any(alive(pid) for pid in pids)


def test_campaign_has_the_ledger_of_a_suite_and_brings_back_failures_only(campaigns):
    campaigns.plan("b", 'verdict=invalid; echo "what happened" > "$directory/history.jsonl"')
    done = campaigns(campaigns.write(runs=[{"name": "a", "seeds": 4}, {"name": "b"}]))
    assert done.returncode == 1, done.stdout + done.stderr + campaigns.log()
    assert "night: invalid: 1 new failure in 5 runs" in first_line(done)
    check_ledger(campaigns, {"a/1", "a/2", "a/3", "a/4", "b/1"})
    runs = campaigns.runs()
    failed = campaigns.store / runs["b/1"]["path"]
    assert (failed / "history.jsonl").read_text() == "what happened\n"
    assert json.loads((failed / "results.json").read_text())["verdict"] == "invalid"
    assert failed.stat().st_mode & 0o777 == 0o700
    assert not (campaigns.store / runs["a/1"]["path"]).exists()
    assert runs["a/1"]["tested"] == {"faults": 3, "operations": 10, "operations-under-faults": 5}
    assert runs["b/1"]["failures"][0]["signature"] == "00000000000000aa"
    assert campaigns.jobs() == []


def test_the_same_plan_gives_the_same_ledger_on_every_engine(campaigns, tmp_path):
    suite = campaigns.write(runs=[{"name": "a", "seeds": 3}])
    ledgers = []
    for engine in ("local", "dask"):
        campaigns.store = tmp_path / engine
        assert campaigns(suite, engine=engine).returncode == 0
        ledgers.append({run: (line["seed"], line["verdict"], line["parameters"], line["tested"])
                        for run, line in campaigns.runs().items()})
    assert ledgers[0] == ledgers[1]


def test_keep_all_brings_back_passed_runs(campaigns):
    assert campaigns(campaigns.write(keep="all")).returncode == 0
    assert (campaigns.store / campaigns.runs()["a/1"]["path"] / "results.json").exists()


@pytest.mark.parametrize("victim", ["worker", "engine", "campaign"])
def test_whatever_dies_no_finished_run_is_lost_or_repeated(campaigns, victim):
    campaigns.plan("a", "sleep 0.3")
    suite = campaigns.write(runs=[{"name": "a", "seeds": 8}])
    process = campaigns.start(suite, "--quiet")
    wait_for(lambda: len(campaigns.runs_or_none()) >= 3, 60, "three finished runs")
    before = campaigns.runs_or_none()
    engine, workers = engine_of(process)
    everything = [engine, *family(engine)]
    os.kill({"worker": workers[0], "engine": engine, "campaign": process.pid}[victim], signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    if victim == "campaign":
        wait_for(gone(*everything), 30, "the engine, its workers and their jobs gone")
        done = campaigns(suite, "--resume")
        assert done.returncode == 0, done.stderr
    else:
        assert process.returncode == 0, err + campaigns.log()
        lost = campaigns.ledger("lost")
        assert lost, "a job was lost"
        again = [line for line in campaigns.ledger("start") if line.get("attempt") == 2]
        assert {line["run"] for line in again} == {line["run"] for line in lost}
        assert ("the engine is started again" if victim == "engine" else "has died") in err
    check_ledger(campaigns, {f"a/{number}" for number in range(1, 9)})
    after = campaigns.runs()
    assert all(after[run] == line for run, line in before.items())
    wait_for(gone(*everything), 30, "nothing of the first engine left")
    assert campaigns.jobs() == []


def test_a_run_that_kills_its_worker_does_not_kill_them_for_ever(campaigns):
    campaigns.plan("b", "kill -9 $(ps -o ppid= -p $PPID)")
    done = campaigns(campaigns.write(runs=[{"name": "b"}, {"name": "a", "seeds": 2}]))
    assert done.returncode == 255, done.stdout + done.stderr
    assert "run b/1 was lost 5 times, and is not started again" in done.stderr
    assert set(campaigns.runs()) >= {"a/1", "a/2"} and "b/1" not in campaigns.runs()
    assert [line.get("attempt", 1) for line in campaigns.ledger("lost")] == [1, 2, 3, 4, 5]
    assert "cut short after 2 of 3 planned tests: run b/1 was lost 5 times" in first_line(done)
    campaigns.plan("b", "")
    assert campaigns(campaigns.folder / "night.json", "--resume").returncode == 0, "what was left out is made up for"
    check_ledger(campaigns, {"a/1", "a/2", "b/1"})


def test_workers_that_answer_with_harness_errors_only_retire(campaigns):
    for case in ("a", "control-healthy", "control-read-without-quorum"):
        campaigns.plan(case, "exit 1")
    done = campaigns(campaigns.write(runs=[{"name": "a", "seeds": 40}]))
    assert done.returncode == 255, done.stdout + done.stderr
    assert done.stderr.count("has retired after 3 harness errors in a row") == 2
    assert "all 2 workers have retired" in first_line(done)
    assert len(campaigns.runs()) <= 7, "three of each worker, and at most one that had begun"


def test_an_interrupted_campaign_leaves_nothing_and_resumes(campaigns):
    campaigns.plan("a", "for i in 1 2 3 4 5 6 7 8 9; do [ $interrupted = true ] || sleep 0.3; done")
    suite = campaigns.write(runs=[{"name": "a", "seeds": 6}])
    process = campaigns.start(suite)
    wait_for(lambda: campaigns.jobs() and len(campaigns.runs_or_none()) >= 2, 60, "controls finished and jobs running")
    engine, _ = engine_of(process)
    everything = [engine, *family(engine)]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=90)
    assert process.returncode == 130, err
    wait_for(gone(*everything), 30, "nothing left")
    assert campaigns.jobs() == []
    assert campaigns.ledger("lost"), "runs that were stopped have no verdict"
    campaigns.plan("a", "")
    assert campaigns(suite, "--resume").returncode == 0
    check_ledger(campaigns, {f"a/{number}" for number in range(1, 7)})


# Ports.

def tcp_listeners(pids):
    inodes = set()
    for pid in pids:
        for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(entry) if entry.is_symlink() else ""
            if target.startswith("socket:["):
                inodes.add(target[len("socket:["):-1])
    found = []
    for table in ("tcp", "tcp6"):
        for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and fields[3] == "0A":
                host, port = fields[1].split(":")
                found.append((host, int(port, 16)))
    return found


# As another user: speaks to each port in every way that Dask knows, and prints what it achieved.
ATTACK = """
import asyncio, json, os, socket, ssl, sys
ports = json.load(sys.stdin)
achieved = []
def http(port):
    for path in ("/", "/health", "/metrics", "/info/main/workers.html", "/json/counts.json", "/status", "/api/v1/"):
        with socket.create_connection(("127.0.0.1", port), 2) as s:
            s.settimeout(2)
            s.sendall(f"GET {path} HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n".encode())
            status = s.recv(64)
            if status and b" 404 " not in status:
                achieved.append(f"{port}{path}: {status!r}")
def plain_tls(port):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with socket.create_connection(("127.0.0.1", port), 2) as s:
        s.settimeout(2)
        with context.wrap_socket(s) as t:
            if t.recv(64):  # with TLS 1.3 the refusal of our certificate comes after the handshake
                achieved.append(f"{port}: TLS without a certificate")
async def dask(address, security):
    from distributed.core import rpc
    connection = rpc(address, connection_args=security.get_connection_args("client"), timeout=2)
    try:
        achieved.append(f"{address}: {await asyncio.wait_for(connection.identity(), 3)}")
    finally:
        await connection.close_rpc()
from distributed.security import Security
for port in ports:
    for attempt in (http, plain_tls):
        try:
            attempt(port)
        except (OSError, ssl.SSLError):
            pass
    for address, security in ((f"tcp://127.0.0.1:{port}", Security()),
                              (f"tls://127.0.0.1:{port}", Security.temporary())):
        try:
            asyncio.run(dask(address, security))
        except BaseException:
            pass
print(json.dumps({"uid": os.getuid(), "achieved": achieved}))
"""


def attack_ports(ports):
    return subprocess.run(
        ["setpriv", f"--reuid={OTHER_USER}", f"--regid={OTHER_USER}", "--clear-groups", "/usr/bin/python3", "-c", ATTACK],
        input=json.dumps(ports), capture_output=True, text=True, timeout=300, cwd="/", env={"PATH": os.environ["PATH"]})


def attack_an_open_scheduler():
    scheduler = subprocess.Popen(["/usr/bin/python3", "-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1",
                                  "--port", "0", "--no-dashboard", "--dashboard-address", "127.0.0.1:0"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
    try:
        wait_for(lambda: len(tcp_listeners([scheduler.pid])) >= 2, 30, "a scheduler")
        return json.loads(attack_ports([port for _, port in tcp_listeners([scheduler.pid])]).stdout)["achieved"]
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_achieves_nothing_at_any_port(campaigns):
    campaigns.plan("a", "sleep 1")
    process = campaigns.start(campaigns.write(runs=[{"name": "a", "seeds": 2000}]), "--quiet")
    wait_for(lambda: len(campaigns.runs_or_none()) >= 2, 60, "finished runs")
    engine, workers = engine_of(process)
    listeners = tcp_listeners([process.pid, engine, *workers])
    assert len(listeners) >= 2 + 2 * 3, "scheduler, nannies and workers, and their HTTP servers"
    assert {host for host, _ in listeners} == {"0100007F"}, "127.0.0.1 only"
    attack = attack_ports([port for _, port in listeners])
    assert attack.returncode == 0, attack.stderr
    assert json.loads(attack.stdout) == {"uid": OTHER_USER, "achieved": []}
    # The attack itself works: of a scheduler without protection it achieves something.
    assert attack_an_open_scheduler() != []
    assert process.poll() is None, "the campaign continues"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=90)
    assert campaigns.ledger("lost") and not [line for line in campaigns.ledger("run") if line["verdict"] != "valid"
                                             and line["purpose"] != "bug-control"]


def test_plaintext_is_refused_without_the_flag_that_says_what_it_means(campaigns):
    done = campaigns(campaigns.write(), engine="dask=tcp://127.0.0.1:1")
    assert done.returncode == 254
    assert done.stderr == ("capsize: --engine: found tcp://127.0.0.1:1, expected tls://: over plain TCP everyone who can "
                           "reach the address can execute anything on the workers; --allow-plaintext accepts that\n")
    assert not campaigns.store.exists()


def test_an_address_without_a_scheme_is_refused(campaigns):
    # Dask would take it for tcp://.
    done = campaigns(campaigns.write(), engine="dask=127.0.0.1:1")
    assert done.returncode == 255, done.stdout + done.stderr
    assert "found '127.0.0.1:1', expected tls://HOST:PORT" in first_line(done)


# A cluster elsewhere.

@pytest.fixture
def cluster(tmp_path):
    """A scheduler and a worker with certificates of their own, as a user starts them."""
    files = {name: tmp_path / name for name in ("ca.pem", "key.pem")}
    written = subprocess.run(
        ["/usr/bin/python3", "-c",
         "import sys; from distributed.security import Security; s = Security.temporary();"
         "open(sys.argv[1], 'w').write(s.tls_ca_file); open(sys.argv[2], 'w').write(s.tls_client_key)",
         files["ca.pem"], files["key.pem"]], check=False)
    assert written.returncode == 0
    tls = ["--tls-ca-file", files["ca.pem"], "--tls-cert", files["ca.pem"], "--tls-key", files["key.pem"]]
    contact = tmp_path / "scheduler.json"
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "TMPDIR": str(tmp_path / "tmp"),
                   "QUICK_RUNS": str(tmp_path / "plans")}
    (tmp_path / "tmp").mkdir()
    log = open(tmp_path / "cluster.log", "w")
    processes = [subprocess.Popen(
        ["/usr/bin/python3", "-m", "distributed.cli.dask_scheduler", "--host", "tls://127.0.0.1", "--port", "0",
         "--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--scheduler-file", contact, *map(str, tls)],
        stdout=log, stderr=log, env=environment, cwd=tmp_path)]
    wait_for(contact.exists, 30, "a scheduler")
    processes.append(subprocess.Popen(
        ["/usr/bin/python3", "-m", "distributed.cli.dask_worker", "--scheduler-file", contact, "--nthreads", "1",
         "--resources", "cluster=2", "--no-dashboard", "--dashboard-address", "127.0.0.1:0", "--host",
         "tls://127.0.0.1", "--no-nanny", *map(str, tls)],
        stdout=log, stderr=log, env=environment, cwd=tmp_path))
    yield json.loads(contact.read_text())["address"], files, processes
    for process in processes:
        process.kill()
        process.wait()
    log.close()


def test_a_cluster_elsewhere_needs_only_capsize_in_the_path_of_its_workers(campaigns, cluster, tmp_path):
    address, files, _ = cluster
    campaigns.plan("b", 'verdict=invalid')
    options = [part for name, file in (("tls-ca-file", "ca.pem"), ("tls-cert", "ca.pem"), ("tls-key", "key.pem"))
               for part in ("--engine-option", f"{name}={files[file]}")]
    done = campaigns(campaigns.write(runs=[{"name": "a", "seeds": 3}, {"name": "b"}]), *options,
                     "--engine-option", f"runner={STAND_IN}", engine=f"dask={address}", runner=None)
    assert done.returncode == 1, done.stdout + done.stderr + campaigns.log()
    check_ledger(campaigns, {"a/1", "a/2", "a/3", "b/1"})
    assert (campaigns.store / campaigns.runs()["b/1"]["path"] / "results.json").exists()
    assert list((tmp_path / "tmp").glob("capsize-jobs-*/*")) == []


def test_without_the_certificates_of_the_cluster_nothing_is_executed(campaigns, cluster):
    address, _, _ = cluster
    done = campaigns(campaigns.write(), engine=f"dask={address}", runner=None)
    assert done.returncode == 255, done.stdout + done.stderr
    assert "certificate" in done.stderr.lower() or "tls" in done.stderr.lower(), done.stderr
    assert campaigns.ledger("run") == []


# Engines of others.

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
    wait_for(lambda: (campaigns.store / "ledger.jsonl").exists(), 20, "a ledger")
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


# Jobs.

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


# The example of the documentation.

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
