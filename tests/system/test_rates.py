"""The failure rate of each group against earlier nights, and `capsize suite --confirm`.

Runs are a stand-in (tests/fixtures/quick-run) that fails for a given part of the seeds; earlier nights are
written into the ledger as a suite would have written them.
"""

import json
import os
import signal
import subprocess

import pytest

from conftest import BIN, ROOT, wait_for

STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
CONTROLS = {"bugs": [{"bug": "read-without-quorum"}], "healthy": {}}
SIGNATURE = "00000000000000bb"


class Nights:
    def __init__(self, folder):
        self.store = folder / "store"
        self.plans = folder / "plans"
        self.plans.mkdir()
        self.suite = folder / "night.json"
        self.keys = {}
        self.write()

    def write(self, **keys):
        self.keys = {**self.keys, **keys}
        self.suite.write_text(json.dumps({"controls": CONTROLS, "runs": [{"name": "a", "seeds": 20}], **self.keys}))

    def fail_in(self, permille, signature=SIGNATURE):
        """The stand-in fails for this part of the seeds, which end the name of the run's directory."""
        (self.plans / "a").write_text(
            f'signature={signature}; seed=${{directory##*-}}; [ $((seed % 1000)) -ge {permille} ] || verdict=invalid\n')

    def start(self, *options, jobs=4):
        command = [BIN / "capsize", "suite", self.suite, "--store", self.store, "--runner", STAND_IN, "--seed", "1",
                   "--jobs", jobs, *options]
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env={**os.environ, "QUICK_RUNS": str(self.plans)})

    def __call__(self, *options, **more):
        process = self.start(*options, **more)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def lines(self, event, execution=None):
        lines = map(json.loads, (self.store / "ledger.jsonl").read_text().splitlines())
        return [line for line in lines
                if line.get("event") == event and execution in (None, line["execution"])]

    def last(self):
        return self.lines("begin")[-1]["execution"]

    def tests(self):
        """The tests of the last night, in the order in which they ended."""
        return [line for line in self.lines("run", self.last()) if line["purpose"] == "test"]

    def add_baseline(self, failed, runs, **changes):
        """An earlier night with the case of the suite, as the ledger of a shorter one shows it."""
        self.write(runs=[{"name": "a", "seeds": 1}])
        self.fail_in(0)
        assert self().returncode == 0
        self.write(runs=[{"name": "a", "seeds": 20}])
        begin, run = self.lines("begin")[0], self.tests()[0]
        failure = {"signature": SIGNATURE, "check": "linearizable", "anomaly": "stale read", "sentence": "",
                   "faults": []}
        night = [{**begin, "execution": "before"}]
        for number in range(1, runs + 1):
            night.append({**run, "execution": "before", "run": f"a/{number}", **changes})
            if number <= failed:
                night[-1] |= {"verdict": "invalid", "signature": SIGNATURE, "failures": [failure]}
        night.append({"event": "end", "execution": "before", "seconds": 1})
        lines = [{"capsize-ledger": 1}, *night]
        (self.store / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def report(self):
        return json.loads((self.store / "reports" / "night" / "report.json").read_text())

    def rate(self):
        return self.report()["groups"][0]["rate"]


@pytest.fixture
def nights(tmp_path):
    return Nights(tmp_path)


def test_a_worse_rate_is_one_sentence_in_every_report(nights):
    nights.add_baseline(9, 300)
    nights.fail_in(500)
    done = nights()
    failed = sum(line["verdict"] == "invalid" for line in nights.tests())
    assert failed == 6, "the seeds follow from --seed"
    sentence = ("worse: 6 of 20 runs failed (30 %, 95 % interval 12 to 54 %), before 9 of 300 (3.0 %); "
                "p = 0.000044 after 1 look")
    rate = nights.rate()
    assert rate["sentence"] == sentence
    assert rate["verdict"] == "worse" and rate["now"] == {"failed": 6, "runs": 20}
    assert f"         {sentence}\n" in done.stdout
    assert "; 1 worse than before; " in done.stdout.splitlines()[0]
    assert f"Rate: {sentence}." in (nights.store / "reports/night/report.md").read_text()
    issue = nights.store / f"reports/night/issues/issue-{SIGNATURE}.md"
    assert "- rate: worse: 6 of 20 runs failed" in issue.read_text()


def test_as_many_failures_as_before_are_not_worse(nights):
    nights.add_baseline(9, 300)
    nights.fail_in(80)
    assert nights().returncode == 1, "a known failure still fails the night"
    assert nights.rate()["verdict"] == "not shown to be worse"
    assert "worse than before" not in nights.report()["first-line"]


def test_a_changed_scenario_is_not_compared_with_its_former_self(nights):
    nights.add_baseline(9, 300, parameters={"nodes": 7})
    nights.fail_in(500)
    nights()
    assert nights.rate()["verdict"] == "no baseline"
    assert nights.rate()["sentence"] == "6 of 20 runs failed (30 %, 95 % interval 12 to 54 %), 0 of 0 before"


def test_a_mute_covers_the_known_rate_only(nights):
    nights.write(mutes=[{"signature": SIGNATURE, "reason": "r", "owner": "ada", "expires": "2199-12-31"}])
    nights.add_baseline(9, 300)
    nights.fail_in(80)
    assert nights().returncode == 0
    nights.fail_in(400)
    done = nights()
    assert done.returncode == 1
    assert done.stdout.startswith("night: invalid: muted, but worse: "), done.stdout
    assert "muted, but worse" in (nights.store / "reports/night/report.xml").read_text()


def test_the_level_is_declared_before_the_first_run(nights):
    nights.write(rates={"alpha": 0.001, "runs": 40})
    assert nights("--confirm").returncode == 0
    assert nights.lines("begin")[-1]["rates"] == {"alpha": 0.001, "runs": 40, "confirm": True}
    assert nights.report()["executions"][0]["rates"]["alpha"] == 0.001


@pytest.mark.parametrize("rates, message", [
    ({"alpha": 0}, "rates.alpha"), ({"alpha": "1 %"}, "rates.alpha"), ({"runs": 0}, "rates.runs"),
    ({"runs": 20000}, "rates.runs"), ({"level": 0.01}, "rates.level"), (7, "rates")], ids=json.dumps)
def test_a_wrong_declaration_is_refused(nights, rates, message):
    nights.write(rates=rates)
    done = nights()
    assert done.returncode == 254
    assert message in done.stderr, done.stderr


@pytest.mark.parametrize("option", [["--shard", "1/2"], ["--only", "0000"], ["--merge", "x.jsonl"]])
def test_confirm_is_refused_where_no_whole_night_runs(nights, option):
    done = nights("--confirm", *option)
    assert done.returncode == 254
    assert f"--confirm: found with {option[0]}, expected without" in done.stderr


def test_confirm_repeats_with_new_seeds_until_a_worse_rate_is_shown(nights):
    nights.add_baseline(9, 300)
    nights.fail_in(200)
    assert nights("--confirm").returncode == 1
    rate, tests = nights.rate(), nights.tests()
    assert rate["verdict"] == "worse" and rate["looks"] > 1
    assert rate["declared-looks"] == [20, 30, 45, 67, 100]
    assert len(tests) == rate["now"]["runs"] == rate["declared-looks"][rate["looks"] - 1]
    assert {line["run"] for line in tests} == {f"a/{number}" for number in range(1, len(tests) + 1)}
    assert len({line["seed"] for line in tests}) == len(tests)
    assert f"after {rate['looks']} looks" in rate["sentence"]
    assert len(nights.lines("confirm")) == 1


def test_confirm_ends_when_a_worse_rate_has_become_unlikely(nights):
    nights.add_baseline(30, 300)
    nights.fail_in(80)
    nights("--confirm")
    rate = nights.rate()
    assert rate["verdict"] == "not shown to be worse" and not rate["undecided"]
    assert 20 < len(nights.tests()) < 100


def test_a_new_group_is_not_repeated(nights):
    nights.add_baseline(9, 300)
    nights.fail_in(300, signature="00000000000000cc")
    nights("--confirm")
    assert len(nights.tests()) == 20


def test_repeats_that_say_nothing_are_made_up_for_but_not_without_end(nights):
    nights.write(rates={"runs": 40})
    nights.add_baseline(9, 300)
    nights.fail_in(80)
    # The planned runs are decided, and no repeat is. The baseline left one directory of this case.
    with open(nights.plans / "a", "a") as plan:
        plan.write('[ "$(ls "${directory%/*}" | wc -l)" -le 21 ] || verdict=vacuous\n')
    nights("--confirm", jobs=1)
    assert nights.rate()["undecided"] and nights.rate()["sentence"].endswith("; undecided")
    assert len(nights.tests()) == 80


def test_a_killed_confirmation_is_resumed_without_losing_or_repeating_a_run(nights):
    nights.add_baseline(9, 300)
    nights.fail_in(110)
    for enough in (10, 24, 36):
        process = nights.start("--confirm", "--resume", "--quiet")
        wait_for(lambda: len(nights.lines("begin")) > 1 and len(nights.tests()) >= enough, 60, f"{enough} runs")
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert nights("--confirm", "--resume").returncode == 1
    assert len(nights.lines("begin")) == 2 and len(nights.lines("confirm")) == 1
    tests, rate = nights.tests(), nights.rate()
    assert not rate["undecided"]
    assert sorted(line["run"] for line in tests) == sorted(f"a/{n}" for n in range(1, len(tests) + 1))
    assert rate["now"]["runs"] == len(tests) in rate["declared-looks"]


def test_a_night_that_was_begun_without_confirm_is_not_continued_with_it(nights):
    nights.fail_in(0)
    process = nights.start()
    wait_for(lambda: (nights.store / "ledger.jsonl").exists() and nights.lines("start"), 60, "a run")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = nights("--confirm", "--resume")
    assert "is not resumed, because the test of rates has changed since" in done.stderr
