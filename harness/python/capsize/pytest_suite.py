"""Suites and scenarios as tests: `pytest --capsize-suite nightly.json --capsize-scenario figure-8.json`.

Every run of a suite is a test, `SUITE::CASE-SEED`, so `-k`, `-x`, `--lf`, `--junitxml` and `-n` of
pytest-xdist work as for any other test. Without other arguments pytest runs nothing else.

All workers of xdist must collect the same tests, so the controller draws the seed and passes it on to
them. A control with a seeded bug is one test, which tries up to three seeds and passes if one of them
catches the bug. Any verdict but valid fails a test, with its own word: vacuous and unknown prove
nothing, and a harness error says nothing about the system under test.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import tempfile
from typing import Any, Iterable, Iterator

import pytest

from capsize.command import CapsizeError, command

_VERDICTS = {0: "valid", 1: "invalid", 2: "unknown", 3: "vacuous", 254: "usage error",
             255: "harness error", 130: "interrupted"}
_BEYOND_LOAD = 300  # seconds for start, healing and checks before a run counts as hanging
_END = 60           # seconds in which an interrupted run heals and ends
_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


@dataclasses.dataclass
class Attempt:
    """A run that a test executes: a scenario with its seed."""

    seed: int
    scenario: dict | None = None        # a complete scenario file
    file: pathlib.Path | None = None    # or an existing one


def pytest_addoption(parser: Any) -> None:
    group = parser.getgroup("capsize", "Capsize: suites and scenarios as tests")
    group.addoption("--capsize-suite", action="append", default=[], metavar="SUITE",
                    help="run a suite, a file or the name of a shipped one; may be repeated")
    group.addoption("--capsize-scenario", action="append", default=[], metavar="FILE",
                    help="run a scenario file; may be repeated")
    group.addoption("--capsize-seed", type=int, default=None, metavar="N",
                    help="seed from which all seeds follow [the file's own, or drawn and printed]")
    group.addoption("--capsize-store", default=None, metavar="DIR",
                    help="directory of runs [a temporary one; what passes is removed from it]")


def pytest_configure(config: Any) -> None:
    if not _named(config):
        return
    worker = getattr(config, "workerinput", {})
    config.capsize_seed = worker.get("capsize_seed", random.SystemRandom().randrange(1, 2 ** 32))
    if not _has_paths(config):
        config.args = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Passes the drawn seed on to a worker of xdist."""
    if _named(node.config):
        node.workerinput["capsize_seed"] = node.config.capsize_seed


def _named(config: Any) -> list[str]:
    return [*config.getoption("--capsize-suite"), *config.getoption("--capsize-scenario")]


def _has_paths(config: Any) -> bool:
    """Whether the command line names tests; without, pytest would add all of the directory."""
    source = getattr(config, "args_source", None)
    if source is not None:
        return source is type(source).ARGS
    return [str(arg) for arg in config.args] != [str(config.invocation_params.dir)]


def pytest_report_header(config: Any) -> list[str]:
    return [f"capsize: seed {_seed(config, name)} of {name}" for name in _named(config)]


def _seed(config: Any, name: str) -> int:
    chosen = config.getoption("--capsize-seed")
    if chosen is not None:
        return chosen
    declared = _declared_seed(pathlib.Path(name))
    return config.capsize_seed if declared is None else declared


def _declared_seed(path: pathlib.Path) -> int | None:
    """Returns the key `seed` of a suite or scenario file, which may have comments. None: it has none,
    or cannot be read; capsize will say why."""
    try:
        text = path.read_text(encoding="utf-8")
        comment = r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/'
        seed = json.loads(re.sub(comment, r"\1", text, flags=re.DOTALL)).get("seed")
    except (OSError, ValueError, AttributeError):
        return None
    return seed if isinstance(seed, int) and not isinstance(seed, bool) else None


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: Any) -> Iterator[None]:
    """Adds the suites and scenarios to what the session collects."""
    outcome = yield
    if not isinstance(collector, pytest.Session):
        return
    report = outcome.get_result()
    if not report.passed:
        return
    added: list[Any] = []
    for name in collector.config.getoption("--capsize-suite"):
        added.append(SuiteCollector.from_parent(collector, name=_plain_name(name),
                                                nodeid=_plain_name(name), source=name))
    for name in collector.config.getoption("--capsize-scenario"):
        added.append(ScenarioCollector.from_parent(collector, name=_plain_name(name),
                                                   nodeid=_plain_name(name), source=name))
    report.result = [*(report.result or []), *added]


def _plain_name(name: str) -> str:
    return pathlib.PurePath(name).name.removesuffix(".json")


