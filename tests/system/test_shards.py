"""docs/SHARDS.md: the shards of a suite on schedulers of others, as far as one machine can test them.

The runs are stand-ins (tests/fixtures/quick-run); suites, ledgers, GNU parallel and the commands are real.
"""

import collections
import json
import os
import re
import signal
import subprocess

import pytest
import yaml

from conftest import BIN, ROOT, alive, children, command_line, wait_for

EXAMPLES = ROOT / "docs" / "examples"
STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
SUITE = {"name": "nightly", "runs": [{"name": "a", "seeds": 5}, {"name": "b", "seeds": 4}],
         "controls": {"bugs": [{"bug": "no-dedup"}], "healthy": {}}}
TESTS = {f"a/{n}" for n in range(1, 6)} | {f"b/{n}" for n in range(1, 5)}


class Shards:
    """A suite, and what its runs do."""

    def __init__(self, folder):
        self.folder = folder
        self.stores = folder / "stores"
        self.plans = folder / "plans"
        self.plans.mkdir()
        self.suite = folder / "nightly.json"
        self.suite.write_text(json.dumps(SUITE))
        self.begun = folder / "begun"
        self.environment = {**os.environ, "QUICK_RUNS": str(self.plans), "CAPSIZE": str(BIN / "capsize"), "JOBS": "2",
                            "PARALLEL_HOME": str(folder)}

    def hang_once(self, case):
        """The first run of the case that looks hangs until it is killed."""
        (self.plans / case).write_text(f'if mkdir {self.begun} 2>/dev/null; then exec sleep 100; fi\n')

    def start(self, *command, **variables):
        return subprocess.Popen(command, cwd=self.folder, env={**self.environment, **variables}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)

    def parallel(self, **variables):
        return self.start(EXAMPLES / "parallel.sh", self.suite, "2", "4711", self.stores, "--runner", STAND_IN,
                          "--jobs", "1", **variables)

    def events(self, store, event):
        text = (self.stores / store / "ledger.jsonl").read_text()
        return [line for line in map(json.loads, text.splitlines()) if line.get("event") == event]

    def check_merged(self, done):
        """Valid, and each test once."""
        out, err = done.communicate(timeout=60)
        assert done.returncode == 0, out + err
        assert out.startswith("nightly: valid: 9 runs, "), out
        runs = collections.Counter(line["run"] for line in self.events("merged", "run") if line["purpose"] == "test")
        assert runs == dict.fromkeys(TESTS, 1)
        assert len(self.events("merged", "begin")) == 2
        return out, err


@pytest.fixture(name="shards")
def _shards(tmp_path):
    shards = Shards(tmp_path)
    yield shards
    for pid in suites_under(os.getpid()):
        os.killpg(os.getpgid(pid), signal.SIGKILL)


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


def suites_under(pid):
    return [child for child in descendants(pid) if command_line(child)[:2] == [str(BIN / "capsize"), "suite"]]


def hanging_suite(shards, process):
    """The process of the shard whose run hangs."""
    wait_for(shards.begun.exists, 30, "a run that hangs")

    def find():
        return [pid for pid in suites_under(process.pid)
                if any(command_line(child)[:2] == ["sleep", "100"] for child in descendants(pid))]

    return wait_for(find, 10, "the suite of that run")[0]


def test_parallel_runs_each_shard_and_merges_them(shards):
    shards.check_merged(shards.parallel())
    log = (shards.stores / "joblog").read_text().splitlines()[1:]
    assert sorted(line.split("\t")[6] for line in log) == ["0", "0"]


def test_a_shard_that_is_killed_continues_and_each_run_counts_once(shards):
    shards.hang_once("b")
    process = shards.parallel()
    os.kill(hanging_suite(shards, process), signal.SIGKILL)
    shards.check_merged(process)
    resumed = [shard for shard in ("shard-1", "shard-2") if shards.events(shard, "resume")]
    assert len(resumed) == 1
    [lost] = shards.events(resumed[0], "lost")
    assert lost["run"].startswith("b/")


