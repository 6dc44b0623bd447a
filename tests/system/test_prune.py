"""capsize prune: which runs it removes and keeps, and what it refuses."""

import re
import signal
import subprocess

import pytest

from conftest import wait_for

RUN = ["run", "--nemesis", "none", "--time-limit", "2s", "--rate", "1000", "--quiet"]


def runs(capsize):
    return sorted(path for path in capsize.store.glob("*/2*") if path.is_dir())


def test_runs_are_removed_and_failures_kept(capsize):
    for arguments in [[], ["--seed", "2"], ["--seed", "3"]]:
        capsize(*RUN, *arguments)
    capsize("run", "--node-arg=--no-such-flag", "--quiet")
    before = runs(capsize)
    assert len(before) == 4
    dry = capsize("prune", "--keep", "1", "--store", capsize.store, "--dry-run")
    assert dry.returncode == 0 and runs(capsize) == before
    assert re.search(r"^store +4 runs, \d+(\.\d)? [KM]iB$", dry.stdout, re.M), dry.stdout
    assert str(before[0]) in dry.stdout and str(before[2]) not in dry.stdout
    real = capsize("prune", "--keep", "1", "--store", capsize.store)
    assert real.returncode == 0
    assert re.search(r"^removed +2 runs, ", real.stdout, re.M), real.stdout
    assert re.search(r"^failures +1 run, ", real.stdout, re.M), real.stdout
    assert runs(capsize) == before[2:]
    assert capsize.run_directory() == before[3]


def test_a_running_run_is_kept_until_it_is_killed(capsize, started):
    process = capsize.start("run", "--time-limit", "600s", "--nodes", "3", "--quiet")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "faults.jsonl").exists(), 20, "a run")
    everything = ["prune", "--keep", "0", "--with-failures", "--store", capsize.store]
    assert re.search(r"^running +1 run, ", capsize(*everything).stdout, re.M)
    assert len(runs(capsize)) == 1
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: "removed      1 run" in capsize(*everything).stdout, 10, "the run's end")
    assert not runs(capsize) and not list(capsize.store.iterdir())


@pytest.mark.parametrize("arguments, says", [
    (["--store", "/"], "expected a store"), (["--store", "/etc"], "expected a store"),
    (["--store", ""], "found no directory"), (["--store", "/dev/null"], "found no directory"),
    (["--keep", "-1"], "--keep"), (["--older-than", "7"], "expected a duration"),
    (["--older-than", "1d", "--keep", "3"], "excludes"),
])
def test_an_invalid_store_or_rule_is_refused(capsize, arguments, says):
    run = capsize("prune", *arguments)
    assert run.returncode == 254 and says in run.stderr, run.stdout + run.stderr


def test_older_than_accepts_days(capsize):
    capsize(*RUN)
    assert subprocess.run(capsize.command("prune", "--older-than", "1d", "--store", capsize.store),
                          check=False).returncode == 0
    assert len(runs(capsize)) == 1
    capsize("prune", "--older-than", "0d", "--store", capsize.store)
    wait_for(lambda: capsize("prune", "--older-than", "0s", "--store", capsize.store) and not runs(capsize),
             5, "a run that is older than now")