class _Collector(pytest.Collector):
    """Collects the runs of one file."""

    def __init__(self, *, source: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.source = source

    def item(self, case: str, attempts: list[Attempt], bug: str = "") -> RunItem:
        return RunItem.from_parent(self, name=f"{case}-{attempts[0].seed}", attempts=attempts, bug=bug)


class ScenarioCollector(_Collector):
    """A scenario file: one run."""

    def collect(self) -> Iterable[RunItem]:
        path = pathlib.Path(self.source).resolve()
        if not path.is_file():
            raise self.CollectError(f"{self.source}: found no file, expected a scenario")
        seed = _seed(self.config, self.source)
        yield self.item(_plain_name(self.source), [Attempt(seed, file=path)])


class SuiteCollector(_Collector):
    """A suite: its runs, in the order of `capsize suite --list-json`."""

    def collect(self) -> Iterable[RunItem]:
        controls: dict[str, list[Attempt]] = {}
        bugs: dict[str, str] = {}
        runs: list[tuple[str, list[Attempt]]] = []
        for run in self._list():
            attempt = Attempt(run["seed"], scenario=run["scenario"])
            if run["purpose"] == "bug-control":
                controls.setdefault(run["case"], []).append(attempt)
                bugs[run["case"]] = run["bug"]
            else:
                runs.append((run["case"], [attempt]))
        for case, attempts in controls.items():
            yield self.item(case, attempts, bugs[case])
        for case, attempts in runs:
            yield self.item(case, attempts)

    def _list(self) -> list[dict]:
        try:
            arguments = [command(), "suite", self.source, "--list-json",
                         "--seed", str(_seed(self.config, self.source))]
        except CapsizeError as error:
            raise self.CollectError(str(error)) from None
        listed = subprocess.run(arguments, capture_output=True, text=True, check=False)
        if listed.returncode != 0:
            raise self.CollectError(listed.stderr.strip() or f"exit code {listed.returncode}")
        return [json.loads(line) for line in listed.stdout.splitlines()]


class RunFailed(Exception):
    """A run without the verdict that it needs. The text is for people."""


class RunItem(pytest.Item):
    """One run; of a control with a seeded bug up to three."""

    def __init__(self, *, attempts: list[Attempt], bug: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.attempts = attempts
        self.bug = bug

    def runtest(self) -> None:
        if not self.bug:
            verdict, text = self._attempt(self.attempts[0])
            if verdict != "valid":
                raise RunFailed(f"{verdict}\n{text}")
            return
        texts = []
        for attempt in self.attempts:
            verdict, text = self._attempt(attempt)
            if verdict == "invalid":
                return
            texts.append(f"seed {attempt.seed}: {verdict}\n{text}")
        raise RunFailed(f"control missed: the seeded bug {self.bug} was not caught in "
                        f"{len(texts)} runs\n" + "\n".join(texts))

    def _attempt(self, attempt: Attempt) -> tuple[str, str]:
        """Executes a run. Returns its verdict, and the text that explains it."""
        store = self._new_store()
        file = attempt.file or store / f"{self.name}-{attempt.seed}.json"
        if attempt.scenario is not None:
            file.write_text(json.dumps(attempt.scenario), encoding="utf-8")
        arguments = [command(), "run", str(file), "--seed", str(attempt.seed), "--quiet",
                     "--store", str(store)]
        code, output, errors = _execute(arguments, _deadline(attempt))
        if code is None:
            return "harness error", f"no verdict within {_deadline(attempt):.0f} s\n{output}{errors}"
        verdict = _VERDICTS.get(code, f"exit code {code}")
        self.user_properties.append(("capsize-verdict", verdict))
        if verdict == "valid" and self.config.getoption("--capsize-store") is None:
            shutil.rmtree(store, ignore_errors=True)
        return verdict, explanation(output) or errors.strip()

    def _new_store(self) -> pathlib.Path:
        chosen = self.config.getoption("--capsize-store")
        if chosen is not None:
            store = pathlib.Path(chosen).resolve()
            store.mkdir(parents=True, exist_ok=True)
            return store
        factory = getattr(self.config, "_tmp_path_factory", None)
        if factory is not None:
            return factory.mktemp("capsize")
        return pathlib.Path(tempfile.mkdtemp(prefix="capsize-"))

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        if isinstance(excinfo.value, RunFailed | CapsizeError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int | None, str]:
        return pathlib.Path(self.parent.source), None, self.name


def explanation(output: str) -> str:
    """Returns the part of a run's summary that explains the verdict: violations, checks, and how to
    reproduce it. All of the output if it is no summary."""
    lines = output.splitlines()
    begin = next((i for i, line in enumerate(lines) if line.startswith("  operations ")), None)
    if begin is not None:
        begin += 1
        while begin < len(lines) and lines[begin].startswith("    "):
            begin += 1
        lines = lines[begin:]
    return "\n".join(lines).strip("\n")


def _deadline(attempt: Attempt) -> float:
    """Seconds after which a run hangs."""
    limit = str((attempt.scenario or {}).get("time-limit", ""))
    match = re.fullmatch(r"([0-9.]+)(ns|us|ms|s|m|h)", limit)
    load = float(match[1]) * _UNITS[match[2]] if match else 3600.0
    return load + _BEYOND_LOAD


def _execute(arguments: list[str], deadline: float) -> tuple[int | None, str, str]:
    """Returns exit code, standard output and standard error. Code None: it had to be killed."""
    environment = {**os.environ, "NO_COLOR": "1"}
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env=environment, errors="replace") as process:
        try:
            output, errors = process.communicate(timeout=deadline)
            return process.returncode, output, errors
        except subprocess.TimeoutExpired:
            output, errors = _end(process)
            return None, output, errors
        except BaseException:  # KeyboardInterrupt: no run outlives its test
            _end(process)
            raise


def _end(process: subprocess.Popen) -> tuple[str, str]:
    """Asks a run to heal and to end, and kills it if it does not."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=_END)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()
