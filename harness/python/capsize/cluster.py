"""A cluster of real processes into which a test injects faults; checked when the test ends.

    with capsize.Cluster(nodes=5) as cluster:
        old = cluster.cut("leader")
        cluster.wait("leader")                      # another node
        with cluster.pause("leader"):
            cluster.wait("acknowledged", count=100)
        old.heal()
        assert cluster.verdict()

Clients read and write continuously. Every kind of fault of `capsize list faults` is a method
(`cluster.torn_write("n1", keep=0.5)`, `help(capsize.Cluster)`), and a test can wait for every anchor
of nemesis/README.md. The faults run in the same engine as those of a scenario file, and are logged
in the same way. A duration is a text such as "500ms", a number of seconds, or a timedelta.
"""

from __future__ import annotations

import dataclasses
import datetime
import itertools
import json
import os
import pathlib
import queue
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from capsize._declared import DURATIONS as _DURATIONS
from capsize._declared import OPTIONS, Duration, FaultKeys, Faults, Only, Options, Target
from capsize.command import CapsizeError, command

if TYPE_CHECKING:
    from typing_extensions import Unpack

_REPLY_TIMEOUT = 60  # seconds; far longer than a fault waits for eligible nodes


def duration_text(value: Duration) -> str:
    """Converts seconds or a timedelta to a text such as "500ms"; returns a text unchanged."""
    if isinstance(value, datetime.timedelta):
        value = value.total_seconds()
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise CapsizeError(f"found {value!r}, expected a duration: '500ms', seconds or a timedelta")
    return value if isinstance(value, str) else f"{value}s"


def _plain(value: Any) -> Any:
    """Converts a value for JSON: timedeltas become texts, also in lists."""
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return duration_text(value) if isinstance(value, datetime.timedelta) else value


def _seconds_as_text(value: Any) -> Any:
    """Converts a duration, or a range of two."""
    if isinstance(value, (list, tuple)):
        return [duration_text(item) for item in value]
    return duration_text(value)


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The verdicts of a run's checks. True in a condition only if the run is valid."""

    verdict: str             # valid, invalid, unknown or vacuous
    checks: dict[str, dict]  # name -> {"verdict": …, "explanation": …}
    directory: pathlib.Path  # history, faults, traces, results
    results: dict            # all of results.json

    def __bool__(self) -> bool:
        return self.verdict == "valid"

    def __repr__(self) -> str:
        lines = [f"capsize: {self.verdict}, {self.directory}"]
        lines += [f"  {name}: {check['verdict']} {check.get('explanation', '')}".rstrip()
                  for name, check in self.checks.items() if check["verdict"] != "valid"]
        return "\n".join(lines)


class Fault:
    """A fault that is active until heal() or the end of a `with` block."""

    label: str             # other faults refer to it by this
    nodes: list[str]       # its targets
    evidence: dict         # what proves that it took effect

    def __init__(self, cluster: Cluster, kind: str, begun: dict) -> None:
        self._cluster = cluster
        self.kind = kind
        self.label = begun["label"]
        self.nodes = begun["nodes"]
        self.evidence = begun["evidence"]
        self.ended: dict | None = None

    def heal(self) -> dict:
        """Heals the fault and returns its evidence. Raises CapsizeError if that proves no effect."""
        if self.ended is None:
            self.ended = self._cluster._request({"end": self.label})
            self.evidence = self.ended["evidence"]
            if self.ended["state"] != "installed":
                raise CapsizeError(f"{self.label}: {self.ended['state']}: {self.ended.get('reason')}")
        return self.evidence

    def __repr__(self) -> str:
        state = "active" if self.ended is None else f"ended, {self.ended['state']}"
        return f"<Fault {self.kind} {self.label!r} on {', '.join(self.nodes) or 'links'}: {state}>"

    def __enter__(self) -> Fault:
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()


def _arguments(options: dict[str, Any]) -> list[str]:
    """Returns the options as flags of `capsize run`."""
    arguments = []
    for name, value in options.items():
        if name not in OPTIONS:
            raise CapsizeError(f"option {name!r}: unknown, expected some of: {', '.join(sorted(OPTIONS))}")
        if "Duration" in str(Options.__annotations__[name]):
            value = duration_text(value)
        if name == "nemesis" and not isinstance(value, str):
            value = ",".join(value) or "none"
        for item in value if isinstance(value, (list, tuple)) else [value]:
            arguments.append(f"--{name.replace('_', '-')}={item}")
    return arguments


