"""messages.bin: a run has one, it agrees with the proxy's own counters, and it never stops the proxy."""

import json
import signal
import struct
import subprocess

from conftest import BIN, ask_control, children, command_line, wait_for

RECORD = struct.Struct("<qQQQIIHHBBBB")
READ = {1: "delivered", 2: "waits", 3: "stopped", 4: "lost", 5: "overflowed"}
LATER = {6: "delivered", 7: "stopped", 8: "lost", 9: "overflowed"}
END = 11


def records(run_directory):
    """The whole records, as dicts."""
    data = (run_directory / "messages.bin").read_bytes()
    magic, version, size = struct.unpack_from("<8sII", data)
    assert (magic, version, size) == (b"CPSZMSGS", 1, RECORD.size)
    names = ("time", "sequence", "term", "index", "incarnation", "waited", "from", "to", "type", "event", "flags", "check")
    whole = (len(data) - size) // size * size
    return [dict(zip(names, fields)) for fields in RECORD.iter_unpack(data[size:size + whole])]


def counted(lines, link):
    """The counters of the proxy, from its record."""
    counts = {"seen": 0, "delivered": 0, "discarded": 0, "lost": 0, "overflowed": 0}
    names = {"stopped": "discarded"}
    for line in lines:
        if f"n{line['from']}>n{line['to']}" != link:
            continue
        fate = {**READ, **LATER}[line["event"]]
        counts["seen"] += line["event"] in READ
        if fate != "waits":
            counts[names.get(fate, fate)] += 1
    return counts


def test_the_record_agrees_with_the_counters_of_the_proxy(capsize, started):
    process = capsize.start("run", "--nemesis", "partition,flaky-links", "--time-limit", "60s", "--seed", "1", "--quiet")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "faults.jsonl").exists(), 30, "a run")
    run = capsize.run_directory()
    stats = {}

    def all_has_happened():
        stats.update(ask_control(run, "proxy", {"op": "stats"}) or {"links": {}})
        links = stats["links"].values()
        return links and all(sum(link[what] for link in links) > 0 for what in ("delivered", "discarded", "held"))

    wait_for(all_has_happened, 60, "messages that were delivered, stopped and delayed")
    # The record is some milliseconds behind; its times rise, so the last one says how far it has come.
    wait_for(lambda: records(run)[-1]["time"] > stats["time"], 30, "the record of that time")
    lines = [line for line in records(run) if line["time"] <= stats["time"]]
    for link, counters in stats["links"].items():
        assert counted(lines, link) == {key: counters[key] for key in counted([], link)}, link
    times = [line["time"] for line in lines]
    assert times == sorted(times)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    # The proxy has written the rest at its end: nothing waits any more but what it held then.
    assert (run / "messages.bin").stat().st_size % RECORD.size == 0


def test_what_a_cut_stops_is_in_the_record(capsize):
    script = [{"faults": [{"kind": "cut", "target": "leader", "hold": "500ms"}]}]
    scenario = capsize.store.parent / "cut.json"
    scenario.write_text(json.dumps({"phases": script, "time-limit": "2s"}))
    done = capsize("run", scenario, "--seed", "1", "--quiet")
    assert done.returncode in (0, 1, 3), done.stdout + done.stderr
    begin = next(line for line in capsize.faults() if line["stage"] == "begin")
    end = next(line for line in capsize.faults() if line["stage"] == "end")
    cut = begin["target"]["nodes"][0]
    installed = begin["evidence"]["installed"]
    during = [line for line in records(capsize.run_directory())
              if installed <= line["time"] <= installed + 300_000_000]
    across = [line for line in during if cut in (f"n{line['from']}", f"n{line['to']}")]
    assert across and {line["event"] for line in across} <= {3, 7}, across[:5]
    for link, counters in end["evidence"]["end"]["links"].items():
        stopped = [line for line in records(capsize.run_directory())
                   if f"n{line['from']}>n{line['to']}" == link and line["event"] in (3, 7)]
        assert len(stopped) >= counters["discarded"] > 0, link


def test_a_record_that_cannot_grow_does_not_stop_the_proxy(capsize, started, tmp_path):
    """A wrapper in place of the proxy gives it a small record, then a full disk."""
    for name, arguments, said in [("small", "--messages-max 4800B", b"reached its size of 4800 bytes"),
                                  ("full", "--messages /dev/full", b"No space left on device")]:
        binaries = tmp_path / name
        binaries.mkdir()
        for binary in ("capsize", "capsize-node"):
            (binaries / binary).write_bytes((BIN / binary).read_bytes())
            (binaries / binary).chmod(0o755)
        wrapper = binaries / "capsize-proxy"
        wrapper.write_text(f'#!/bin/sh\nexec {BIN}/capsize-proxy $(echo "$@" | sed "s/--messages [^ ]*//") '
                           f'{"--messages " + str(tmp_path / "small.bin") if name == "small" else ""} {arguments}\n')
        wrapper.chmod(0o755)
        done = subprocess.run([binaries / "capsize", "run", "--nemesis", "none", "--time-limit", "2s", "--seed", "1",
                               "--store", tmp_path / "store", "--quiet"], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        assert said in (tmp_path / "store" / "latest" / "proxy.log").read_bytes()
    data = (tmp_path / "small.bin").read_bytes()
    assert len(data) <= 4800 and RECORD.unpack(data[-RECORD.size:])[9] == END


def test_a_file_that_cannot_be_created_is_named(tmp_path):
    done = subprocess.run([BIN / "capsize-proxy", "--run-id", "1", "--control", f"ipc://{tmp_path}/control",
                           "--messages", tmp_path / "no" / "messages.bin"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 67
    assert f"{tmp_path}/no/messages.bin: cannot be created: No such file or directory" in done.stderr


def test_a_run_whose_proxy_was_killed_keeps_what_was_recorded(capsize, started):
    process = capsize.start("run", "--nemesis", "none", "--time-limit", "60s", "--quiet")
    started.append(process)
    record = capsize.store / "latest" / "messages.bin"
    wait_for(lambda: record.exists() and record.stat().st_size > 100 * RECORD.size, 30, "a record")
    proxy = next(pid for pid in children(process.pid) if "capsize-proxy" in command_line(pid)[0])
    subprocess.run(["kill", "-9", str(proxy)], check=True)
    process.communicate(timeout=60)
    assert process.returncode == 255
    assert len(records(capsize.run_directory())) >= 99