def test_after_the_death_of_the_machine_the_same_command_continues(shards):
    shards.hang_once("b")
    process = shards.parallel()
    hanging = hanging_suite(shards, process)
    number = command_line(hanging)[command_line(hanging).index("--shard") + 1][0]
    other = shards.stores / f"shard-{3 - int(number)}" / "ledger.jsonl"
    wait_for(lambda: other.exists() and '"event":"end"' in other.read_text(), 60, "the other shard")
    wait_for(lambda: len((shards.stores / "joblog").read_text().splitlines()) == 2, 10, "its line of the job log")
    everything = [process.pid, *descendants(process.pid)]
    for pid in everything:
        os.kill(pid, signal.SIGKILL)
    process.wait()
    wait_for(lambda: not any(alive(pid) for pid in everything), 10, "the death of everything")
    shards.check_merged(shards.parallel())
    assert not shards.events(other.parent.name, "resume"), "a shard that ended does not run again"
    assert len(shards.events(f"shard-{number}", "resume")) == 1


def test_a_shard_that_was_merged_too_early_is_complete_in_the_next_report(shards):
    shards.hang_once("b")
    process = shards.parallel(RETRIES="1")
    os.kill(hanging_suite(shards, process), signal.SIGKILL)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 3, out + err
    assert "a shard did not end" in err and "the same command continues it" in err
    shards.check_merged(shards.parallel())


def test_a_violation_is_the_verdict_and_no_reason_to_run_the_shard_again(shards):
    (shards.plans / "b").write_text("verdict=invalid\n")
    process = shards.parallel()
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1, out + err
    assert "invalid: 1 new failure in 9 runs" in out
    assert [len(shards.events(shard, "begin")) for shard in ("shard-1", "shard-2")] == [1, 1]


def exit_codes():
    """The table of docs/FORMATS.md, by verdict."""
    text = (ROOT / "docs" / "FORMATS.md").read_text()
    section = text[text.index("## Verdicts and exit codes"):]
    return {verdict: int(code) for verdict, code in re.findall(r"^\| ([a-z ]+) \| (\d+) \|", section, re.MULTILINE)}


@pytest.fixture(name="jobs", scope="module")
def _jobs():
    return list(yaml.safe_load_all((EXAMPLES / "kubernetes-job.yaml").read_text()))


def container(job):
    [one] = job["spec"]["template"]["spec"]["containers"]
    return one


def shell_of(job, shards):
    """The command of a container, with the paths of this machine in place of those of the image."""
    one = container(job)
    assert one["command"] == ["/bin/sh", "-c"]
    [script] = one["args"]
    for inside, outside in (("/opt/capsize/bin/capsize", BIN / "capsize"), ("/suite/nightly.json", shards.suite),
                            ("/stores/", f"{shards.stores}/")):
        assert inside in script
        script = script.replace(inside, str(outside))
    return script


def as_pod(job, shards, *options, index=0):
    more = " " + " ".join(map(str, options)) if options else ""
    return shards.start("/bin/sh", "-c", shell_of(job, shards).rstrip() + more,
                        JOB_COMPLETION_INDEX=str(index), JOB_NAME=job["metadata"]["name"])


def test_kubernetes_retries_what_is_no_verdict_and_nothing_else(jobs):
    code = exit_codes()
    for job, action in zip(jobs, ("FailIndex", "FailJob")):
        rules = job["spec"]["podFailurePolicy"]["rules"]
        assert [rule["action"] for rule in rules] == ["Ignore", action]
        assert rules[0]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
        assert rules[1]["onExitCodes"]["operator"] == "In"
        assert rules[1]["onExitCodes"]["containerName"] == container(job)["name"]
        final = set(rules[1]["onExitCodes"]["values"])
        assert final == {code["invalid"], code["unknown"], code["vacuous"], code["usage error"]}
        assert not final & {code["harness error"], code["valid"], 128 + signal.SIGKILL, 128 + signal.SIGTERM, 130}
        assert job["spec"]["template"]["spec"]["restartPolicy"] == "Never", "podFailurePolicy requires it"


