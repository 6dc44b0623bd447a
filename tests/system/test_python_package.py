"""The Python package: histories judged from a test, with one assert."""

import importlib
import os
import pathlib
import sys

import pytest

from conftest import BIN, ROOT


@pytest.fixture(name="package")
def _package(monkeypatch):
    monkeypatch.setenv("CAPSIZE_BIN", str(BIN))
    monkeypatch.syspath_prepend(str(pathlib.Path(ROOT) / "harness" / "python"))
    sys.modules.pop("capsize", None)
    return importlib.import_module("capsize")


def events(*operations):
    """One process after the other: (f, what was asked, what was answered)."""
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


def test_file_is_read_where_it_lies(package, tmp_path):
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
    monkeypatch.setattr(package, "_SOURCES", pathlib.Path(os.devnull))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(package.CapsizeError, match="not found"):
        package.check([])
