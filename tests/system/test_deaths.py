"""Whatever dies, nothing is left behind, and what was recorded can be read."""

import os
import signal

from conftest import alive, children, run_id_of, sockets_of, state, wait_for


def start_run(capsize, started, *arguments):
    process = capsize.start("run", *arguments)
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "history.jsonl").exists(), 10, "a history")
    return process


def nodes_of(process):
    return [pid for pid in children(process.pid)
            if "--client" in open(f"/proc/{pid}/cmdline").read()]


def recorded(capsize, events):
    history = capsize.run_directory() / "history.jsonl"
    return wait_for(lambda: sum(1 for _ in open(history)) > events, 10, f"{events} events")


def test_killed_harness_leaves_nothing_even_with_a_node_stopped(capsize, started):
    process = start_run(capsize, started, "--nemesis", "pause", "--time-limit", "30s")
    recorded(capsize, 1000)
    family = children(process.pid)
    assert len(family) == 6, "five nodes and a proxy"
    run_id = run_id_of(family[0])
    assert sockets_of(run_id)
    wait_for(lambda: any(state(pid) == "T" for pid in family), 10, "a stopped node")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in family), 1, "all processes gone")
    wait_for(lambda: not sockets_of(run_id), 1, "all sockets gone")
    check = capsize("check", capsize.run_directory() / "history.jsonl")
    assert check.returncode == 0, check.stdout + check.stderr


def test_killed_harness_without_faults_leaves_nothing(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "30s")
    recorded(capsize, 100)
    family = children(process.pid)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in family), 1, "all processes gone")


def test_interrupt_heals_checks_the_prefix_and_ends_with_130(capsize, started):
    process = start_run(capsize, started, "--nemesis", "pause,partition", "--time-limit", "60s")
    recorded(capsize, 2000)
    family = children(process.pid)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130, output
    assert not any(alive(pid) for pid in family)
    results = capsize.results()
    assert results["interrupted"]
    assert capsize.check_verdict("linearizable")["verdict"] == "valid"


def test_node_that_dies_by_itself_is_a_violation(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "4s")
    recorded(capsize, 500)
    victim = nodes_of(process)[0]
    os.kill(victim, signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    crash = capsize.check_verdict("crash")
    assert crash["verdict"] == "invalid" and "signal 9" in crash["explanation"]


def test_proxy_that_dies_is_an_error_of_the_harness(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "20s")
    recorded(capsize, 500)
    proxy = next(pid for pid in children(process.pid) if pid not in nodes_of(process))
    os.kill(proxy, signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 255, output
    assert "proxy" in capsize.results()["harness-error"]


def test_proxy_that_is_stopped_is_an_error_of_the_harness_and_not_of_the_nodes(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "20s")
    recorded(capsize, 500)
    proxy = next(pid for pid in children(process.pid) if pid not in nodes_of(process))
    os.kill(proxy, signal.SIGSTOP)
    output, _ = process.communicate(timeout=15)
    assert process.returncode == 255, output
    error = capsize.results()["harness-error"]
    assert f"the proxy (process {proxy}) is stopped" in error
    assert not alive(proxy)


def test_two_runs_at_once_do_not_meet(capsize, started):
    first = start_run(capsize, started, "--name", "one", "--time-limit", "6s", "--nemesis", "kill")
    second = start_run(capsize, started, "--name", "two", "--time-limit", "6s", "--nemesis", "pause")
    for process in (first, second):
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, output + errors
    assert (capsize.store / "one" / "latest" / "results.json").exists()
    assert (capsize.store / "two" / "latest" / "results.json").exists()
