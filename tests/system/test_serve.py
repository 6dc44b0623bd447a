"""capsize serve: who is let in, what leaves the store, and what it leaves on the machine."""

import itertools
import json
import os
import pathlib
import signal
import socket
import stat
import subprocess
import sys
import urllib.parse

import pytest

from conftest import BIN, wait_for
from serve_support import Server, add_run, failure, results

CANARY = "canary-4f2d-of-the-outside"
NAME = "20260131T120000.000Z-7"


@pytest.fixture
def store(tmp_path):
    path = tmp_path / "store"
    path.mkdir()
    add_run(path, "default", NAME, results("invalid", failures=[failure()]),
            {"history.jsonl": b"{}\n", "report.html": b"<!doctype html><p>report</p>", "sockets/secret": b"s3cret-of-the-run",
             "nodes/n1/trace.jsonl": b"trace\n"})
    return path


@pytest.fixture
def serve():
    servers = []

    def start(store, *arguments):
        servers.append(Server(store, *arguments))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


def headers_are_safe(headers):
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


# Who is let in.

def test_nothing_is_answered_without_the_cookie_which_the_token_gives(store, serve):
    server = serve(store)
    targets = ["/", "/serve.js", "/serve.css", "/api/runs", f"/api/run/default/{NAME}", "/api/suites",
               f"/file/default/{NAME}/history.jsonl", f"/report/default/{NAME}", "/nothing", "/?token=" + "0" * 64]
    for target in targets:
        for cookie in (None, "capsize-1=x", f"capsize-{server.port}=" + "0" * 64):
            status, headers, body = server.request(target, cookie=cookie)
            assert status == 401, target
            headers_are_safe(headers)
            assert b"stale" not in body and b"script" not in body
    status, headers, _ = server.request(f"/?token={server.token}")
    assert status == 303 and headers["location"] == "/"
    assert "HttpOnly" in headers["set-cookie"] and "SameSite=Strict" in headers["set-cookie"]
    assert server.token not in headers["set-cookie"]
    for target in targets[:8]:
        status, headers, body = server.get(target)
        assert status == 200, target
        headers_are_safe(headers)
        assert body