def test_kubernetes_runs_all_shards_whatever_one_of_them_finds(jobs):
    spec = jobs[0]["spec"]
    assert spec["completionMode"] == "Indexed"
    assert spec["backoffLimitPerIndex"] >= 1, "FailIndex requires it"
    assert spec["maxFailedIndexes"] == spec["completions"]
    assert f'"$shard/{spec["completions"]}"' in container(jobs[0])["args"][0]


def test_the_indexes_of_kubernetes_together_are_the_suite(jobs, shards):
    seen = []
    for index in range(jobs[0]["spec"]["completions"]):
        process = as_pod(jobs[0], shards, "--list", index=index)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert out.startswith("suite nightly, seed 4711\n"), "the seed is the number in the name of the job"
        seen += re.findall(r"^([ab]/\d+) ", out, re.MULTILINE)
    assert sorted(seen) == sorted(TESTS)


def test_a_pod_that_is_killed_is_replaced_and_nothing_is_lost(jobs, shards):
    shards.hang_once("b")
    code = exit_codes()
    final = {code["invalid"], code["unknown"], code["vacuous"], code["usage error"]}
    codes = []
    for index in range(jobs[0]["spec"]["completions"]):
        for _ in range(jobs[0]["spec"]["backoffLimitPerIndex"] + 1):  # as the controller of the job does it
            process = as_pod(jobs[0], shards, "--runner", STAND_IN, index=index)
            if -signal.SIGKILL not in codes:
                wait_for(lambda: process.poll() is not None or shards.begun.exists(), 60, "a run that hangs")
                process.kill()
            process.communicate(timeout=60)
            codes.append(process.returncode)
            if process.returncode == 0 or process.returncode in final:
                break
    assert sorted(codes) == [-signal.SIGKILL, 0, 0, 0, 0]
    report = as_pod(jobs[1], shards)
    out, err = report.communicate(timeout=60)
    assert report.returncode == 0, out + err
    runs = collections.Counter(line["run"] for line in shards.events("merged", "run") if line["purpose"] == "test")
    assert runs == dict.fromkeys(TESTS, 1)


@pytest.mark.parametrize("path", [".github/workflows/nightly.yml", "docs/examples/nightly.yml"])
def test_the_matrix_of_github_together_is_the_suite(path, shards):
    workflow = yaml.safe_load((ROOT / path).read_text())
    shard = workflow["jobs"]["shard"]
    [script] = [step["run"] for step in shard["steps"] if "capsize suite" in step.get("run", "")]
    seen = []
    for number in shard["strategy"]["matrix"]["shard"]:
        command = re.sub(r"\S*build/bin/capsize", str(BIN / "capsize"), script.replace("${{ matrix.shard }}", number))
        process = shards.start("/bin/bash", "-e", "-c", command.rstrip() + " --list", SUITE=str(shards.suite),
                               GITHUB_RUN_ID="4711", GITHUB_SHA="abc")
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        seen += re.findall(r"^([ab]/\d+) ", out, re.MULTILINE)
    assert sorted(seen) == sorted(TESTS)


def test_the_array_of_slurm_together_is_the_suite(shards):
    text = (ROOT / "docs" / "SHARDS.md").read_text()
    [wrapped] = re.findall(r"sbatch --array=1-4 .*--wrap '(capsize suite .*)'", text)
    seen = []
    for number in range(1, 5):
        process = shards.start("/bin/sh", "-c", wrapped.replace("capsize", str(BIN / "capsize"), 1) + " --list",
                               SLURM_ARRAY_TASK_ID=str(number))
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        seen += re.findall(r"^([ab]/\d+) ", out, re.MULTILINE)
    assert sorted(seen) == sorted(TESTS)
