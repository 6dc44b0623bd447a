"""What `capsize check` writes beside its verdict: a legal order, a page, and verdicts while a file grows."""

import json
import shutil
import signal
import subprocess
import time

import pytest

from conftest import wait_for


def line(process, kind, function, value):
    return json.dumps({"process": process, "type": kind, "f": function, "key": "x",
                       "value": value}) + "\n"


def operation(process, function, asked, answered):
    return line(process, "invoke", function, asked) + line(process, "ok", function, answered)


@pytest.fixture(name="valid")
def _valid(tmp_path):
    path = tmp_path / "valid.jsonl"
    path.write_text(line(0, "invoke", "write", 1) + operation(1, "write", 2, 2)
                    + operation(2, "read", None, 2) + line(0, "ok", "write", 1)
                    + operation(2, "read", None, 1) + operation(1, "read", None, 1))
    return path


@pytest.fixture(name="stale")
def _stale(tmp_path):
    path = tmp_path / "stale.jsonl"
    path.write_text(operation(0, "write", "<script>document.title='x'</script>",
                              "<script>document.title='x'</script>")
                    + operation(0, "write", "new", "new") + operation(1, "read", None, "new")
                    + operation(2, "read", None, "<script>document.title='x'</script>"))
    return path


def test_a_linearization_is_a_legal_order_that_verifies(capsize, valid, tmp_path):
    linearization = tmp_path / "linearization.jsonl"
    assert capsize("check", "--model", "register", "--linearization", linearization, valid).returncode == 0
    order = [json.loads(text) for text in linearization.read_text().splitlines()]
    assert order[0]["capsize-linearization"] == 1 and order[0]["operations"] == len(order) - 1 == 5
    assert capsize("check", "--model", "register", "--verify-linearization", linearization,
                   valid).returncode == 0


def test_an_order_that_is_none_does_not_verify(capsize, valid, tmp_path):
    linearization = tmp_path / "linearization.jsonl"
    assert capsize("check", "--model", "register", "--linearization", linearization, valid).returncode == 0
    head, first, *rest = linearization.read_text().splitlines()
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("\n".join([head, *rest, first]) + "\n")
    run = capsize("check", "--model", "register", "--verify-linearization", wrong, valid)
    assert run.returncode == 1, run.stdout + run.stderr


def test_the_names_of_earlier_releases_are_still_read(capsize, valid, tmp_path):
    order = tmp_path / "order.jsonl"
    assert capsize("check", "--model", "register", "--witness", order, valid).returncode == 0
    order.write_text(order.read_text().replace("capsize-linearization", "capsize-witness"))
    assert capsize("check", "--model", "register", "--verify-witness", order, valid).returncode == 0
    assert "witness" not in capsize("check", "--help").stdout


def test_an_invalid_history_has_no_linearization(capsize, stale, tmp_path):
    linearization = tmp_path / "linearization.jsonl"
    assert capsize("check", "--model", "register", "--linearization", linearization, stale).returncode == 1
    assert not linearization.exists()


def test_the_page_shows_the_operations_in_a_browser_and_escapes_what_is_hostile(capsize, stale,
                                                                               tmp_path):
    page = tmp_path / "why.html"
    assert capsize("check", "--model", "register", "--explain", page, stale).returncode == 1
    chromium = shutil.which("chromium")
    assert chromium, "scripts/setup installs it"
    dom = subprocess.run([chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
                          f"--user-data-dir={tmp_path / 'profile'}", page.as_uri()],
                         capture_output=True, text=True, timeout=60, check=True).stdout
    assert "stale read" in dom
    assert "process 2" in dom and "<svg" in dom
    title = dom[dom.index("<title>") + len("<title>"):dom.index("</title>")]
    assert title != "x", "a value of the history was executed"
    assert "&lt;script&gt;document.title" in dom
    assert "<script>document.title" not in dom


@pytest.mark.parametrize("where, reason", [("gone/linearization.jsonl", "No such file or directory"), ("", "Is a directory")])
def test_a_linearization_that_cannot_be_written_is_an_error_after_the_verdict(capsize, valid, tmp_path, where, reason):
    run = capsize("check", "--model", "register", "--linearization", tmp_path / where, valid)
    assert run.returncode == 254 and "valid;" in run.stdout
    assert "--linearization: " in run.stderr and run.stderr.endswith(f": {reason}\n")


def test_follow_says_so_as_soon_as_the_prefix_is_wrong(capsize, started, tmp_path):
    path = tmp_path / "growing.jsonl"
    path.write_text(operation(0, "write", 1, 1) + operation(0, "write", 2, 2))
    # Held open, as a recorder does: the file is still being written when the check begins.
    with open(path, "a", encoding="utf-8") as recorder:
        process = capsize.start("check", "--model", "register", "--follow", path)
        started.append(process)
        recorder.write(operation(1, "read", None, 1))
        recorder.flush()
        wait_for(lambda: process.poll() is not None, 10, "a verdict on the prefix")
    output, _ = process.communicate()
    # In what there is so far no operation shows which: the same name as of a file that ends here.
    assert process.returncode == 1 and "stale read or lost write" in output
    assert "stale read or lost write" in capsize("check", "--model", "register", path).stdout


def test_follow_of_a_pipe_ends_with_it(capsize, started, valid):
    process = subprocess.Popen(capsize.command("check", "--model", "register", "--follow", "-"),
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    started.append(process)
    output, _ = process.communicate(valid.read_text(), timeout=30)
    assert process.returncode == 0 and "valid" in output


def follow_until_it_waits(capsize, started, path):
    process = subprocess.Popen(capsize.command("check", "--model", "register", "--follow", path),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    started.append(process)
    return process, process.stderr.readline()


def test_follow_waits_for_a_file_that_does_not_exist_yet(capsize, started, valid, tmp_path):
    path = tmp_path / "later.jsonl"
    process, said = follow_until_it_waits(capsize, started, path)
    assert said == f"capsize: waiting: {path} does not exist yet\n"
    valid.rename(path)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 0 and "valid" in output and errors == ""


def test_follow_that_waits_ends_when_interrupted(capsize, started, tmp_path):
    path = tmp_path / "never.jsonl"
    process, _ = follow_until_it_waits(capsize, started, path)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 130 and "vacuous" in output and errors == ""


def test_the_hardest_history_ends_at_its_bounds_with_the_reason(capsize, tmp_path):
    """Eighty clients, twenty values: how long it takes exactly is measured by scripts/bench-checker."""
    hard = tmp_path / "hard.jsonl"
    hard.write_text(capsize("generate", "--operations", 50_000, "--clients", 80, "--values", 20, "--cas", 0.3,
                            "--indeterminate", 0.05).stdout)
    begin = time.monotonic()
    run = capsize("check", "--json", "--model", "cas-register", "--check-limit", "1s", "--memory-limit", "128MiB",
                  hard)
    assert run.returncode == 2
    report = json.loads(run.stdout)
    assert report["verdict"] == "unknown" and report["peak-memory-bytes"] < 128 << 20
    assert "key k0" in report["reason"] and "bound" in report["reason"] and "open" in report["reason"]
    assert time.monotonic() - begin < 20, "a bound of one second, on a machine that does other things too"
