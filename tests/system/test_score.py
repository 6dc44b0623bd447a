"""capsize score: the matrix of seeded bugs and strategies, its ledger, and the comparison with a baseline.

Most tests use a stand-in for runs (tests/fixtures/quick-run), which catches a bug by a stale read: a proper report of
read-without-quorum, and none of no-dedup.
"""

import collections
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from conftest import BIN, ROOT, wait_for

STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
BUG, OTHER = "read-without-quorum", "no-dedup"
DIRECTED = {
    # The leader is cut off, and its clients continue to read from it while others write through its successor.
    BUG: {"nodes": 3, "rate": 800, "time-limit": "3s", "node-arg": ["--no-check-quorum"],
          "phases": [{"name": "isolated", "when": {"acknowledged": {"count": 100}}, "repeat": 3,
                      "faults": [{"kind": "cut", "target": "leader", "hold": "800ms"}]}]},
    OTHER: {"workload": "append", "retries": 3, "phases": [{"faults": [{"kind": "kill", "target": "leader"}]}]},
}


@pytest.fixture(scope="session")
def prefix(tmp_path_factory):
    """An installation whose directed scenarios are those above, whatever is shipped."""
    prefix = tmp_path_factory.mktemp("prefix")
    (prefix / "bin").mkdir()
    for name in ("capsize", "capsize-node", "capsize-node-with-bugs", "capsize-proxy"):
        shutil.copy2(BIN / name, prefix / "bin" / name)
    bugs = prefix / "share" / "capsize" / "scenarios" / "bugs"
    bugs.mkdir(parents=True)
    for name, scenario in DIRECTED.items():
        (bugs / f"{name}.json").write_text(json.dumps(scenario))
    return prefix


class Scores:
    def __init__(self, prefix, folder):
        self.prefix = prefix
        self.folder = folder
        self.store = folder / "store"
        self.plans = folder / "plans"
        self.plans.mkdir()

    def plan(self, case, shell):
        """What the stand-in does in this case."""
        (self.plans / case).write_text(shell)

    def start(self, *options, bugs=f"{BUG},{OTHER}", strategies="directed,all", runner=STAND_IN, revision="now"):
        command = [str(self.prefix / "bin" / "capsize"), "score", "--store", str(self.store), "--bugs", bugs,
                   "--strategies", strategies, "--seed", "1", "--revision", revision]
        command += (["--runner", str(runner)] if runner else []) + [str(option) for option in options]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=self.folder,
                                env={**os.environ, "QUICK_RUNS": str(self.plans)})

    def __call__(self, *options, **more):
        process = self.start(*options, **more)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def lines(self, event):
        lines = (self.store / "score.jsonl").read_text().splitlines()
        return [line for line in map(json.loads, lines) if line.get("event") == event]

    def runs(self):
        return [line["run"] for line in self.lines("run")]

    def matrix(self, *options, **more):
        path = self.folder / "matrix.json"
        self("--report", "--json", path, *options, **more)
        found = json.loads(path.read_text())
        return {(cell["bug"], cell["strategy"]): cell for cell in found["cells"]}


@pytest.fixture
def scores(prefix, tmp_path):
    return Scores(prefix, tmp_path)


def test_each_cell_gets_its_runs_the_directed_ones_first(scores):
    done = scores("--runs", "3", "--jobs", "1")
    assert done.returncode == 0, done.stderr
    strategies = [run.split("/")[1] for run in scores.runs()]
    assert strategies == ["directed"] * 9 + ["all"] * 9, "two bugs and the clean node, three runs each"
    matrix = scores.matrix()
    assert matrix[BUG, "directed"]["caught"] == 3 and matrix[BUG, "directed"]["detection-s"] == 1.2
    assert matrix[BUG, "directed"]["reports"] == {"linearizable/stale read": 3}
    assert matrix[OTHER, "all"]["caught"] == 0 and matrix[OTHER, "all"]["otherwise"] == 3
    assert matrix["none", "all"]["caught"] == 0 and matrix["none", "all"]["runs"] == 3
    assert re.search(rf"^{BUG} \* +3/3 +1\.2 s +3/3 +1\.2 s$", done.stdout, re.MULTILINE), done.stdout
    assert re.search(rf"^{OTHER} \* +0/3 +0/3$", done.stdout, re.MULTILINE)
    assert "false alarms: 0 of 6 runs of the clean node; 95 % upper bound 39 %" in done.stdout
    assert f"{OTHER} under all: 3 runs invalid otherwise" in done.stdout


