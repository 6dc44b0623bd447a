"""A running `capsize serve`, and stores to serve."""

import http.client
import json
import re
import socket
import subprocess
import urllib.parse

from conftest import BIN, wait_for


class Server:
    def __init__(self, store, *arguments):
        self.store = store
        self.process = subprocess.Popen([str(BIN / "capsize"), "serve", "--store", str(store), *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line.startswith("The address"):
                break
        self.output = "".join(lines)
        found = re.search(r"^http://127\.0\.0\.1:(\d+)/\?token=([0-9a-f]{64})$", self.output, re.M)
        assert found, (self.output, self.process.stderr.read())
        self.address = found.group(0)
        self.port, self.token = int(found.group(1)), found.group(2)
        self.token_file = store / f".serve-{self.port}"
        self._cookie = None

    def raw(self, data, bound=20):
        """Sends bytes and returns all bytes of the answer."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=bound) as connection:
            connection.sendall(data)
            answer = b""
            try:
                while piece := connection.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
            return answer

    def request(self, target, method="GET", cookie=None, host=None, headers=()):
        """One request on a connection of its own: (status, headers, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
            if cookie:
                connection.putheader("Cookie", cookie)
            for name, value in headers:
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    @property
    def cookie(self):
        if self._cookie is None:
            status, headers, _ = self.request(f"/?token={self.token}")
            assert status == 303, status
            self._cookie = headers["set-cookie"].split(";")[0]
        return self._cookie

    def get(self, target, **options):
        return self.request(target, cookie=self.cookie, **options)

    def data(self, target, **query):
        text = urllib.parse.urlencode(query)
        status, _, body = self.get(f"/api/{target}" + (f"?{text}" if text else ""))
        assert status == 200, (target, status, body[:200])
        return json.loads(body)

    def runs(self, **query):
        """All runs that pass the filter, over as many requests as the server wants."""
        found = []
        while True:
            page = self.data("runs", **query)
            found += page["runs"]
            if page["next"] is None:
                return found
            query["before"] = page["next"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ends(self, bound=20):
        return wait_for(lambda: self.process.poll() is not None, bound, "the end of the server")


def add_run(store, scenario, name, results=None, files=()):
    """A run directory as a run leaves it."""
    run = store / scenario / name
    run.mkdir(parents=True)
    run.chmod(0o700)
    (run / "scenario.json").write_text(json.dumps({"name": "default", "seed": 1}))
    if results is not None:
        (run / "results.json").write_bytes(results if isinstance(results, bytes) else json.dumps(results).encode())
    for path, content in dict(files).items():
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        (run / path).write_bytes(content)
    return run


def results(verdict="valid", **more):
    return {"capsize-results": 1, "verdict": verdict, "checks": [{"name": "live", "verdict": verdict}], "failures": [],
            "counts": {"all": {"ok": 5, "fail": 1, "info": 0}}, **more}


def failure(label="stale read", signature="0123456789abcdef", sentence="a read returned an old value"):
    return {"signature": signature, "check": "linearizable", "anomaly": "stale read", "label": label,
            "sentence": sentence, "faults": ["cut"], "count": 1, "at-ms": 200}
