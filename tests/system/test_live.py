"""`capsize run --live`: a picture that is redrawn in place, and a terminal that is as before, however the run ends."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import threading

import pytest

from conftest import wait_for
from test_terminal import on_terminal

ARGUMENTS = ["run", "--live", "--seed", "4", "--rate", "500", "--nodes", "3"]


def pictures_of(text):
    """Each picture that was removed again, and how many lines were."""
    parts = re.split(r"\x1b\[(\d+)A\x1b\[J", text)
    return list(zip(parts[0::2], parts[1::2]))


class Terminal:
    """A command on a terminal of its own, whose output is read while it runs."""

    def __init__(self, command, columns=100):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
        self.theirs = theirs  # kept open: its attributes are compared at the end
        self.before = termios.tcgetattr(theirs)
        self.output = b""
        self.process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"})
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        try:
            while block := os.read(self.ours, 65536):
                self.output += block
        except OSError:
            pass

    def text(self):
        return self.output.decode(errors="replace")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.theirs)
        self.reader.join(timeout=10)
        os.close(self.ours)


@pytest.fixture
def terminal():
    opened = []

    def start(*arguments):
        opened.append(Terminal(*arguments))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_the_picture_has_nodes_roles_faults_and_rates_and_is_redrawn(capsize):
    text = on_terminal(capsize.command(*ARGUMENTS, "--nemesis", "pause", "--time-limit", "4s"), 100)
    pictures = pictures_of(text)
    assert pictures, text
    later = [lines for lines, _ in pictures]
    # As many lines are removed as were drawn; the first picture follows the line with the seed.
    assert all(lines.count("\r\n") == int(removed) for lines, removed in pictures[1:]), pictures[:3]
    assert any(re.search(r"n\d +up +leader +\d+ +\d+", lines) for lines in later), later[-1]
    assert any(re.search(r"n\d +paused", lines) and re.search(r"faults: pause n\d", lines) for lines in later), text
    assert any(re.search(r"a second: \d{2,} ok .* ms each ok", lines) for lines in later), later[-1]
    assert any("streaming check: following" in lines for lines in later)
    widths = [len(line) for lines, _ in pictures for line in lines.split("\r\n")]
    assert max(widths) < 100
    # The last picture stays, and the summary follows it.
    end = text[text.rindex("\x1b[J"):]
    assert "streaming check" in end and re.search(r"default: .*valid", end), end


def test_it_draws_ten_times_a_second_at_most(capsize):
    text = on_terminal(capsize.command(*ARGUMENTS, "--nemesis", "none", "--time-limit", "2s"), 100)
    # A bound on the number of pictures by the time that they show, not a measurement of time.
    shown = [float(time) for time in re.findall(r"  load  (\d+\.\d)/2 s", text)]
    for tenth in set(shown):
        assert shown.count(tenth) <= 4, tenth


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_terminal_is_as_before_after_any_end(capsize, terminal, number):
    shown = terminal(capsize.command(*ARGUMENTS, "--nemesis", "none", "--time-limit", "60s"))
    wait_for(lambda: re.search(r"n\d +up +leader", shown.text()), 60, "a picture with a leader")
    shown.process.send_signal(number)
    code = shown.process.wait(timeout=60)
    assert code == (-9 if number == signal.SIGKILL else 130)
    assert termios.tcgetattr(shown.theirs) == shown.before
    wait_for(lambda: number == signal.SIGKILL or "seed   " in shown.text(), 10, "the summary")
    # Nothing was switched on that would have to be switched off: no other screen, no hidden cursor.
    assert "\x1b[?" not in shown.text()


def test_without_a_terminal_the_progress_line_is_shown(capsize):
    done = capsize(*ARGUMENTS, "--nemesis", "none", "--time-limit", "1s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("run: --live needs a terminal on standard error: shows the progress line instead\n") == 1
    assert "\x1b" not in done.stderr
    assert "--quiet" in capsize(*ARGUMENTS, "--quiet").stderr


def test_a_run_with_a_control_shows_both(capsize):
    text = on_terminal(capsize.command("run", "--live", "--nemesis", "partition", "--time-limit", "3s", "--seed", "2",
                                       "--control", "read-without-quorum"), 120)
    assert "  bug read-without-quorum" in text
    assert re.search(r"default: |control ", text)
