"""Checks recorded histories from Python, through the command `capsize check`.

    import capsize

    assert capsize.check("history.jsonl", model="register")
    assert capsize.check([{"process": 0, "type": "invoke", "f": "read", "key": "x", "value": None},
                          {"process": 0, "type": "ok", "f": "read", "key": "x", "value": 3}])

A failing assert shows the result, which says in words what went wrong. The command is looked for in
the folder CAPSIZE_BIN, then in build/bin of the sources this file lies in, then in PATH.
"""

import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

_SOURCES = pathlib.Path(__file__).resolve().parents[3]


class CapsizeError(Exception):
    """The history could not be judged: malformed, no model, no command. The text says what and where."""


@dataclasses.dataclass(frozen=True)
class Result:
    """The verdict on one history. True in a condition only if the history is valid."""

    verdict: str      # valid, invalid, unknown or vacuous
    reason: str       # one line for every verdict but valid
    model: str
    violations: list  # dicts with "anomaly", "sentence", "operations", …, as `capsize check --json` has them
    report: dict      # all of it

    def __bool__(self):
        return self.verdict == "valid"

    def __repr__(self):
        lines = [f"capsize: {self.verdict}" + (f": {self.reason}" if self.reason else "")]
        for violation in self.violations:
            lines.append(f"  {violation['sentence']}")
            for operation in violation["operations"]:
                lines.append(f"    {json.dumps(operation)}")
        return "\n".join(lines)


def _command():
    places = [os.environ.get("CAPSIZE_BIN"), _SOURCES / "build" / "bin"]
    for place in filter(None, places):
        command = pathlib.Path(place) / "capsize"
        if command.is_file():
            return str(command)
    command = shutil.which("capsize")
    if command is None:
        raise CapsizeError("capsize: not found in CAPSIZE_BIN, build/bin or PATH")
    return command


def check(history, model=None, format=None, check_limit="60s", memory_limit="4GiB",
          failed_cas=None):
    """Judges a file (path) or a list of events (dicts with process, type, f, key, value, …).

    Limits are those of `capsize check`: durations such as "10s", sizes such as "512MiB".
    Raises CapsizeError where there is nothing to judge; a bound that is reached is a Result with the
    verdict unknown.
    """
    is_path = isinstance(history, (str, os.PathLike))
    arguments = [_command(), "check", "--json", "--check-limit", check_limit,
                 "--memory-limit", memory_limit]
    for flag, value in (("--model", model), ("--format", format), ("--failed-cas", failed_cas)):
        if value is not None:
            arguments += [flag, value]
    text = None if is_path else "".join(json.dumps(event) + "\n" for event in history)
    arguments += ["--", os.fspath(history) if is_path else "-"]
    run = subprocess.run(arguments, input=text, capture_output=True, text=True, check=False)
    try:
        report = json.loads(run.stdout)
    except ValueError:
        raise CapsizeError(run.stderr.strip() or f"capsize ended with {run.returncode}") from None
    if report["verdict"] not in ("valid", "invalid", "unknown", "vacuous"):
        raise CapsizeError(report.get("reason") or report["verdict"])
    return Result(report["verdict"], report.get("reason", ""), report.get("model", ""),
                  report.get("violations", []), report)