def test_strategies_run_in_the_setting_of_the_directed_scenario(scores):
    scores("--runs", "1", "--time-limit", "2s")
    parameters = {line["run"]: line["parameters"] for line in scores.lines("run")}
    assert parameters[f"{OTHER}/all/1"] == {"bug": OTHER, "nemesis": ["all"], "workload": "append", "retries": 3,
                                            "time-limit": "2s"}
    assert parameters[f"{BUG}/directed/1"]["phases"] == DIRECTED[BUG]["phases"]


def test_a_second_call_repeats_nothing_and_says_what_it_added(scores):
    assert "added: 6 runs in" in scores("--runs", "1").stdout
    again = scores("--runs", "1").stdout
    assert "added: 0 runs in" in again and "to 6 of the ledger, none repeated" in again
    more = scores("--runs", "3").stdout
    assert "added: 12 runs in" in more and "in 6 cells: " in more
    assert len(set(scores.runs())) == 18
    seeds = collections.Counter((line["case"], line["seed"]) for line in scores.lines("run"))
    assert set(seeds.values()) == {1}


def test_a_budget_narrows_the_widest_intervals_until_it_is_used_up(scores):
    # A seed decides whether the stand-in catches the bug, so its interval stays the widest.
    scores.plan(f"score-{BUG}-all", "case $directory in *[02468]) verdict=valid ;; esac")
    done = scores("--budget", "7s", "--time-limit", "1ms")
    assert done.returncode == 0, done.stderr
    cells = collections.Counter(run.rsplit("/", 1)[0] for run in scores.runs())
    assert min(cells.values()) >= 3 and cells.most_common(1)[0][0] == f"{BUG}/all"


def test_runs_that_say_nothing_do_not_count_and_are_shown_with_the_reason(scores):
    scores.plan(f"score-{BUG}-directed", "verdict=vacuous")
    scores.plan(f"score-{BUG}-all", 'verdict="harness error"; cause=overload')
    done = scores("--runs", "2", "--jobs", "1", bugs=BUG)
    assert done.returncode == 0, done.stderr
    assert f"{BUG} under directed: 3 runs not counted: vacuous\n  linearizable: as asked for\n" in done.stdout
    assert f"{BUG} under all: 3 runs not counted: harness error\n  because of overload\n" in done.stdout
    matrix = scores.matrix(bugs=BUG)
    assert matrix[BUG, "directed"]["runs"] == 0 and matrix[BUG, "directed"]["not-counted"] == {"vacuous": 3}
    assert re.search(rf"^{BUG} \*$", done.stdout, re.MULTILINE), "blank where there are no runs"


def test_harness_errors_in_a_row_stop_the_score(scores):
    for case in (f"score-{BUG}-all", f"score-none-all-{BUG}", f"score-{BUG}-kill", f"score-none-kill-{BUG}"):
        scores.plan(case, 'verdict="harness error"; cause=overload')
    done = scores("--runs", "9", "--jobs", "1", bugs=BUG, strategies="all,kill")
    assert done.returncode == 255
    assert "ended early: 5 runs in a row ended in harness errors" in done.stdout


def test_a_false_alarm_of_the_clean_node_is_exit_code_1(scores):
    scores.plan(f"score-none-all-{BUG}", "verdict=invalid")
    done = scores("--runs", "1", bugs=BUG)
    assert done.returncode == 1
    assert "false alarms: 1 of 2 runs of the clean node" in done.stdout
    assert "reported: linearizable/stale read 1" in done.stdout


