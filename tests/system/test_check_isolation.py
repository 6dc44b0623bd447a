"""`capsize check` runs each file in a process of its own: what one of them takes with it when it dies."""

import json
import os
import signal

import pytest

from conftest import alive, children, wait_for


def operation(process, function, asked, answered):
    return "".join(json.dumps({"process": process, "type": kind, "f": function, "value": value}) + "\n"
                   for kind, value in (("invoke", asked), ("ok", answered)))


@pytest.fixture(name="valid")
def _valid(tmp_path):
    path = tmp_path / "valid.jsonl"
    path.write_text(operation(0, "write", 1, 1) + operation(1, "read", None, 1))
    return path


@pytest.fixture(name="stuck")
def _stuck(tmp_path):
    """A pipe without a writer: the check of it never ends by itself."""
    path = tmp_path / "stuck.jsonl"
    os.mkfifo(path)
    return path


def started_check(capsize, started, *arguments):
    process = capsize.start("check", *arguments)
    started.append(process)
    return process, wait_for(lambda: children(process.pid), 10, "the process of the first file")[0]


def test_a_crash_costs_one_file(capsize, started, stuck, valid, tmp_path):
    page = tmp_path / "page.html"
    process, child = started_check(capsize, started, "--explain", page, stuck, valid)
    os.kill(child, signal.SIGSEGV)
    output, _ = process.communicate(timeout=30)
    first, second = output.splitlines()
    assert first == f"{stuck}: harness error: the check crashed (signal 11)"
    assert second.startswith(f"{valid}: valid;")
    assert process.returncode == 255
    text = page.read_text()
    assert "harness error" in text and f"{valid.name}: valid" in text


def test_a_crash_is_an_object_with_json(capsize, started, stuck, valid):
    process, child = started_check(capsize, started, "--json", stuck, valid)
    os.kill(child, signal.SIGSEGV)
    output, _ = process.communicate(timeout=30)
    reports = [json.loads(line) for line in output.splitlines()]
    assert [report["verdict"] for report in reports] == ["harness error", "valid"]
    assert "signal 11" in reports[0]["reason"]
    assert reports[1]["peak-memory-bytes"] > 0


@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_both_at_once(capsize, started, stuck, valid, which):
    process, child = started_check(capsize, started, stuck, valid)
    process.send_signal(which)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == -which and output == ""
    wait_for(lambda: not alive(child), 10, "the end of the child")


def test_a_user_who_ends_the_child_means_the_command(capsize, started, stuck, valid):
    process, child = started_check(capsize, started, stuck, valid)
    os.kill(child, signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGINT and output == ""
