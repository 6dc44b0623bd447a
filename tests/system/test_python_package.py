"""The Python package: checks histories from a test, with one assert."""

import datetime
import importlib
import inspect
import os
import pathlib
import subprocess
import sys
import tomllib

import pytest

from conftest import BIN, ROOT


@pytest.fixture(name="package")
def _package(monkeypatch):
    monkeypatch.setenv("CAPSIZE_BIN", str(BIN))
    monkeypatch.syspath_prepend(str(pathlib.Path(ROOT) / "harness" / "python"))
    for name in [name for name in sys.modules if name.split(".")[0] == "capsize"]:
        sys.modules.pop(name)
    return importlib.import_module("capsize")


def events(*operations):
    """Sequential operations, each of its own process: (f, input, output)."""
    for process, (function, asked, answered) in enumerate(operations):
        common = {"process": process, "f": function, "key": "x"}
        yield {**common, "type": "invoke", "value": asked}
        yield {**common, "type": "ok", "value": answered}


def test_legal_events_are_true(package):
    assert package.check(list(events(("write", 1, 1), ("read", None, 1))), model="register")


def test_stale_read_is_false_and_says_so(package):
    result = package.check(list(events(("write", 1, 1), ("write", 2, 2), ("read", None, 2),
                                       ("read", None, 1))), model="register")
    assert not result
    assert result.verdict == "invalid"
    assert "stale read" in repr(result) and result.violations[0]["operations"]


def test_file_is_read_in_place(package, tmp_path):
    history = tmp_path / "history.edn"
    history.write_text("{:process 0 :type :invoke :f :acquire :value nil}\n"
                       "{:process 0 :type :ok :f :acquire :value nil}\n", encoding="utf-8")
    result = package.check(history)
    assert result and result.model == "mutex"


def test_malformed_history_raises_with_its_place(package, tmp_path):
    history = tmp_path / "broken.jsonl"
    history.write_text('{"process":0}\n')
    with pytest.raises(package.CapsizeError, match="broken.jsonl:1"):
        package.check(history)


def test_missing_command_is_named(package, monkeypatch):
    monkeypatch.setenv("CAPSIZE_BIN", os.devnull)
    monkeypatch.setattr("capsize.command._SOURCES", pathlib.Path(os.devnull))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(package.CapsizeError, match="not found"):
        package.check([])


def test_names_and_initial_value_are_passed_on(package):
    history = [{"client": 1, "type": kind, "f": "get", "k": "x", "value": 7 if kind == "ok" else None}
               for kind in ("invoke", "ok")]
    names = {"process": "client", "key": "k", "f.get": "read"}
    assert package.check(history, model="register", names=names, initial=7)
    assert not package.check(history, model="register", names=names)


def test_time_unit_independent_and_sequence_are_passed_on(package):
    history = [{"f": "write", "value": 1, "start": 0.25, "end": 0.5},
               {"f": "read", "value": 2, "start": 0.75, "end": 1.0}]
    with pytest.raises(package.CapsizeError, match="--time-unit"):
        package.check(history)
    assert package.check(history, time_unit="s").verdict == "invalid"
    completions = [{"process": 1, "type": "ok", "f": f, "value": ["a", 1]} for f in ("write", "read")]
    with pytest.raises(package.CapsizeError, match="--sequence"):
        package.check(completions)
    assert package.check(completions, sequence=True, independent=True)
    assert package.check(completions, sequence=True, independent=False)


def register(package):
    """A register, as a user would write it."""
    def read(state, _asked, answered):
        return state if answered in (state, package.UNKNOWN) else package.IMPOSSIBLE
    return package.Model(initial=None, functions={"read": read,
                                                  "write": lambda _state, asked, _answered: asked})


def test_custom_model_of_a_queue(package):
    queue = package.Model(initial=(), functions={
        "enqueue": lambda state, asked, _answered: state + (asked,),
        "dequeue": lambda state, _asked, answered:
            state[1:] if state and answered in (state[0], package.UNKNOWN) else package.IMPOSSIBLE,
    })
    first_out = [("enqueue", 1, None), ("enqueue", 2, None), ("dequeue", None, 1)]
    assert package.check(list(events(*first_out)), model=queue)
    result = package.check(list(events(*first_out, ("dequeue", None, 1))), model=queue)
    assert result.verdict == "invalid"
    assert "dequeue of process 3 returned 1" in repr(result)


# The same verdicts as the command, on histories with open operations and injected anomalies.
@pytest.mark.parametrize("arguments", [
    ["--anomaly", "stale-read"], ["--anomaly", "unwritten-read"], [],
    ["--indeterminate", "0.3", "--failed", "0.2"], ["--indeterminate", "0.3", "--values", "2"]])
