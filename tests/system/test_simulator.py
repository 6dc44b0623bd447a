"""capsize-sim from outside: exit codes, violations that replay, and nothing left behind."""

import os
import re
import signal
import subprocess

import pytest

from conftest import BIN, children, wait_for


def simulate(*arguments, binary="capsize-sim"):
    return subprocess.run([BIN / binary, *arguments], capture_output=True, text=True, timeout=120)


def test_clean_seeds_end_with_0_and_say_how_fast():
    done = simulate("--seeds", "1..60", "--jobs", "2")
    assert done.returncode == 0, done.stdout
    assert "60 seeds" in done.stdout and "0 violations" in done.stdout
    assert re.search(r"speed: \d+ x real time per core", done.stdout)


def test_a_seeded_bug_is_found_and_its_seed_replays_exactly(tmp_path):
    done = simulate("--bug", "ack-before-commit", "--seeds", "1..100", binary="capsize-sim-with-bugs")
    assert done.returncode == 1, done.stdout
    seed = re.search(r"reproduce: capsize-sim-with-bugs --seeds (\d+) --bug ack-before-commit", done.stdout).group(1)

    def again(name):
        history, trace = tmp_path / f"{name}.history", tmp_path / f"{name}.trace"
        replayed = simulate("--seeds", seed, "--bug", "ack-before-commit", "--history", history, "--trace", trace,
                            binary="capsize-sim-with-bugs")
        assert replayed.returncode == 1
        return replayed.stdout, history.read_text(), trace.read_text()

    one, two = again("one"), again("two")
    assert one == two
    assert '"type":"invoke"' in one[1] and '"event":"commit"' in one[2]
    assert simulate("--seeds", seed).returncode == 0, "without the bug the same seed holds"


@pytest.mark.parametrize("arguments, says", [
    (["--seeds", "9..1"], "--seeds: found '9..1', expected 1..1000 or 4711"),
    (["--seeds", "1..2", "--trace", "t"], "--history and --trace need a single seed"),
    (["--bug", "ack-before-commit"], "has no seeded bug named 'ack-before-commit'"),
    (["--jobs", "0"], "--jobs"),
])
def test_usage_errors_are_one_line_and_254(arguments, says):
    done = simulate(*arguments)
    assert done.returncode == 254
    assert says in done.stderr and done.stderr.count("\n") == 1


def test_interrupted_it_sums_up_and_ends_with_130():
    process = subprocess.Popen([BIN / "capsize-sim", "--seeds", "1..100000000", "--jobs", "1"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    workers = wait_for(lambda: children(process.pid), 30, "a worker")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "0 violations" in output
    assert not any(os.path.exists(f"/proc/{worker}") for worker in workers)