@pytest.fixture
def baseline(scores):
    path = scores.folder / "baseline.json"
    assert scores("--runs", "3", "--json", path, bugs=BUG).returncode == 0
    return path


def test_a_bug_that_is_no_longer_caught_is_exit_code_1(scores, baseline):
    scores.plan(f"score-{BUG}-all", "verdict=valid")
    done = scores("--baseline", baseline, "--jobs", "1", bugs=BUG, revision="next")
    assert done.returncode == 1
    assert f"no longer caught: {BUG} under all: caught in 3 of 3 runs before, now in 0 of 3" in done.stdout
    # One run of the cell that is caught again is enough, three of the other; and nothing else runs.
    fresh = [line["run"] for line in scores.lines("run") if line["revision"] == "next"]
    assert sorted(run.rsplit("/", 1)[0] for run in fresh) == [f"{BUG}/all"] * 3 + [f"{BUG}/directed"]


def test_a_baseline_that_is_caught_again_is_exit_code_0(scores, baseline):
    done = scores("--baseline", baseline, bugs=BUG, revision="next")
    assert done.returncode == 0, done.stdout
    assert "baseline: 2 cells compared, all caught again" in done.stdout


def test_too_few_runs_to_compare_are_exit_code_2(scores, baseline):
    scores.plan(f"score-{BUG}-all", "verdict=vacuous")
    done = scores("--baseline", baseline, bugs=BUG, revision="next")
    assert done.returncode == 2
    assert f"undecided: {BUG} under all: caught in 3 of 3 runs before, now in 0 of 0; 3 are needed" in done.stdout


def test_a_baseline_names_bugs_and_strategies_unless_options_do(scores, baseline):
    score = json.loads(baseline.read_text())
    score["bugs"].append({"name": "gone"})
    baseline.write_text(json.dumps(score))
    done = subprocess.run([scores.prefix / "bin" / "capsize", "score", "--baseline", baseline, "--dry-run", "--store",
                           scores.store, "--revision", "next"], capture_output=True, text=True, check=True)
    assert done.stderr == f"capsize: {baseline}: its bug gone is not compared: the node has none of that name\n"
    assert "6 runs of 4 cells, seed 1" in done.stdout, "three of each cell that was caught"


def test_two_published_scores_are_compared_without_a_run(scores, baseline):
    scores.plan(f"score-{BUG}-all", "verdict=valid")
    now = scores.folder / "now.json"
    scores("--runs", "3", "--json", now, bugs=BUG, revision="next")
    done = scores("--from", now, "--baseline", baseline)
    assert done.returncode == 1 and f"no longer caught: {BUG} under all: " in done.stdout
    assert scores("--from", baseline, "--baseline", baseline).returncode == 0


def test_runs_of_another_revision_are_kept_but_not_counted(scores, baseline):
    done = scores("--runs", "1", bugs=BUG, revision="next")
    assert "4 runs of revision next; 12 runs of other revisions or settings not counted" in done.stdout
    cells = scores.matrix("--all-revisions", bugs=BUG)
    assert cells[BUG, "directed"]["runs"] == 4


def test_a_killed_score_is_continued_without_losing_or_repeating_a_run(scores):
    for enough in (4, 9):
        process = scores.start("--runs", "6", "--quiet")
        wait_for(lambda: (scores.store / "score.jsonl").exists() and len(scores.runs()) >= enough, 60,
                 f"{enough} runs")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with open(scores.store / "score.jsonl", "a") as ledger:
        ledger.write('{"event":"run","execution":"torn')
    assert scores("--runs", "6").returncode == 0
    runs = collections.Counter(scores.runs())
    assert len(runs) == 36 and set(runs.values()) == {1}
    begun = {line["run"] for line in scores.lines("start")}
    assert begun == set(runs) | {line["run"] for line in scores.lines("lost")}