def test_custom_model_agrees_with_the_built_in_one(package, capsize, tmp_path, arguments):
    history = tmp_path / "history.jsonl"
    for seed in range(3):
        run = capsize("generate", "--operations", 60, "--clients", 4, "--keys", 2, "--seed", seed,
                      *arguments)
        if run.returncode != 0:
            continue  # no occasion for the anomaly
        history.write_text(run.stdout)
        built_in = package.check(history)
        assert package.check(history, model=register(package)).verdict == built_in.verdict
        assert built_in.verdict == ("invalid" if "--anomaly" in arguments else "valid")


def test_custom_model_has_bounds_and_names_them(package, capsize, tmp_path):
    history = tmp_path / "history.jsonl"
    history.write_text(capsize("generate", "--operations", 200).stdout)
    result = package.check(history, model=register(package), configurations_max=10)
    assert result.verdict == "unknown" and "configurations" in result.reason


def test_function_unknown_to_the_custom_model(package):
    with pytest.raises(package.CapsizeError, match="found function 'cas', expected those of the model"):
        package.check(list(events(("cas", [1, 2], [1, 2]))), model=register(package))


PYTHON = ROOT / "harness" / "python"


def test_generated_declarations_match_the_command():
    run = subprocess.run([sys.executable, PYTHON / "generate.py", "--check"], capture_output=True, text=True,
                         env={**os.environ, "CAPSIZE_BIN": str(BIN)}, check=False)
    assert run.returncode == 0, run.stderr


def test_faults_are_methods_with_types_and_documentation(package, capsize):
    kinds = [line.split()[0] for line in capsize("list", "faults").stdout.splitlines() if line[0] != " "]
    for kind in kinds:
        method = getattr(package.Cluster, kind.replace("-", "_"))
        assert inspect.isfunction(method) and len(method.__doc__) > 20, kind
        assert all(p.annotation is not p.empty for p in inspect.signature(method).parameters.values()
                   if p.name != "self"), kind
    assert "keep" in package.Cluster.torn_write.__doc__


def test_everything_public_is_typed(package):
    assert (PYTHON / "capsize" / "py.typed").exists()
    for function in (package.check, package.Cluster.__init__, package.Cluster.begin, package.Cluster.wait,
                     package.Cluster.verdict, package.Fault.heal):
        signature = inspect.signature(function)
        assert signature.return_annotation is not signature.empty, function
        assert all(p.annotation is not p.empty for p in signature.parameters.values() if p.name != "self")


def test_limits_are_texts_seconds_or_timedeltas(package):
    history = list(events(("write", 1, 1)))
    for limit in ("9s", 9, 0.5, datetime.timedelta(seconds=9)):
        assert package.check(history, model="register", check_limit=limit, clock_error=0.001)
        assert package.check(history, model=register(package), check_limit=limit)
    with pytest.raises(package.CapsizeError, match="expected a duration"):
        package.check(history, check_limit=[1])


def run_pytest(tmp_path, text, *arguments):
    (tmp_path / "test_it.py").write_text(text)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", tmp_path / "base",
         *arguments, tmp_path / "test_it.py"], capture_output=True, text=True, cwd=tmp_path, check=False,
        env={**os.environ, "PYTHONPATH": str(PYTHON), "CAPSIZE_BIN": str(BIN)})


def test_plugin_is_found_without_an_option(tmp_path):
    for arguments in ([], ["-p", "capsize.pytest_plugin"]):
        run = run_pytest(tmp_path, "def test_it(capsize_cluster):\n    assert capsize_cluster\n", *arguments)
        assert run.returncode == 0, run.stdout + run.stderr


def test_entry_point_and_version_are_those_of_the_project():
    project = tomllib.loads((PYTHON / "pyproject.toml").read_text())["project"]
    (metadata,) = PYTHON.glob("*.dist-info")
    assert metadata.name == f"capsize-{project['version']}.dist-info"
    assert f"Version: {project['version']}\n" in (metadata / "METADATA").read_text()
    entries = (metadata / "entry_points.txt").read_text().splitlines()
    assert entries == ["[pytest11]"] + [f"{k} = {v}" for k, v in project["entry-points"]["pytest11"].items()]


VACUOUS = """
def test_vacuous(capsize_cluster):
    cluster = capsize_cluster(nodes=1, time_limit="1h", rate=1{expect})
    cluster.verdict()
"""


def test_vacuous_fails_a_test_that_did_not_expect_it(tmp_path):
    run = run_pytest(tmp_path, VACUOUS.format(expect=""))
    assert run.returncode == 1 and "expected valid, found:" in run.stdout, run.stdout
    assert "capsize: vacuous" in run.stdout and "coverage: vacuous" in run.stdout
    run = run_pytest(tmp_path, VACUOUS.format(expect=", expect=('valid', 'vacuous')"))
    assert run.returncode == 0, run.stdout
    run = run_pytest(tmp_path, VACUOUS.format(expect=", expect='vacous'"))
    assert run.returncode == 1 and "found 'vacous', expected some of: valid" in run.stdout
