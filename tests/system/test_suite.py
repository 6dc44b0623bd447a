"""capsize suite: its verdict and first line, ledger, resumption, shards, groups and what stays on the disk.

Most tests use a stand-in for runs (tests/fixtures/quick-run), so that hundreds of runs take seconds.
"""

import json
import os
import pathlib
import re
import signal
import subprocess

import jsonschema
import pytest

from conftest import BIN, ROOT, alive, children, wait_for

STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
CONTROLS = {"bugs": [{"bug": "read-without-quorum"}], "healthy": {}}


class Suites:
    """Executes suites in a directory of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.store = folder / "store"
        self.plans = folder / "plans"
        self.plans.mkdir()

    def write(self, **keys):
        path = self.folder / "night.json"
        path.write_text(json.dumps({"controls": CONTROLS, "runs": [{"name": "a"}], **keys}))
        return path

    def plan(self, case, shell):
        """What the stand-in does in this case."""
        (self.plans / case).write_text(shell)

    def command(self, suite, *options, runner=STAND_IN):
        command = [str(BIN / "capsize"), "suite", str(suite), "--store", str(self.store)]
        command += [] if "--seed" in options else ["--seed", "1"]
        return command + (["--runner", str(runner)] if runner else []) + [str(option) for option in options]

    def start(self, suite, *options, **more):
        return subprocess.Popen(self.command(suite, *options, **more), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True,
                                env={**os.environ, "QUICK_RUNS": str(self.plans)})

    def __call__(self, suite, *options, **more):
        process = self.start(suite, *options, **more)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def ledger(self, event=None):
        lines = (self.store / "ledger.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, lines) if event in (None, line.get("event"))]

    def runs(self):
        return {line["run"]: line for line in self.ledger("run")}

    def report(self):
        return json.loads((self.store / "reports" / "night" / "report.json").read_text())


@pytest.fixture
def suites(tmp_path):
    return Suites(tmp_path)


def first_line(done):
    return done.stdout.splitlines()[0]


def test_a_valid_suite_names_runs_controls_and_seed_in_its_first_line(suites):
    done = suites(suites.write(runs=[{"name": "a", "seeds": 3}]))
    assert done.returncode == 0, done.stderr
    assert first_line(done).startswith("night: valid: 3 runs, "), done.stdout
    assert "controls: healthy run valid, read-without-quorum caught in " in first_line(done)
    assert first_line(done).endswith("; seed 1")
    assert set(suites.runs()) == {"a/1", "a/2", "a/3", "control-healthy/1", "control-read-without-quorum/1"}


def test_a_passed_run_keeps_its_results_only_and_a_failed_one_everything(suites):
    suites.plan("b", 'verdict=invalid; touch "$directory/history.jsonl"')
    suites.plan("a", 'touch "$directory/history.jsonl"')
    done = suites(suites.write(runs=[{"name": "a"}, {"name": "b"}]))
    assert done.returncode == 1
    passed, failed = (suites.store / suites.runs()[run]["path"] for run in ("a/1", "b/1"))
    assert not (passed / "history.jsonl").exists() and (passed / "results.json").exists()
    assert (failed / "history.jsonl").exists()


def test_a_missed_control_makes_the_suite_vacuous_after_three_seeds(suites):
    suites.plan("control-read-without-quorum", "verdict=valid")
    done = suites(suites.write())
    assert done.returncode == 3
    assert "the seeded bug read-without-quorum was not caught in 3 runs" in first_line(done)
    controls = [line for line in suites.ledger("run") if line["purpose"] == "bug-control"]
    assert len({line["seed"] for line in controls}) == 3


def test_a_control_is_repeated_only_until_it_is_caught(suites):
    suites.plan("control-read-without-quorum",
                f'if [ ! -e {suites.folder}/tried ]; then touch {suites.folder}/tried; verdict=valid; fi')
    assert suites(suites.write()).returncode == 0
    assert [line["run"] for line in suites.ledger("run") if line["purpose"] == "bug-control"] == [
        "control-read-without-quorum/1", "control-read-without-quorum/2"]


def test_a_healthy_control_that_is_not_valid_makes_the_suite_vacuous(suites):
    suites.plan("control-healthy", "verdict=vacuous")
    done = suites(suites.write())
    assert done.returncode == 3
    assert "the healthy run is not valid" in first_line(done)


def test_runs_that_test_nothing_make_the_suite_vacuous(suites):
    suites.plan("a", "verdict=vacuous")
    done = suites(suites.write())
    assert done.returncode == 3
    assert "1 of 1 run is vacuous: linearizable: as asked for" in first_line(done)


def test_harness_errors_stop_the_suite_and_are_no_violations(suites):
    suites.plan("a", 'verdict="harness error"; cause=overload')
    done = suites(suites.write(runs=[{"name": "a", "seeds": 30}]), "--jobs", "1")
    assert done.returncode == 255
    # One more may be running when the fifth ends.
    assert re.search(r"([56]) of \1 runs ended with a harness error, overload: because of overload", first_line(done))
    assert suites.ledger("end")[0]["cause"] == "harness-errors"
    assert suites.report()["groups"] == []


def test_a_violation_is_the_verdict_whatever_else_happened(suites):
    suites.plan("a", 'verdict="harness error"; cause=overload')
    suites.plan("b", "verdict=invalid")
    suites.plan("control-read-without-quorum", "verdict=valid")
    done = suites(suites.write(runs=[{"name": "a"}, {"name": "b"}]))
    assert done.returncode == 1
    assert first_line(done).startswith("night: invalid: 1 new failure in 2 runs")


def test_groups_are_new_then_known_then_gone_then_back(suites):
    suite = suites.write()
    status = []
    for verdict in ("invalid", "invalid", "valid", "invalid"):
        suites.plan("a", f"verdict={verdict}")
        suites(suite)
        status.append([group["status"] for group in suites.report()["groups"]])
    assert status == [["new"], ["known"], ["gone"], ["back"]]


def test_a_mute_hides_a_failure_until_its_date_and_then_fails_the_suite(suites):
    suites.plan("a", "verdict=invalid; signature=00000000000000bb")
    mute = {"signature": "00000000000000bb", "reason": "known", "owner": "ada", "expires": "2199-12-31"}
    done = suites(suites.write(mutes=[mute]))
    assert done.returncode == 0 and "1 muted run" in first_line(done)
    suites.plan("a", "verdict=valid")
    done = suites(suites.write(mutes=[{**mute, "expires": "2026-01-31"}]))
    assert done.returncode == 1
    assert "the mute of 00000000000000bb expired on 2026-01-31 (owner: ada)" in first_line(done)


def test_only_repeats_the_failed_runs_of_a_group(suites):
    suites.plan("a", 'case $directory in *7) verdict=invalid ;; esac')
    suite = suites.write(runs=[{"name": "a", "seeds": [5, 7, 17]}, {"name": "b"}])
    assert suites(suite).returncode == 1
    suites.plan("a", "verdict=valid")
    done = suites(suite, "--only", "0000")
    assert done.returncode == 0, done.stdout
    assert first_line(done).startswith("night (only 0000): valid: 2 runs")
    again = suites.ledger("begin")[-1]
    assert {line["seed"] for line in suites.ledger("run") if line["execution"] == again["execution"]} == {7, 17}
    refused = suites(suite, "--only", "ffff")
    assert refused.returncode == 254
    assert "--only: found ffff, expected the signature of a failure" in refused.stderr


def test_shards_together_are_the_suite_and_merge_into_one_report(suites, tmp_path):
    suite = suites.write(runs=[{"name": "a", "seeds": 5}, {"name": "b", "seeds": 4}])
    suites.plan("b", "verdict=invalid")
    whole = suites.store
    for number in (1, 2, 3):
        suites.store = tmp_path / f"shard-{number}"
        suites(suite, "--shard", f"{number}/3")
    suites.store = whole
    ledgers = [tmp_path / f"shard-{number}" / "ledger.jsonl" for number in (1, 2, 3)]
    done = suites(suite, "--merge", *ledgers)
    assert done.returncode == 1
    assert "in 9 runs" in first_line(done)
    shown = suites.report()["groups"][0]["shown"]["path"]
    assert (pathlib.Path(shown) / "results.json").exists(), "paths lead to the shards' stores"
    assert sorted(run for run in suites.runs() if "control" not in run) == sorted(
        [f"a/{n}" for n in range(1, 6)] + [f"b/{n}" for n in range(1, 5)])
    assert len(suites.ledger("begin")) == 3
    suites(suite, "--merge", *ledgers)
    assert len(suites.ledger("begin")) == 3, "an execution is merged once"
    assert "found no execution of suite night" in suites(suite, "--merge", "/dev/null").stderr


def test_a_budget_runs_new_seeds_until_it_is_used_up(suites):
    done = suites(suites.write(runs=[{"name": "a", "with": {"time-limit": "1ms"}}]), "--budget", "6s")
    assert done.returncode == 0, done.stderr
    tests = [line for line in suites.ledger("run") if line["purpose"] == "test"]
    assert len(tests) > 3, "the planned run and further seeds"
    assert len({line["seed"] for line in tests}) == len(tests)


def test_stop_after_ends_the_suite_early(suites):
    suites.plan("a", "verdict=invalid")
    done = suites(suites.write(runs=[{"name": "a", "seeds": 50}]), "--stop-after", "2", "--jobs", "1")
    assert done.returncode == 1
    assert suites.ledger("end")[0]["cause"] == "stop-after"
    assert len([run for run in suites.runs() if run.startswith("a/")]) == 2


def test_a_report_written_while_the_suite_runs_says_so(suites):
    suites.plan("b", f'touch {suites.folder}/begun; exec sleep 100')
    process = suites.start(suites.write(runs=[{"name": "a"}, {"name": "b"}]), "--jobs", "1")
    wait_for(lambda: (suites.folder / "begun").exists(), 60, "the second run")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    # The first report is written at once, later ones at most every two seconds.
    line = suites.report()["first-line"]
    assert line.startswith("night: vacuous: not finished: ") and " of 2 planned tests so far" in line
    assert "not tried" not in line


def test_a_passed_run_cannot_be_replayed_and_says_why(suites):
    suites(suites.write())
    passed = suites.store / suites.runs()["a/1"]["path"]
    done = subprocess.run([str(BIN / "capsize"), "replay", str(passed)], capture_output=True, text=True)
    assert done.returncode == 254 and "found only the results of a run" in done.stderr


def test_a_killed_suite_is_resumed_without_losing_or_repeating_a_finished_run(suites):
    suite = suites.write(runs=[{"name": "a", "seeds": 40}])
    for enough in (5, 15, 30):
        process = suites.start(suite, "--resume", "--quiet")
        wait_for(lambda: (suites.store / "ledger.jsonl").exists() and len(suites.runs()) >= enough, 60,
                 f"{enough} runs")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert suites(suite, "--resume").returncode == 0
    assert len(suites.ledger("begin")) == 1 and len(suites.ledger("resume")) == 3
    assert len(suites.ledger("run")) == len(suites.runs()) == 42
    results = [path for path in suites.store.glob("a/2*/results.json")]
    assert len(results) == 40


def test_a_run_that_finished_while_its_suite_was_dead_is_adopted(suites):
    suite = suites.write(runs=[{"name": "a", "seeds": 1}])
    # The stand-in finishes, and the suite never sees its end.
    suites.plan("a", f'printf "$directory" > {suites.folder}/begun; exec sleep 100')
    process = suites.start(suite, "--jobs", "1")
    directory = wait_for(lambda: (suites.folder / "begun").exists()
                         and (suites.folder / "begun").read_text(), 60, "the run")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    healthy = next(suites.store.glob("control-healthy/2*/results.json"))
    (pathlib.Path(directory) / "results.json").write_bytes(healthy.read_bytes())
    suites.plan("a", "verdict=invalid")  # would be seen if the run were repeated
    assert suites(suite, "--resume").returncode == 0
    assert suites.runs()["a/1"]["path"] == str(pathlib.Path(directory).relative_to(suites.store))


@pytest.mark.parametrize("change, options, what", [
    ({"runs": [{"name": "b"}]}, [], "the suite"), ({}, ["--revision", "new"], "the revision"),
    ({}, ["--seed", "99"], "the seed")])
def test_another_version_begins_anew_instead_of_resuming(suites, change, options, what):
    suites.plan("a", "exec sleep 100")
    process = suites.start(suites.write())
    wait_for(lambda: (suites.store / "ledger.jsonl").exists() and suites.ledger("start"), 60, "a run")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    suites.plan("a", "verdict=valid")
    done = suites(suites.write(**change), "--resume", *options)
    assert done.returncode == 0
    assert f"is not resumed, because {what} has changed since; a new one begins" in done.stderr
    assert len(suites.ledger("begin")) == 2 and not suites.ledger("resume")


def test_an_interrupt_stops_the_runs_writes_reports_and_can_be_resumed(suites):
    suites.plan("a", f'touch {suites.folder}/begun; while [ $interrupted = false ]; do sleep 0.02; done')
    suite = suites.write(runs=[{"name": "a"}])
    process = suites.start(suite, "--jobs", "2")
    wait_for(lambda: (suites.folder / "begun").exists(), 60, "the run")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted by a signal" in out.splitlines()[0]
    assert [line["run"] for line in suites.ledger("lost")] == ["a/1"]
    assert suites.report()["verdict"] == "vacuous" and suites.report()["exit-code"] == 130
    suites.plan("a", "verdict=valid")
    assert suites(suite, "--resume").returncode == 0
    assert suites.runs()["a/1"]["verdict"] == "valid"


def test_a_run_beyond_its_deadline_is_stopped_and_named(suites):
    suites.plan("a", "while [ $interrupted = false ]; do sleep 0.02; done")
    done = suites(suites.write(deadline="300ms"))
    assert done.returncode == 255
    line = suites.runs()["a/1"]
    assert line["cause"] == "deadline" and line["path"] and (suites.store / line["path"]).is_dir()
    assert "did not end within 300ms; what it recorded until then is valid" in line["reason"]


def test_a_run_that_is_killed_is_in_the_ledger_with_what_it_recorded(suites):
    suites.plan("a", 'touch "$directory/history.jsonl"; kill -9 $$')
    done = suites(suites.write())
    assert done.returncode == 255
    line = suites.runs()["a/1"]
    assert line["cause"] == "signal"
    assert "ended by signal 9 (Killed); what it recorded can be checked: capsize check" in line["reason"]
    assert (suites.store / line["path"] / "history.jsonl").exists()


def test_runs_end_with_a_killed_suite(suites):
    suites.plan("a", f'echo $$ > {suites.folder}/pid; exec sleep 100')
    process = suites.start(suites.write(runs=[{"name": "a"}]))
    pid = int(wait_for(lambda: (suites.folder / "pid").exists() and (suites.folder / "pid").read_text(), 60,
                       "the run"))
    process.send_signal(signal.SIGKILL)
    process.communicate()
    wait_for(lambda: not alive(pid), 10, "the end of the run")


def test_a_second_suite_in_the_same_store_is_refused(suites):
    suites.plan("a", "exec sleep 100")
    process = suites.start(suites.write())
    try:
        wait_for(lambda: (suites.store / "ledger.jsonl").exists() and suites.ledger("start"), 60, "a run")
        second = suites(suites.write())
        assert second.returncode == 255
        assert "another suite or score is writing to this ledger" in second.stderr
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def test_a_runner_that_does_not_exist_is_a_harness_error(suites):
    done = suites(suites.write(), runner="/no/such/program")
    assert done.returncode == 255
    assert "/no/such/program: cannot be started" in first_line(done)


NEARLY_FULL = """
mount -t tmpfs -o size=300m none "$1" || exit 77
shift
"$@"
"""


def test_a_suite_stops_before_the_disk_is_full(suites):
    suites.plan("a", 'head -c 60M /dev/zero > "$directory/history.jsonl"; verdict=invalid')
    suites.store.mkdir()
    command = suites.command(suites.write(runs=[{"name": "a", "seeds": 9}]), "--jobs", "1")
    done = subprocess.run(["unshare", "--map-root-user", "--mount", "sh", "-c", NEARLY_FULL, "sh", suites.store, *command],
                          capture_output=True, text=True, timeout=100,
                          env={**os.environ, "QUICK_RUNS": str(suites.plans)})
    if done.returncode == 77 or (done.returncode == 1 and not done.stdout):
        pytest.skip("no mount namespace here: " + done.stderr)
    assert done.returncode == 1, "what failed before counts"
    assert re.search(r"; cut short after 1 of 9 planned tests: less than 256 MiB are free for ", first_line(done)), done.stdout


@pytest.mark.parametrize("options, found", [
    (["--shard", "3/2"], "--shard: found 3/2, expected K/N such as 2/4"),
    (["--budget", "soon"], "--budget: found 'soon'"),
    (["--merge", "/no/such/ledger"], "/no/such/ledger: found no file, expected a ledger")])
def test_a_wrong_option_is_a_usage_error(suites, options, found):
    done = suites(suites.write(), *options)
    assert done.returncode == 254
    assert found in done.stderr and done.stderr.count("\n") == 1


def test_an_unknown_bug_is_a_usage_error(suites):
    done = suites(suites.write(controls={"bugs": [{"bug": "no-such"}], "healthy": {}}))
    assert done.returncode == 254 and "bug: found 'no-such', expected one of: accept-stale-term" in done.stderr


def test_reports_lie_beside_the_one_that_is_named(suites, tmp_path):
    suites(suites.write(), "--junit", tmp_path / "out" / "night.xml")
    assert {path.suffix for path in (tmp_path / "out").glob("night.*")} == {".xml", ".md", ".json"}
    assert suites.report()["verdict"] == "valid", "the usual place has them, too"


def test_the_plan_is_printed_as_json_and_equals_what_runs(suites):
    suite = suites.write(runs=[{"name": "a", "seeds": 2}])
    listed = [json.loads(line) for line in suites(suite, "--list-json").stdout.splitlines()]
    suites(suite)
    for planned in listed:
        if planned["purpose"] == "bug-control" and planned["attempt"] > 1:
            continue
        run = suites.runs()[planned["id"]]
        assert run["seed"] == planned["seed"] == planned["scenario"]["seed"]
        stored = json.loads((suites.store / run["path"] / "scenario.json").read_text())
        assert stored == planned["scenario"]


@pytest.mark.parametrize("suite", sorted(path.stem for path in (ROOT / "harness" / "suites").glob("*.json")))
def test_each_shipped_suite_begins_with_transactions_and_crashes(suites, suite):
    listed = [json.loads(line) for line in suites(suite, "--list-json").stdout.splitlines()]
    tests = [run for run in listed if run["purpose"] == "test"]
    assert tests[0]["scenario"]["workload"] == "multi-register" and tests[0]["scenario"]["nemesis"] == []
    assert "lose-unsynced" in json.dumps(tests[1]["scenario"]["phases"])


def without_comments(path):
    lines = path.read_text().splitlines()
    return json.loads("\n".join(line for line in lines if not line.lstrip().startswith("//")))


@pytest.fixture(scope="module", name="schema")
def _schema():
    printed = subprocess.run([str(BIN / "capsize"), "schema", "suite"], capture_output=True, text=True, check=True)
    schema = json.loads(printed.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", sorted((ROOT / "harness" / "suites").glob("*.json")), ids=lambda path: path.stem)
def test_the_schema_accepts_the_shipped_suites(schema, path):
    schema.validate(without_comments(path))


@pytest.mark.parametrize("change", [
    {"runs": []}, {"runs": [{}]}, {"controls": {"healthy": {}}}, {"runs": [{"name": "a", "seeds": 0}]},
    {"runs": [{"name": "a", "with": {"seed": 4}}]}, {"runs": [{"name": "a", "with": {"nodes": 99}}]},
    {"runs": [{"name": "a", "matrix": {"nodes": 3}}]}, {"mutes": [{"signature": "0123456789abcdef"}]},
    {"keep": "some"}, {"no-such-key": 1}], ids=json.dumps)
def test_schema_and_reader_refuse_the_same(schema, suites, change):
    path = suites.write(**change)
    assert not schema.is_valid(json.loads(path.read_text()))
    assert suites(path, "--list").returncode == 254


# With real clusters.

def real(suites, suite):
    return suites(suite, runner=None)


def test_a_suite_whose_nodes_never_start_is_a_harness_error_with_the_reason(suites):
    broken = {"node-arg": ["--no-such-flag"], "nodes": 1, "nemesis": "none", "time-limit": "1s"}
    done = real(suites, suites.write(
        runs=[{"name": "a", "with": broken}],
        controls={"bugs": [{"bug": "no-dedup", "with": broken}], "healthy": {"with": broken}}))
    assert done.returncode == 255
    assert "no-such-flag" in first_line(done), done.stdout


def test_a_suite_whose_faults_never_take_effect_is_vacuous(suites):
    # No node makes a thousand snapshots in a second.
    never = {"nodes": 3, "time-limit": "1s", "rate": 200, "phases": [
        {"when": {"snapshot": {"of": "own", "count": 1000}}, "faults": [{"kind": "cut", "target": "leader",
                                                                        "hold": "100ms"}]}]}
    controls = {"bugs": [{"bug": "read-without-quorum", "with": {"nemesis": "partition", "time-limit": "5s"}}],
                "healthy": {"with": {"nodes": 1, "time-limit": "1s"}}}
    done = real(suites, suites.write(runs=[{"name": "a", "with": never}], controls=controls))
    assert done.returncode == 3, done.stdout
    assert "1 of 1 run is vacuous: coverage:" in first_line(done)


def test_a_control_that_cannot_be_caught_makes_the_suite_vacuous(suites):
    healthy = {"with": {"nodes": 1, "time-limit": "1s"}}
    quiet = {"nodes": 1, "nemesis": [], "time-limit": "500ms"}
    done = real(suites, suites.write(
        runs=[{"name": "a", "with": {"nodes": 1, "nemesis": [], "time-limit": "1s"}}],
        controls={"bugs": [{"bug": "read-without-quorum", "with": quiet}], "healthy": healthy}))
    assert done.returncode == 3
    assert "the seeded bug read-without-quorum was not caught in 3 runs" in first_line(done)


def test_a_killed_suite_leaves_no_process_of_its_clusters(suites):
    process = suites.start(suites.write(runs=[{"name": "a", "with": {"nodes": 3, "time-limit": "60s"}}]),
                           runner=None)

    def run_and_nodes():
        for run in children(process.pid):
            if len(children(run)) >= 6:  # nodes and a proxy
                return [run, *children(run)]
        return None

    pids = wait_for(run_and_nodes, 60, "a run with its nodes")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    for pid in pids:
        wait_for(lambda: not alive(pid), 10, "the end of its processes")
    assert suites.ledger("start")[0]["path"]
