"""Whatever dies, nothing is left behind, and what was recorded can be read."""

import os
import resource
import signal

from conftest import alive, children, command_line, sockets_of, state, wait_for


def start_run(capsize, started, *arguments):
    process = capsize.start("run", *arguments)
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "history.jsonl").exists(), 10, "a history")
    return process


def nodes_of(process):
    return [pid for pid in children(process.pid)
            if "--client" in open(f"/proc/{pid}/cmdline").read()]


def recorded(capsize, operations):
    """Waits for this number of acknowledged operations: before the first leader, all that is recorded are refusals."""
    history = capsize.run_directory() / "history.jsonl"
    return wait_for(lambda: sum('"type":"ok"' in line for line in open(history)) > operations, 20,
                    f"{operations} operations")


def test_killed_harness_leaves_nothing_even_with_a_node_stopped(capsize, started):
    process = start_run(capsize, started, "--nemesis", "pause", "--time-limit", "30s")
    recorded(capsize, 500)
    family = children(process.pid)
    assert len(family) == 6, "five nodes and a proxy"
    run = capsize.run_directory()
    assert len(sockets_of(run)) == 1 + 5 * 3 + 5 * 4, "control, of each node three, and each link's"
    wait_for(lambda: any(state(pid) == "T" for pid in family), 10, "a stopped node")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in family), 1, "all processes gone")
    wait_for(lambda: not sockets_of(run), 1, "all sockets gone")
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
    recorded(capsize, 1000)
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
    recorded(capsize, 250)
    victim = nodes_of(process)[0]
    os.kill(victim, signal.SIGABRT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    crash = capsize.check_verdict("crash")
    assert crash["verdict"] == "invalid" and "ended by itself with signal 6" in crash["explanation"]
    pattern = open("/proc/sys/kernel/core_pattern").read()
    if "|" not in pattern and "/" not in pattern and resource.getrlimit(resource.RLIMIT_CORE)[1] != 0:
        node = next(iter(capsize.results()["crashes"]))["node"]
        cores = list((capsize.run_directory() / "nodes" / node).glob("core*"))
        assert len(cores) == 1 and f"core dump {cores[0]}" in crash["explanation"]


def test_processes_work_in_their_directories_and_keep_the_options_of_sanitizers(capsize, started, monkeypatch):
    monkeypatch.setenv("ASAN_OPTIONS", "exitcode=86")
    monkeypatch.delenv("TSAN_OPTIONS", raising=False)
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "20s")
    recorded(capsize, 10)
    run = capsize.run_directory()
    for pid in children(process.pid):
        directory, prefix = run, run / "proxy-sanitizer"
        if pid in nodes_of(process):
            arguments = command_line(pid)
            directory = run / "nodes" / ("n" + arguments[arguments.index("--id") + 1])
            prefix = directory / "sanitizer"
        assert os.readlink(f"/proc/{pid}/cwd") == str(directory)
        variables = open(f"/proc/{pid}/environ").read().split("\0")
        assert f'ASAN_OPTIONS=exitcode=86:log_path="{prefix}"' in variables
        assert f'TSAN_OPTIONS=log_path="{prefix}"' in variables
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130


def test_node_that_is_killed_from_outside_is_not_held_against_it(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "4s")
    recorded(capsize, 250)
    os.kill(nodes_of(process)[0], signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 255, output
    assert capsize.results()["cause"]["kind"] == "signal"
    crash = capsize.check_verdict("crash")
    assert crash["verdict"] == "unknown" and "which no part of the run sent" in crash["explanation"]
    assert " MiB of the " in crash["explanation"]


def test_node_that_is_stopped_from_outside_is_not_held_against_it(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "3s", "--live-bound", "2s")
    recorded(capsize, 250)
    victim = nodes_of(process)[0]
    name = "n" + command_line(victim)[command_line(victim).index("--id") + 1]
    os.kill(victim, signal.SIGSTOP)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 255, output
    assert capsize.results()["cause"] == {
        "kind": "signal", "text": f"a signal from outside this run stopped or killed {name}"}
    live = capsize.check_verdict("live")
    assert live["verdict"] == "unknown"
    assert f"a signal from outside this run stopped or killed {name}" in live["explanation"]


def test_a_hang_up_is_an_interrupt_unless_it_was_to_be_survived(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "60s")
    recorded(capsize, 250)
    family = children(process.pid)
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 130, output
    assert not any(alive(pid) for pid in family)
    assert capsize.check_verdict("linearizable")["verdict"] == "valid"

    process = capsize.start("run", "--nemesis", "none", "--time-limit", "2s",
                            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    started.append(process)
    wait_for(lambda: children(process.pid), 10, "a cluster")
    process.send_signal(signal.SIGHUP)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output


def test_the_run_of_a_killed_harness_can_be_replayed(capsize, started):
    process = start_run(capsize, started, "--nemesis", "pause", "--nodes", 3, "--time-limit", "4s", "--seed", 7)
    faults = capsize.run_directory() / "faults.jsonl"
    wait_for(lambda: faults.exists() and '"stage":"begin"' in faults.read_text(), 20, "a fault")
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not (capsize.run_directory() / "results.json").exists()
    replay = capsize("replay", capsize.run_directory(), "--quiet", "--store", capsize.store)
    assert replay.returncode in (0, 3), replay.stdout + replay.stderr
    assert "which was killed before its verdict" in replay.stdout


def test_proxy_that_dies_is_an_error_of_the_harness(capsize, started):
    process = start_run(capsize, started, "--nemesis", "none", "--time-limit", "20s")
    recorded(capsize, 250)
    proxy = next(pid for pid in children(process.pid) if pid not in nodes_of(process))
    os.kill(proxy, signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 255, output
    assert "proxy" in capsize.results()["harness-error"]
    assert capsize.results()["cause"]["kind"] == "proxy"
    assert capsize.check_verdict("linearizable")["verdict"] == "valid", "what was recorded is checked nevertheless"
    assert capsize.results()["verdict"] == "harness error"


def test_a_thousand_clients_at_the_usual_limit_of_descriptors(capsize):
    def limit():
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, soft), hard))
    process = capsize.start("run", "--nemesis", "none", "--nodes", 3, "--concurrency", 1000, "--time-limit", "3s",
                            preexec_fn=limit)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, output + errors


def test_too_few_descriptors_are_refused_before_the_run(capsize):
    process = capsize.start("run", "--nemesis", "none", "--concurrency", 100, "--quiet",
                            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128)))
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 255
    assert "cause         descriptors: --concurrency 100 needs up to " in output and "this process may have 128" in output + errors
    assert not capsize.store.exists()


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