def test_other_names_of_the_host_are_refused(store, serve):
    server = serve(store)
    for host in ("evil.example", f"evil.example:{server.port}", "127.0.0.1", f"127.0.0.1:{server.port + 1}",
                 f"0.0.0.0:{server.port}", f"[::1]:{server.port}", f"127.0.0.1:{server.port}.evil.example"):
        status, headers, _ = server.get("/api/runs", host=host)
        assert status == 421, host
        headers_are_safe(headers)
        assert server.request(f"/?token={server.token}", host=host)[0] == 421
    assert server.get("/api/runs", host=f"localhost:{server.port}")[0] == 200
    for head in (b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.0\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nHost: evil\r\n\r\n" % server.port,
                 b"GET http://evil/ HTTP/1.1\r\nHost: evil\r\n\r\n"):
        answer = server.raw(head.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert answer.split()[1] in (b"421", b"400"), answer[:100]


def test_other_methods_and_other_origins_are_refused(store, serve):
    server = serve(store)
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"):
        status, headers, _ = server.get("/api/runs", method=method)
        assert status == 405 and headers["allow"] == "GET, HEAD", method
    for site in ("cross-site", "same-site"):
        assert server.get("/api/runs", headers=[("Sec-Fetch-Site", site)])[0] == 403
    status, headers, body = server.get(f"/file/default/{NAME}/history.jsonl", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "3", b"")


def test_the_address_is_in_a_file_for_its_user_only(store, serve):
    server = serve(store)
    assert stat.S_IMODE(server.token_file.stat().st_mode) == 0o600
    assert server.token_file.read_text() == server.address + "\n"
    assert server.get(f"/file/{server.token_file.name}/x/y")[0] == 404
    arguments = pathlib.Path(f"/proc/{server.process.pid}/cmdline").read_bytes()
    assert server.token.encode() not in arguments
    listening = [line.split() for table in ("tcp", "tcp6")
                 for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    own = [fields[1] for fields in listening
           if fields[3] == "0A" and fields[1].endswith(f":{server.port:04X}")]
    assert own == [f"0100007F:{server.port:04X}"], "127.0.0.1, and nothing else"


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become another user")
def test_another_user_gets_nothing(store, serve):
    for directory in (store, *store.parents):
        if str(directory) not in ("/", "/tmp"):
            directory.chmod(0o755)
    server = serve(store)
    attack = f"""
import http.client, json, os
got = []
for path in ({str(server.token_file)!r}, "/proc/{server.process.pid}/environ", "/proc/{server.process.pid}/mem"):
    try:
        got.append(open(path).read(1))
    except OSError:
        pass
for target in ("/", "/api/runs", "/?token=" + "f" * 64, "/file/default/{NAME}/history.jsonl"):
    connection = http.client.HTTPConnection("127.0.0.1", {server.port}, timeout=30)
    connection.request("GET", target)
    answer = connection.getresponse()
    got += [] if answer.status == 401 else [target]
print(json.dumps([os.getuid(), got]))
"""
    found = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", attack],
                           capture_output=True, text=True, timeout=120, cwd="/")
    assert json.loads(found.stdout) == [65534, []], found.stderr


# What leaves the store.

def escapes(outside):
    """Targets that try to leave the store, or to reach what is not served."""
    ups = ["..", "%2e%2e", "%2E%2E", ".%2e", "%2e.", "%252e%252e", "%c0%ae%c0%ae", "..%00", "..;", "....", ".", "%2e",
           "..%2f..", "..%5c..", "..\\..", "%uff0e%uff0e", "%e0%80%ae%e0%80%ae", "..%c0%af"]
    bases = ["", "/api/run", "/api/live", f"/file/default/{NAME}", "/file/default", "/file", f"/report/default"]
    for base, up in itertools.product(bases, ups):
        yield f"{base}/{up}/{up}/outside/canary"
        yield f"{base}/{up}/{up}/{up}/{up}/{up}/{up}/{up}/{up}/etc/passwd"
    quoted = urllib.parse.quote(str(outside / "canary"), safe="")
    for base in bases:
        yield f"{base}{outside}/canary"
        yield f"{base}/{outside}/canary"
        yield f"{base}/{quoted}"
        yield f"{base}/{quoted.replace('%', '%25')}"
        yield f"{base}/canary%00.jsonl"
    run = f"/file/default/{NAME}"
    for name in ("link", "up/canary", "absolute", "loop", "pipe", "socket", "null", "zero", "nodes/n1/link", "nodes/up/canary",
                 "sockets/secret", "sockets", "sockets/", ".hidden", "nodes", "nodes/", "nodes/n1", "", "proc/self/environ",
                 "results.json/x", "results.json/", "results.json/..", "./results.json", "nodes/../results.json", "//results.json"):
        yield f"{run}/{name}"
    for scenario in ("linked", "latest", ".serve", "..", "default/..", "store", ".", "%64%65fault/%2e%2e"):
        yield f"/file/{scenario}/{NAME}/canary"
        yield f"/report/{scenario}/{NAME}"
        yield f"/api/run/{scenario}/{NAME}"
        yield f"/api/live/{scenario}/{NAME}"
    for name in (NAME.replace("7", "8"), "latest2", "..", "20260131T120000.000Z-7%2f..", "linked-run"):
        yield f"/file/default/{name}/canary"
        yield f"/api/run/default/{name}"
    yield "/file"
    yield "/file/default"
    yield f"/file/default/{NAME}"
    yield "/ledger.jsonl"
    yield "/file/ledger.jsonl"
    yield f"/report/linked/{NAME}"
    yield "*"
    yield "/\xe4"


def test_no_path_leads_out_of_the_store(store, serve, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "canary").write_text(CANARY)
    add_run(outside, "run", NAME, results(), {"report.html": CANARY.encode(), "canary": CANARY.encode()})
    run = store / "default" / NAME
    (run / "link").symlink_to("../../../outside/canary")
    (run / "absolute").symlink_to(outside / "canary")
    (run / "up").symlink_to("../../../outside")
    (run / "loop").symlink_to("loop")
    (run / ".hidden").write_text(CANARY)
    (run / "nodes" / "n1" / "link").symlink_to(outside / "canary")
    (run / "nodes" / "up").symlink_to(outside)
    (store / "linked").symlink_to(outside / "run")
    (store / "default" / "linked-run").symlink_to(outside / "run" / NAME)
    (store / "default" / NAME.replace("7", "8")).symlink_to(outside / "run" / NAME)
    (store / "default" / "latest").symlink_to(outside / "run" / NAME)
    (store / "latest").symlink_to(outside / "run" / NAME)
    os.mkfifo(run / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    descriptor = os.open(run, os.O_PATH)
    listening.bind(f"/proc/self/fd/{descriptor}/socket")
    if os.getuid() == 0:
        os.mknod(run / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod(run / "zero", 0o666 | stat.S_IFCHR, os.makedev(1, 5))
    server = serve(store)
    targets = list(dict.fromkeys(escapes(outside)))
    assert len(targets) >= 200
    for target in targets:
        status = line = None
        answer = server.raw(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {server.cookie}\r\n"
                            "Connection: close\r\n\r\n".encode("latin-1"))
        line = answer.split(b"\r\n", 1)[0]
        status = line.split()[1]
        assert status in (b"403", b"404") or (status == b"400" and not target.isascii()), (target, line)
        assert CANARY.encode() not in answer and b"root:" not in answer and b"s3cret" not in answer, target
    # The newest run by our own rule, whatever the link of this name says.
    assert server.data("run/default/latest")["facts"]["verdict"] == "invalid"
    listed = [file["path"] for file in server.data(f"run/default/{NAME}")["files"]]
    assert listed == ["history.jsonl", "report.html", "results.json", "scenario.json", "nodes/n1/trace.jsonl"]
    assert CANARY not in json.dumps(server.data("runs"))
    listening.close()
    os.close(descriptor)


def test_files_are_attachments_and_a_report_gets_an_origin_of_its_own(store, serve):
    (store / "default" / NAME / "page.html").write_text("<script>alert(1)</script>")
    server = serve(store)
    status, headers, body = server.get(f"/file/default/{NAME}/page.html")
    assert (status, body) == (200, b"<script>alert(1)</script>")
    assert headers["content-type"] == "application/octet-stream"
    assert headers["content-disposition"] == f'attachment; filename="default-{NAME}-page.html"'
    status, headers, _ = server.get(f"/report/default/{NAME}")
    assert status == 200
    policy = [part.strip() for part in headers["content-security-policy"].split(";")]
    assert "sandbox allow-scripts allow-downloads" in policy
    assert not any("allow-same-origin" in part or "connect-src" in part for part in policy)
    assert "default-src 'none'" in policy


def test_a_large_file_is_sent_whole_while_others_are_answered(store, serve):
    big = store / "default" / NAME / "big"
    with open(big, "wb") as file:
        for number in range(64):
            file.write(bytes([number]) * (1 << 20))
    server = serve(store)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as slow:
        slow.sendall(f"GET /file/default/{NAME}/big HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
                     f"Cookie: {server.cookie}\r\nConnection: close\r\n\r\n".encode())
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")
        assert server.data("runs")["total"] == 1, "while the other connection takes nothing"
    status, _, body = server.get(f"/file/default/{NAME}/big")
    assert status == 200 and body == big.read_bytes()


# Data that means harm.

def test_hostile_results_are_listed_and_harm_nothing(store, serve):
    markup = "<script>alert(1)</script>\x1b[31m\u202e"
    deep = b'{"verdict":' + b"[" * 5000 + b"]" * 5000 + b"}"
    cases = [results("invalid", failures=[failure(label=markup, sentence="x" * (1 << 20))]), b"not json", b"", deep, b"[]",
             b'{"verdict":"\xff\xfe"}', json.dumps({"verdict": 7, "checks": {}, "failures": 7, "faults": [], "counts": "x"}).encode(),
             results(markup, bug=markup), results(failures=[{"signature": {}, "label": [], "sentence": 9}] * 3),
             json.dumps({f"key{number}": number for number in range(20000)}).encode()]
    for number, content in enumerate(cases):
        add_run(store, "hostile", f"20260131T1300{number:02}.000Z-{number}", content)
    server = serve(store)
    runs = server.runs()
    assert len(runs) == len(cases) + 1
    for run in runs:
        assert len(json.dumps(run)) < 10_000
        server.data(f"run/{run['scenario']}/{run['name']}")
        server.data(f"live/{run['scenario']}/{run['name']}")
    assert len(server.runs(text="ALERT(1)")) == 2
    assert server.runs(text="\x00\xff\u202e%") == []
    status, headers, _ = server.get("/api/runs")
    assert headers["content-type"] == "application/json"


def test_malformed_ledger_is_reported_as_a_sentence(store, serve):
    (store / "ledger.jsonl").write_text('{"capsize-ledger":1}\n<script>\x1b\n')
    server = serve(store)
    answer = server.data("suites")
    assert "ledger.jsonl" in answer["error"] and "\x1b" not in answer["error"]
    assert server.data("runs")["total"] == 1


def test_ten_thousand_runs_are_listed_in_pages(tmp_path, serve):
    store = tmp_path / "store"
    text = json.dumps(results()).encode()
    for number in range(10_000):
        run = store / f"s{number % 7}" / f"202601{1 + number // 2000:02}T{number // 100 % 20:02}0000.{number % 1000:03}Z-{number}"
        run.mkdir(parents=True)
        (run / "scenario.json").write_bytes(b"{}")
        (run / "results.json").write_bytes(text)
    server = serve(store)
    page = server.data("runs")
    assert page["total"] == 10_000 and len(page["runs"]) == 50
    names = [run["name"] for run in page["runs"]]
    assert names == sorted(names, reverse=True)
    # A filter that none passes reads all results, in requests that each end soon.
    query, answers = {"verdict": "invalid"}, 0
    while True:
        page = server.data("runs", **query)
        answers += 1
        assert page["runs"] == []
        if page["next"] is None:
            break
        query["before"] = page["next"]
    assert page["searched"] == 10_000 and answers < 2000


# Clients that mean harm.

def test_malformed_requests_are_refused(store, serve):
    server = serve(store)
    host = f"Host: 127.0.0.1:{server.port}\r\nCookie: {server.cookie}\r\nConnection: close\r\n"
    for head, statuses in ((f"GET / HTTP/1.1\r\n{host}X: {'a' * 20000}\r\n\r\n", (b"431", b"400")),
                           (f"GET /{'a' * 20000} HTTP/1.1\r\n{host}\r\n", (b"431", b"400")),
                           (f"GET / HTTP/1.1\r\n{host}Content-Length: 5\r\n\r\nhello", (b"400",)),
                           (f"GET / HTTP/1.1\r\n{host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", (b"400",)),
                           (f"GET /\r\n{host}\r\n", (b"400",)), ("\x16\x03\x01\x02\x00\r\n\r\n", (b"400",)),
                           (f"GET / HTTP/9.9\r\n{host}\r\n", (b"400",))):
        answer = server.raw(head.encode("latin-1"))
        assert answer.split()[1:2] and answer.split()[1] in statuses, (head[:60], answer[:80])
    assert server.get("/")[0] == 200


def test_connections_that_only_wait_do_not_keep_others_out(store, serve):
    server = serve(store)
    server.cookie
    held = []
    try:
        for _ in range(300):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
            connection.sendall(b"GET / HTTP/1.1\r\nHo")
            held.append(connection)
        assert server.data("runs")["total"] == 1
        sockets = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir()
                   if os.path.lexists(entry)]
        assert sum(1 for target in sockets if target.startswith("socket:")) <= 70
    finally:
        for connection in held:
            connection.close()


def test_a_request_that_never_ends_is_given_up(store, serve):
    server = serve(store)
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as slow:
        slow.settimeout(60)

        def dropped():
            try:
                slow.sendall(b"X")
                slow.setblocking(False)
                return slow.recv(1000) == b""
            except BlockingIOError:
                return False
            except OSError:
                return True
            finally:
                slow.setblocking(True)

        wait_for(dropped, 60, "the slow connection closed")
    assert server.get("/")[0] == 200


# Its end.

@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_nothing(store, serve, how):
    before = sorted(path.name for path in store.iterdir())
    server = serve(store)
    with socket.create_connection(("127.0.0.1", server.port)) as idle:
        idle.sendall(b"GET / HTTP")
        server.process.send_signal(how)
        server.ends()
    assert server.process.returncode == 0
    assert server.process.stderr.read() == ""
    assert sorted(path.name for path in store.iterdir()) == before


def test_after_sigkill_the_next_start_works_and_cleans_up(store, serve):
    server = serve(store, "--port", "0")
    server.process.send_signal(signal.SIGKILL)
    server.ends()
    assert server.token_file.exists()
    other = serve(store)
    second = serve(store)
    again = serve(store, "--port", str(server.port))
    assert again.token != server.token
    assert {path.name for path in store.glob(".serve-*")} == {f".serve-{each.port}" for each in (other, second, again)}
    assert again.request("/", cookie=f"capsize-{server.port}=" + server.token)[0] == 401


def test_wrong_arguments_are_usage_errors(store, serve, tmp_path):
    def refused(*arguments):
        found = subprocess.run([str(BIN / "capsize"), "serve", *map(str, arguments)], capture_output=True, text=True, timeout=60)
        return found.returncode, found.stderr

    code, text = refused("--store", tmp_path / "nowhere")
    assert code == 254 and "nowhere" in text
    code, text = refused("--store", store, "--port", "70000")
    assert code == 254 and "--port" in text
    server = serve(store)
    code, text = refused("--store", store, "--port", server.port)
    assert code == 255 and str(server.port) in text
