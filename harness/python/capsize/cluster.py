"""A cluster of real processes that a test breaks as it likes, judged when the test is over.

    with capsize.Cluster(nodes=5) as cluster:
        old = cluster.cut("leader")
        cluster.wait("leader")                      # somebody else
        with cluster.pause("leader"):
            cluster.wait("acknowledged", count=100)
        old.heal()
        assert cluster.verdict()

Clients write and read all the time. Every kind of fault of `capsize list faults` is a method
(`cluster.torn_write("n1", keep=0.5)`), every anchor of nemesis/README.md something to wait for. The
faults go through the same engine as those of a scenario file, and are recorded in the same way.
"""

import dataclasses
import itertools
import json
import os
import pathlib
import queue
import subprocess
import threading

from capsize.command import CapsizeError, command

_ANSWER_BOUND = 60  # seconds; a fault waits for its candidate much shorter than that


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What the checks of a run said. True in a condition only if the run is valid."""

    verdict: str             # valid, invalid, unknown or vacuous
    checks: dict             # name -> {"verdict": …, "explanation": …}
    directory: pathlib.Path  # history, faults, traces, results
    results: dict            # all of results.json

    def __bool__(self):
        return self.verdict == "valid"

    def __repr__(self):
        lines = [f"capsize: {self.verdict}, {self.directory}"]
        lines += [f"  {name}: {check['verdict']} {check.get('explanation', '')}".rstrip()
                  for name, check in self.checks.items() if check["verdict"] != "valid"]
        return "\n".join(lines)


class Fault:
    """A fault that holds until it is healed: by hand, or at the end of a `with`."""

    def __init__(self, cluster, begun):
        self._cluster = cluster
        self.label = begun["label"]
        self.nodes = begun["nodes"]
        self.evidence = begun["evidence"]
        self.ended = None

    def heal(self):
        """Heals it and returns its evidence. Raises CapsizeError if it cannot be shown to have bitten."""
        if self.ended is None:
            self.ended = self._cluster._ask({"end": self.label})
            self.evidence = self.ended["evidence"]
            if self.ended["state"] != "installed":
                raise CapsizeError(f"{self.label}: {self.ended['state']}: {self.ended.get('reason')}")
        return self.evidence

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.heal()


class Cluster:
    """A running cluster under load. Options are those of `capsize run`: nodes, workload, rate, seed,
    bug, node_arg (a list), … with underscores; a duration is a text such as "500ms"."""

    def __init__(self, store="store", time_limit="1h", **options):
        arguments = [command(), "run", "--steer", "--quiet", "--nemesis", "none", "--store",
                     os.fspath(store), "--time-limit", time_limit]
        for name, value in options.items():
            for item in value if isinstance(value, (list, tuple)) else [value]:
                arguments.append(f"--{name.replace('_', '-')}={item}")
        self._process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.PIPE, text=True)
        self._numbers = itertools.count(1)
        self._answers = queue.Queue()
        self._verdict = None
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.wait("acknowledged", within="20s")
        except CapsizeError:
            self.close()
            raise

    def _read(self):
        for line in self._process.stdout:
            self._answers.put(json.loads(line))
        self._answers.put(None)  # it has ended

    def _next(self, bound):
        try:
            answer = self._answers.get(timeout=bound)
        except queue.Empty:
            raise CapsizeError(f"no answer within {bound} s") from None
        if answer is None:
            self._answers.put(None)
            why = self._process.stderr.read().strip() or f"exit code {self._process.wait()}"
            raise CapsizeError(f"the run has ended: {why}")
        return answer

    def _ask(self, request, bound=_ANSWER_BOUND):
        number = next(self._numbers)
        try:
            self._process.stdin.write(json.dumps({"id": number, **request}) + "\n")
            self._process.stdin.flush()
        except OSError:
            pass  # it is gone: the next answer says why
        answer = self._next(bound)
        while answer.get("id") != number:
            answer = self._next(bound)
        if "error" in answer:
            raise CapsizeError(answer["error"])
        return answer

    def begin(self, kind, target="one", *, peers=None, only=None, hold=None, **more):
        """Begins a fault and returns it. What is no key of a scenario's fault is a parameter.

        `only` is a message type or an object (nemesis/proxy/PROTOCOL.md). Raises CapsizeError if the
        fault is skipped: no candidate was found in time.
        """
        fault = {"kind": kind, "target": target}
        if only is not None:
            fault["only"] = {"types": [only]} if isinstance(only, str) else only
        fault.update({name: value for name, value in (("peers", peers), ("hold", hold))
                      if value is not None})
        for name, value in more.items():
            name = name.replace("_", "-")
            if name in ("label", "when", "after", "until", "within", "beyond-minority"):
                fault[name] = value
            else:
                fault.setdefault("params", {})[name] = value
        begun = self._ask({"begin": fault})
        if begun["state"] == "skipped":
            raise CapsizeError(f"{kind}: skipped: {begun.get('reason')}")
        return Fault(self, begun)

    def cut(self, target="leader", peers=None, **more):
        """Cuts nodes from the rest, or, with two names, the links between these."""
        return self.begin("cut", target, peers=peers, **more)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        kind = name.replace("_", "-")
        return lambda target="one", **more: self.begin(kind, target, **more)

    def wait(self, anchor, within="10s", **parameters):
        """Waits for an anchor; returns how long that took, in milliseconds. Raises CapsizeError if it
        does not fire in time."""
        names = {name.replace("_", "-"): value for name, value in parameters.items()}
        answer = self._ask({"wait": {anchor: names}, "within": within}, bound=3600)
        if not answer["fired"]:
            raise CapsizeError(f"{anchor}: not within {within}")
        return answer["after-ms"]

    def view(self):
        """leader, term, members, acknowledged, and of each node running, paused, writes."""
        return self._ask({"view": True})

    @property
    def leader(self):
        return self.view()["leader"]

    def verdict(self):
        """Ends the load, heals everything, and judges what the clients saw."""
        if self._verdict is None:
            self._ask({"finish": True})
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

    def close(self):
        """Ends the run, judged or not; nothing of it stays."""
        if self._process.poll() is None:
            self._process.stdin.close()  # the run ends when nobody steers it
            try:
                self._process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
