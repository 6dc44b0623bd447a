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

from conftest import BIN, alive, children, command_line, wait_for
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
    assert "without certificates, expected tls-ca-file, tls-cert and tls-key" in first_line(done)
    assert "started again" not in done.stderr
    assert campaigns.ledger("run") == []