def test_a_run_that_finished_while_its_score_was_dead_is_adopted(scores):
    assert scores("--runs", "1", bugs=BUG, strategies="all").returncode == 0
    scores.plan(f"score-{BUG}-all", f'printf "$directory" > {scores.folder}/begun; exec sleep 100')
    process = scores.start("--runs", "2", "--jobs", "1", bugs=BUG, strategies="all")
    wait_for(lambda: (scores.folder / "begun").exists() and (scores.folder / "begun").read_text(), 60, "the run")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    caught = next(line for line in scores.lines("run") if line["run"].startswith(BUG))
    directory = (scores.folder / "begun").read_text()
    shutil.copy(scores.store / caught["path"] / "results.json", directory)
    scenario = pathlib.Path(directory) / "scenario.json"  # a real run adds its expectations
    scenario.write_text(json.dumps({**json.loads(scenario.read_text()), "expect": {"ok": 5}}))
    scores.plan(f"score-{BUG}-all", "verdict=valid")  # would be seen if the run were repeated
    scores("--runs", "2", bugs=BUG, strategies="all")
    assert scores.matrix(bugs=BUG, strategies="all")[BUG, "all"]["caught"] == 2


def test_an_interrupt_reports_what_is_there_and_the_next_call_continues(scores):
    scores.plan(f"score-{BUG}-all",
                f'verdict=valid; touch {scores.folder}/begun; while [ $interrupted = false ]; do sleep 0.02; done')
    process = scores.start("--runs", "1", "--jobs", "1", bugs=BUG)
    wait_for(lambda: (scores.folder / "begun").exists(), 60, "the run")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "ended early: interrupted by a signal" in out
    assert [line["run"] for line in scores.lines("lost")] == [f"{BUG}/all/1"]
    scores.plan(f"score-{BUG}-all", "verdict=valid")
    assert scores("--runs", "1", bugs=BUG).returncode == 0
    assert f"{BUG}/all/2" in scores.runs() and f"{BUG}/all/1" not in scores.runs()


def test_a_second_score_in_the_same_ledger_is_refused(scores):
    scores.plan(f"score-{BUG}-all", "exec sleep 100")
    process = scores.start(bugs=BUG, strategies="all")
    try:
        wait_for(lambda: (scores.store / "score.jsonl").exists() and scores.lines("start"), 60, "a run")
        second = scores(bugs=BUG, strategies="all")
        assert second.returncode == 255
        assert "another suite or score is writing to this ledger" in second.stderr
    finally:
        process.kill()
        process.communicate()


def test_one_caught_run_of_a_cell_keeps_its_files(scores):
    scores.plan(f"score-{BUG}-all", 'touch "$directory/history.jsonl"')
    scores.plan(f"score-none-all-{BUG}", 'touch "$directory/history.jsonl"')
    scores("--runs", "3", bugs=BUG, strategies="all")
    scores("--runs", "5", bugs=BUG, strategies="all")
    kept = [path for path in scores.store.glob(f"score-{BUG}-all/2*")]
    assert len(kept) == 1 and (kept[0] / "history.jsonl").exists()
    assert scores.matrix(bugs=BUG, strategies="all")[BUG, "all"]["example"] == str(kept[0].relative_to(scores.store))
    missed = list(scores.store.glob(f"score-none-all-{BUG}/2*"))
    assert len(missed) == 5 and not any((path / "history.jsonl").exists() for path in missed)


def test_dry_run_names_the_runs_and_what_cannot_run(scores):
    done = scores("--dry-run", "--runs", "2", bugs=f"{BUG},ack-before-commit")
    assert done.returncode == 0
    assert "10 runs of 6 cells, seed 1" in done.stdout
    assert "ack-before-commit/directed: no run: the bug has no directed scenario" in done.stdout
    assert not scores.store.exists()
    assert re.search(rf"^{BUG}/directed/1 +seed \d+ +{{", done.stdout, re.MULTILINE)


