"""Checks recorded histories from Python, through the command `capsize check`.

    import capsize

    assert capsize.check("history.jsonl", model="register")
    assert capsize.check([{"process": 0, "type": "invoke", "f": "read", "key": "x", "value": None},
                          {"process": 0, "type": "ok", "f": "read", "key": "x", "value": 3}])

`capsize.Cluster`, also a pytest fixture (capsize/pytest_plugin.py), is a cluster into which a test
injects faults. `capsize.Model` is a custom model: a table of pure functions.

A failing assert shows the result, which explains the violation. The command is searched in the
folder CAPSIZE_BIN, then in build/bin of the source tree of this file (or in bin of the prefix that it
is installed to), then in PATH.
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from typing import Any, Iterable

from capsize._declared import Duration
from capsize.cluster import Cluster, Fault, Verdict, duration_text
from capsize.command import CapsizeError
from capsize.command import command as find_command
from capsize.model import IMPOSSIBLE, UNKNOWN, Model, judge

__all__ = ["check", "CapsizeError", "Cluster", "Duration", "Fault", "IMPOSSIBLE", "Model", "Result", "UNKNOWN",
           "Verdict"]


@dataclasses.dataclass(frozen=True)
class Result:
    """The verdict on one history. True in a condition only if the history is valid."""

    verdict: str      # valid, invalid, unknown or vacuous
    reason: str       # one line for every verdict but valid
    model: str
    violations: list[dict]  # dicts with "anomaly", "sentence", "operations", … as in `capsize check --json`
    report: dict      # the complete report

    def __bool__(self) -> bool:
        return self.verdict == "valid"

    def __repr__(self) -> str:
        lines = [f"capsize: {self.verdict}" + (f": {self.reason}" if self.reason else "")]
        for violation in self.violations:
            lines.append(f"  {violation['sentence']}")
            for operation in violation["operations"]:
                lines.append(f"    {json.dumps(operation)}")
        return "\n".join(lines)


_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def _seconds(duration):
    unit = duration.lstrip("0123456789.")
    try:
        return float(duration[:len(duration) - len(unit)]) * _UNITS[unit]
    except (KeyError, ValueError):
        raise CapsizeError(f"check_limit: found {duration!r}, expected one such as '10s'") from None


def _reading(format, names, key, clock_error, time_unit, independent, sequence, lenient):
    """Returns the arguments that describe how to read a history."""
    arguments = []
    for flag, value in (("--format", format), ("--key", key), ("--clock-error", clock_error),
                        ("--time-unit", time_unit)):
        if value is not None:
            arguments += [flag, str(value)]
    if independent is not None:
        arguments.append("--independent" if independent else "--no-independent")
    if sequence:
        arguments.append("--sequence")
    for found, name in (names or {}).items():
        arguments += ["--map", f"{found}={name}"]
    return arguments + (["--lenient"] if lenient else [])


def _run(arguments, history, after=()):
    """Runs a verb on a path, or on events passed through standard input."""
    is_path = isinstance(history, (str, os.PathLike))
    text = None if is_path else "".join(json.dumps(event) + "\n" for event in history)
    command = [find_command(), *arguments, "--", os.fspath(history) if is_path else "-", *after]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False)


def _check_custom(history, model, reading, check_limit, configurations_max):
    # The command reads every format and enforces the rules of processes.
    run = _run(["convert", "--to", "jsonl", *reading], history, after=["-"])
    if run.returncode != 0:
        raise CapsizeError(run.stderr.strip() or f"capsize ended with {run.returncode}")
    events = [event for event in map(json.loads, run.stdout.splitlines()) if "type" in event]
    try:
        verdict, reason, violations = judge(model, events, _seconds(check_limit), configurations_max)
    except KeyError as unknown_function:
        raise CapsizeError(unknown_function.args[0]) from None
    return Result(verdict, reason, model.name, violations,
                  {"verdict": verdict, "reason": reason, "model": model.name,
                   "violations": violations})


def check(history: str | os.PathLike | Iterable[dict], model: str | Model | None = None,
          format: str | None = None, check_limit: Duration = "60s", memory_limit: str = "4GiB",
          failed_cas: str | None = None, initial: Any = None, key: str | None = None,
          names: dict[str, str] | None = None, clock_error: Duration | None = None,
          time_unit: str | None = None, independent: bool | None = None, sequence: bool = False,
          lenient: bool = False, configurations_max: int = 1_000_000) -> Result:
    """Checks a file (path) or a list of events (dicts with process, type, f, key, value, …).

    `model` is a name or a custom Model. `names` maps as --map does: {"key": "k", "f.put": "write"}.
    `failed_cas` is "observes" (a failed cas observed another value than it expected), "mismatch"
    (only if its error says so) or "ignored". `time_unit` is "ns", "us", "ms" or "s"; `independent`:
    whether values are [key, value] pairs; `sequence`: the history has completions only. `initial` is
    a value; `configurations_max` bounds the search of a custom model. The other limits are those of
    `capsize check`: durations ("10s", seconds or a timedelta), sizes such as "512MiB".
    Raises CapsizeError if the history cannot be checked; if a limit is reached, the Result has the
    verdict unknown.
    """
    check_limit = duration_text(check_limit)
    clock_error = None if clock_error is None else duration_text(clock_error)
    reading = _reading(format, names, key, clock_error, time_unit, independent, sequence, lenient)
    if isinstance(model, Model):
        return _check_custom(history, model, reading, check_limit, configurations_max)
    arguments = ["check", "--json", "--check-limit", check_limit, "--memory-limit", memory_limit,
                 *reading]
    for flag, value in (("--model", model), ("--failed-cas", failed_cas)):
        if value is not None:
            arguments += [flag, value]
    if initial is not None:
        arguments += ["--initial", json.dumps(initial)]
    run = _run(arguments, history)
    try:
        report = json.loads(run.stdout)
    except ValueError:
        raise CapsizeError(run.stderr.strip() or f"capsize ended with {run.returncode}") from None
    if report["verdict"] not in ("valid", "invalid", "unknown", "vacuous"):
        raise CapsizeError(report.get("reason") or report["verdict"])
    return Result(report["verdict"], report.get("reason", ""), report.get("model", ""),
                  report.get("violations", []), report)
