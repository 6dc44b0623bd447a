"""The output of a run on a terminal: progress within its width, colours, and the summary."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import termios

import pytest

from conftest import ROOT, wait_for

ARGUMENTS = ["run", "--nemesis", "none", "--time-limit", "1s", "--rate", "200", "--seed", "4"]


def on_terminal(command, columns, **environment):
    """Returns all output of a command on a terminal of this width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    env = {**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **environment}
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    output = b""
    try:
        while block := os.read(ours, 65536):
            output += block
    except OSError:  # the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=60)
    return output.decode()


@pytest.mark.parametrize("columns", [30, 132])
def test_progress_fits_the_width_of_the_terminal(capsize, columns):
    text = on_terminal(capsize.command(*ARGUMENTS), columns)
    lines = re.findall(r"\r\x1b\[K([^\r\n]*)", text)
    assert lines and all(len(line) < columns for line in lines), lines
    assert any(" ok" in line for line in lines)


def test_colours_are_for_terminals_only_and_respect_no_color(capsize):
    assert "default: \x1b[32mvalid\x1b[0m" in on_terminal(capsize.command(*ARGUMENTS, "--quiet"), 80)
    assert "\x1b[3" not in on_terminal(capsize.command(*ARGUMENTS, "--quiet"), 80, NO_COLOR="1")
    assert "\x1b" not in capsize(*ARGUMENTS, "--quiet").stdout


def test_a_full_standard_error_does_not_change_the_verdict(capsize):
    for target in ["2>/dev/full", "2>&-"]:
        run = subprocess.run(["sh", "-c", f'"$@" {target}', "sh", *capsize.command(*ARGUMENTS)],
                             capture_output=True, text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stdout


def test_after_an_interrupt_skipped_faults_are_one_line(capsize, started):
    process = capsize.start("run", "--time-limit", "600s", "--nodes", "3", "--quiet")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "faults.jsonl").exists(), 20, "a run")
    wait_for(lambda: any(line["stage"] == "begin" for line in capsize.faults()), 20, "a fault")
    process.send_signal(signal.SIGINT)
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    skipped = [line for line in text.splitlines() if "skipped" in line]
    assert len(skipped) == 1 and re.search(r"\d{3} skipped: interrupted", skipped[0]), text
    assert len(text.splitlines()) < 60


def test_a_rate_that_the_machine_cannot_generate_is_reported_as_such(capsize):
    run = capsize("run", "--nemesis", "none", "--time-limit", "1s", "--rate", "1000000", "--concurrency", "1")
    # With cores to spare the scenario asks for too much; without, the machine is overloaded.
    overloaded = capsize.results().get("cause", {}).get("kind") == "overload"
    assert run.returncode == (255 if overloaded else 3), run.stdout
    assert overloaded == (capsize.results()["host"]["pressure"].get("cpu-some", 0) >= 0.75
                          or capsize.results()["host"]["largest-timer-lag-ms"] > 200)
    explanation = capsize.check_verdict("coverage")["explanation"]
    assert explanation.startswith("load could not be generated: 1000000 operations a second asked, "), explanation


def test_a_node_that_ends_at_its_start_is_quoted(capsize):
    run = capsize("run", "--node-arg=--no-such-flag", "--time-limit", "1s")
    assert run.returncode == 255
    assert "ended with exit code 64, and wrote: capsize-node: " in run.stdout
    assert "--no-such-flag" in run.stdout.split("and wrote:")[1].split("its log")[0]


def test_a_violation_shows_the_serving_node_and_the_leader(capsize):
    run = capsize("run", "--bug", "read-without-quorum", "--nemesis", "partition", "--time-limit", "10s",
                  "--rate", "4000", "--seed", "3")
    assert run.returncode == 1, run.stdout
    block = run.stdout.split("served by")[1].split("\n\n")[0]
    assert re.search(r"n\d leader, term \d+ +n\d, term \d+", block), block
    assert "cut n" in block


def test_a_suite_redraws_a_table_within_the_width_and_keeps_failures_above_it(capsize, tmp_path):
    (tmp_path / "plans").mkdir()
    (tmp_path / "plans" / "b").write_text("verdict=invalid; sleep 0.3")
    (tmp_path / "night.json").write_text(json.dumps({
        "runs": [{"name": "a", "seeds": 20}, {"name": "b"}],
        "controls": {"bugs": [{"bug": "no-dedup"}], "healthy": {}}}))
    text = on_terminal(capsize.command("suite", tmp_path / "night.json", "--store", tmp_path / "store", "--seed", "1",
                                       "--runner", ROOT / "tests" / "fixtures" / "quick-run"), 60,
                       QUICK_RUNS=str(tmp_path / "plans"))
    # As many lines are removed as were drawn: the counts, and a line for each running run.
    tables = re.findall(r"(\d+ of 21 runs[^\r\n]*\r\n(?:  [^\r\n]*\r\n)*)\x1b\[(\d+)A\x1b\[J", text)
    assert any(lines.count("\r\n") > 1 for lines, _ in tables), text
    assert all(lines.count("\r\n") == int(removed) for lines, removed in tables), tables
    assert all(len(line) < 60 for lines, _ in tables for line in lines.split("\r\n")), tables
    progress = text.split("night: invalid")[0]
    assert re.search(r"\x1b\[1;31minvalid +\x1b\[0m  b/1 ", progress), "a failure stays"
    assert "valid          a/1" not in progress, "passed runs are only counted"