def test_a_matrix_is_published_in_every_form(scores, baseline):
    readme = scores.folder / "README.md"
    readme.write_text("before\n<!-- track record: begin -->\nold\n<!-- track record: end -->\nafter\n")
    markdown = scores.folder / "score.md"
    done = scores("--from", baseline, "--table", "--markdown", markdown, "--update", readme)
    assert done.returncode == 0, done.stderr
    assert f"| `{BUG}` | 3/3 (29–100 %), 1.2 s, linearizable/stale read 3 |" in markdown.read_text()
    assert readme.read_text() == ("before\n<!-- track record: begin -->\n" + done.stdout
                                  + "<!-- track record: end -->\nafter\n")
    assert f"| `{BUG}` | " in done.stdout and "| `linearizable/stale read` | 3/3 | 3/3 | 1.2 s |" in done.stdout


def test_every_key_of_the_json_is_documented(baseline):
    section = (ROOT / "docs" / "FORMATS.md").read_text().split("\n## Scores\n")[1].split("\n## ")[0]
    documented = set(re.findall(r"[\w-]+", section))
    score = json.loads(baseline.read_text())
    keys = set(score) | set(score["bugs"][0]) | set(score["cells"][0]) | set(score["false-alarms"])
    assert keys - {"capsize-score"} <= documented


@pytest.mark.parametrize("options, message", [
    (["--bugs", "no-such"], "--bugs: found no-such, expected core, all, "),
    (["--strategies", "chaos"], "--strategies: found 'chaos', expected directed, default, all, each, or one of: "),
    (["--strategies", ","], "--strategies: found no strategy"),
    (["--budget", "soon"], "--budget: "),
    (["--time-limit", "2"], "--time-limit: "),
    (["--baseline", "/dev/null"], "--baseline: /dev/null: found , expected what `capsize score --json` writes"),
    (["--from", "missing.json"], "missing.json: cannot be read"),
    (["--jobs", "0"], "--jobs: "),
])
def test_a_wrong_option_is_one_line_and_a_usage_error(prefix, options, message):
    done = subprocess.run([prefix / "bin" / "capsize", "score", *options], capture_output=True, text=True)
    assert done.returncode == 254
    assert done.stderr.count("\n") == 1 and message in done.stderr, done.stderr


def test_a_wrong_directed_scenario_is_named(prefix, tmp_path):
    copy = tmp_path / "prefix"
    shutil.copytree(prefix, copy)
    (copy / "share" / "capsize" / "scenarios" / "bugs" / f"{BUG}.json").write_text('{"nodse": 3}')
    done = subprocess.run([copy / "bin" / "capsize", "score", "--dry-run"], capture_output=True, text=True)
    assert done.returncode == 254 and f"{BUG}.json:1: " in done.stderr


def test_real_runs_catch_a_bug_and_raise_no_alarm(scores):
    done = scores("--runs", "2", "--jobs", "2", bugs=BUG, strategies="directed", runner=None)
    assert done.returncode == 0, done.stdout + done.stderr
    cell = scores.matrix(bugs=BUG, strategies="directed")[BUG, "directed"]
    assert cell["caught"] > 0 and cell["runs"] == 2, done.stdout
    assert 0 < cell["detection-s"] < 10
    assert all(report.startswith("linearizable/stale read") for report in cell["reports"])
    assert (scores.store / cell["example"] / "history.jsonl").exists()


def test_the_track_record_in_the_documents_is_that_of_the_committed_score(prefix, tmp_path):
    done = subprocess.run([prefix / "bin" / "capsize", "score", "--from", ROOT / "docs" / "score.json", "--table"],
                          capture_output=True, text=True, check=True)
    text = (ROOT / "docs" / "SEEDED_BUGS.md").read_text()
    block = text.split("<!-- track record: begin -->\n")[1].split("<!-- track record: end -->")[0]
    assert block == done.stdout, "capsize score --from docs/score.json --update docs/SEEDED_BUGS.md"
    copy = tmp_path / "README.md"
    shutil.copy(ROOT / "README.md", copy)
    subprocess.run([prefix / "bin" / "capsize", "score", "--from", ROOT / "docs" / "score.json", "--update", copy],
                   capture_output=True, text=True, check=True)
    assert copy.read_text() == (ROOT / "README.md").read_text(), \
        "capsize score --from docs/score.json --update README.md"