class Cluster(Faults):
    """A running cluster under load, as a context manager. Options are those of `capsize run`
    (capsize._declared.Options): nodes, workload, rate, seed, bug, node_arg (a list), …"""

    def __init__(self, store: str | os.PathLike = "store", time_limit: Duration = "1h",
                 **options: Unpack[Options]) -> None:
        self._store = os.fspath(store)
        arguments = [command(), "run", "--interactive", "--quiet", "--store", self._store,
                     "--time-limit", duration_text(time_limit),
                     *_arguments({"nemesis": "none", **options})]
        self._begun: list[Fault] = []
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
        self._numbers = itertools.count(1)
        self._answers: queue.Queue = queue.Queue()
        self._verdict: Verdict | None = None
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.wait("acknowledged", within="20s")
        except CapsizeError:
            self.close()
            raise

    def __repr__(self) -> str:
        state = "running" if self._process.poll() is None else "ended"
        if self._verdict is not None:
            state = f"verdict {self._verdict.verdict}"
        active = [f"{fault.kind} on {', '.join(fault.nodes) or 'links'}" for fault in self._begun
                  if fault.ended is None and state == "running"]
        return f"<Cluster {state}, store {self._store!r}, faults active: {'; '.join(active) or 'none'}>"

    def _read(self):
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)  # the run has ended

    def _next(self, timeout):
        try:
            answer = self._answers.get(timeout=timeout)
        except queue.Empty:
            raise CapsizeError(f"no reply within {timeout} s") from None
        if answer is None:
            self._answers.put(None)
            why = self._process.stderr.read().strip() or f"exit code {self._process.wait()}"
            raise CapsizeError(f"the run has ended: {why}")
        return answer

    def _request(self, request, timeout=_REPLY_TIMEOUT):
        number = next(self._numbers)
        try:
            self._process.stdin.write(json.dumps({"id": number, **request}) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # the process has ended: _next() raises the reason
        answer = self._next(timeout)
        while answer.get("id") != number:
            answer = self._next(timeout)
        if "error" in answer:
            raise CapsizeError(answer["error"])
        return answer

    def begin(self, kind: str, target: Target = "one", *, peers: Target | None = None,
              only: Only | None = None, hold: Duration | None = None, **more: Any) -> Fault:
        """Begins a fault of any kind and returns it. The methods named after kinds do the same for theirs.

        Keywords that are no key of a scenario's fault are parameters of the kind. `only` is a message
        type or an object (nemesis/proxy/PROTOCOL.md). Raises CapsizeError if the fault is skipped,
        because no eligible nodes were found in time.
        """
        keys: dict[str, Any] = {"peers": peers, "only": only, "hold": hold}
        params = {}
        for name, value in more.items():
            name = name.replace("_", "-")
            known = name in ("label", "when", "after", "until", "within", "beyond-minority")
            (keys if known else params)[name] = value
        return self._request_fault(kind, target, params, keys)

    def _begin(self, kind: str, target: Target, peers: Target | None, params: dict[str, Any],
               keys: FaultKeys) -> Fault:
        unknown = keys.keys() - FaultKeys.__annotations__.keys()
        if unknown:
            known = sorted([*(name.replace("-", "_") for name in params), *FaultKeys.__annotations__])
            raise TypeError(f"{kind}: found the argument {min(unknown)!r}, expected one of: {', '.join(known)}")
        return self._request_fault(kind, target, params, {"peers": peers, **keys})

    def _request_fault(self, kind: str, target: Target, params: dict[str, Any], keys: dict[str, Any]) -> Fault:
        fault: dict[str, Any] = {"kind": kind, "target": target}
        for name, value in keys.items():
            if value is None:
                continue
            if name == "only" and isinstance(value, str):
                value = {"types": [value]}
            fault[name] = _seconds_as_text(value) if name in ("hold", "after", "within") else value
        params = {name: _plain(value) for name, value in params.items() if value is not None}
        for name in _DURATIONS.get(kind, frozenset()) & params.keys():
            params[name] = duration_text(params[name])
        if params:
            fault["params"] = params
        begun = self._request({"begin": fault})
        if begun["state"] == "skipped":
            raise CapsizeError(f"{kind}: skipped: {begun.get('reason')}")
        self._begun.append(Fault(self, kind, begun))
        return self._begun[-1]

    def cut(self, target: Target = "leader", peers: Target | None = None, **more: Any) -> Fault:
        """Cuts nodes off from the rest; with two names, cuts the links between them.

        direction: "both", "inbound" (messages to the nodes) or "outbound" (from them) ["both"]
        """
        return super().cut(target, peers, **more)

    if not TYPE_CHECKING:  # kinds newer than _declared.py; type checkers see only the declared ones

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            kind = name.replace("_", "-")
            return lambda target="one", **more: self.begin(kind, target, **more)

    def wait(self, anchor: str, within: Duration = "10s", **parameters: Any) -> float:
        """Waits for an anchor. Returns the time until it fired, in milliseconds. Raises CapsizeError if
        it does not fire in time."""
        names = {name.replace("_", "-"): _plain(value) for name, value in parameters.items()}
        answer = self._request({"wait": {anchor: names}, "within": duration_text(within)}, timeout=3600)
        if not answer["fired"]:
            raise CapsizeError(f"{anchor}: not within {duration_text(within)}")
        return answer["after-ms"]

    def view(self) -> dict:
        """Returns leader, term, members, acknowledged, and for each node running, paused, writes."""
        return self._request({"view": True})

    @property
    def leader(self) -> str | None:
        """The name of the current leader, if known."""
        return self.view()["leader"]

    def verdict(self) -> Verdict:
        """Stops the workload, heals all faults, and checks what the clients observed."""
        if self._verdict is None:
            self._request({"finish": True})
            answer = self._next(600)
            while "verdict" not in answer:
                answer = self._next(600)
            self._process.wait(timeout=60)
            if answer["harness-error"]:
                raise CapsizeError(answer["harness-error"])
            directory = pathlib.Path(answer["directory"])
            results = json.loads((directory / "results.json").read_text())
            checks = {check["name"]: check for check in results["checks"]}
            self._verdict = Verdict(answer["verdict"], checks, directory, results)
        return self._verdict

    def close(self) -> None:
        """Ends the run, checked or not; no process remains."""
        if self._process.poll() is None:
            self._process.stdin.close()  # end of input ends the run
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
