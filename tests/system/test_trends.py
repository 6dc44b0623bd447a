"""capsize trends: from ledgers that real suites wrote (with a stand-in for their runs), old ones and hostile ones."""

import json
import os
import re
import subprocess

import pytest

from conftest import BIN, ROOT

STAND_IN = ROOT / "tests" / "fixtures" / "quick-run"
CASES = [{"name": "kill", "seeds": 2}, {"name": "cut"}]


def measures(recovery, rate):
    faults = ",".join(f'{{"kind":"kill","recovery-ms":{recovery + 10 * i}}}' for i in range(3))
    return (f'more=\'"load-ms":60000,"ok-per-second-quiet":{rate},"behaviour":{{"new":2}},'
            f'"faults":{{"list":[{faults}]}},\'\n')


class Nights:
    """Executes a suite as often as asked for, one night each."""

    def __init__(self, folder):
        self.folder = folder
        self.plans = folder / "plans"
        self.plans.mkdir()
        self.suite = folder / "night.json"
        self.suite.write_text(json.dumps({"runs": CASES, "controls": {"bugs": [{"bug": "no-dedup"}], "healthy": {}}}))
        self.number = 0

    def run(self, shell, *options, store="store"):
        self.number += 1
        for case in CASES:
            (self.plans / case["name"]).write_text(shell)
        done = subprocess.run(
            [BIN / "capsize", "suite", self.suite, "--store", self.folder / store, "--runner", STAND_IN, "--jobs", "8",
             "--revision", f"revision{self.number}", "--seed", str(self.number), "--quiet", *options],
            capture_output=True, text=True, env={**os.environ, "QUICK_RUNS": str(self.plans)}, timeout=60, check=False)
        assert done.returncode in (0, 1), done.stdout + done.stderr

    def trends(self, *options):
        return subprocess.run([BIN / "capsize", "trends", *options], cwd=self.folder, capture_output=True, text=True,
                              timeout=60, check=False)

    def document(self, *options):
        done = self.trends(*options, "--json", "trends.json")
        assert done.returncode == 0, done.stderr
        return json.loads((self.folder / "trends.json").read_text())


@pytest.fixture(name="nights")
def _nights(tmp_path):
    return Nights(tmp_path)


def series(document, quantity):
    return [each for each in document["suites"][0]["series"] if each["quantity"] == quantity]


def test_a_lasting_change_is_marked_with_its_night_and_revision(nights):
    for number in range(1, 13):
        worse = number > 6
        nights.run(measures((900 if worse else 400) + number, 950)
                   + ("verdict=invalid; signature=00000000000000bb" if worse else ""))
    document = nights.document("--markdown", "trends.md")
    assert document["capsize-trends"] == 1 and document["method"]["alpha"] == 0.01
    for quantity, before, after in (("recovery", 413.5, 919.5), ("pass-rate", 1, 0), ("group-rate", 0, 1)):
        [one] = series(document, quantity)
        [change] = one["changes"]
        assert (change["night"], change["night-before"]) == (6, 5), quantity
        assert (change["revision"], change["revision-before"]) == ("revision7", "revision6")
        assert (change["before"], change["after"]) == (before, after), quantity
        assert change["p"] <= 0.01
    assert series(document, "recovery")[0]["fault"] == "kill"
    assert series(document, "group-rate")[0]["signature"] == "00000000000000bb"
    assert series(document, "throughput")[0]["changes"] == []
    assert series(document, "faults-per-minute")[0]["values"] == [3] * 12
    assert series(document, "new-behaviours")[0]["values"] == [6] * 12
    text = nights.trends("--nights", "12").stdout
    assert "night: 12 nights from " in text and "36 tests, 3 changes" in text
    assert re.search(r"recovery after kill: 922 ms \(9 faults\)\n  ▄{6}█{6}\n {8}\^\n  \^ ....-..-..: 414 ms -> 920 ms, "
                     r"p \S+, revision6 -> revision7\n", text), text
    markdown = (nights.folder / "trends.md").read_text()
    assert "| pass rate | 0 % (0 of 3 runs) |" in markdown and "## Changes" in markdown


def test_each_line_of_a_ledger_stays_short(nights):
    nights.run(measures(400, 950))
    lines = (nights.folder / "store" / "ledger.jsonl").read_text().splitlines()
    runs = [json.loads(line) for line in lines if '"event":"run"' in line]
    kills = [run for run in runs if run["case"] == "kill"]
    assert kills[0]["measured"] == {"load-ms": 60000, "ok-per-second-quiet": 950, "new-behaviours": 2,
                                    "recovery-ms": {"kill": [3, 400, 410, 420]}}
    assert max(len(json.dumps(run["measured"])) for run in kills) < 200


def test_shards_of_several_machines_are_one_night(nights):
    for shard in ("1/2", "2/2"):
        nights.number = 4
        nights.run(measures(400, 950), "--shard", shard, store="store-" + shard[0])
    [suite] = nights.document("store-1/ledger.jsonl", "store-2/ledger.jsonl")["suites"]
    assert len(suite["nights"]) == 1
    assert suite["nights"][0]["complete"] and suite["nights"][0]["tests"] == 3


def test_a_ledger_of_an_older_release_has_rates_and_says_what_it_lacks(nights):
    nights.run("")
    done = nights.trends()
    assert done.returncode == 0
    assert "pass rate: 100 % (3 of 3 runs)" in done.stdout
    assert "3 tests without recovery, throughput and faults a minute: the ledger has none" in done.stdout


def test_nothing_to_show_is_one_line(nights):
    (nights.folder / "store").mkdir()
    done = nights.trends()
    assert (done.returncode, done.stdout) == (0, "no suite has run: the ledger has no execution\n")
    assert nights.document()["suites"] == []


def test_a_store_that_does_not_exist_is_an_error(nights):
    done = nights.trends()
    assert (done.returncode, done.stdout) == (254, "")
    assert "found no directory, expected a store of runs" in done.stderr


def test_usage_errors_are_one_line(nights):
    nights.run("")
    for arguments, says in ((("--suite", "nigth"), "--suite: found nigth, expected one of: night"),
                            (("--nights", "0"), "--nights"), (("missing.jsonl",), "missing.jsonl: found no file"),
                            (("--store", "a", "missing.jsonl"), "excludes"), (("--store", ""), "--store: found ''")):
        done = nights.trends(*arguments)
        assert done.returncode == 254, arguments
        assert says in done.stderr and done.stderr.count("\n") == 1, done.stderr


def test_a_hostile_ledger_is_refused_or_shown_harmlessly(nights):
    nights.run(measures(400, 950))
    ledger = nights.folder / "store" / "ledger.jsonl"
    text = ledger.read_text()
    for found, planted in (('"load-ms":60000', '"load-ms":-1'), ('"kill":[3,400,', '"kill":[3,1e300,'),
                           ('"kill":[3,400,', '"\\u001b[31m":[3,400,')):
        assert found in text
        ledger.write_text(text.replace(found, planted, 1))
        done = nights.trends()
        assert done.returncode == 254
        assert re.fullmatch(r"capsize: store/ledger.jsonl:\d+: key 'measured': key '[\w-]+': found .*, expected .*\n",
                            done.stderr), done.stderr
    ledger.write_text(text.replace('"suite":"night"', '"suite":"\\u001b[31m<script>"')
                      .replace('"revision":"revision1"', '"revision":"\\n\\u202e"')
                      .replace('"faults":3', '"faults":18446744073709551615'))
    done = nights.trends("--markdown", "trends.md")
    assert done.returncode == 0 and "\x1b" not in done.stdout and "\u202e" not in done.stdout
    assert "<script>" not in (nights.folder / "trends.md").read_text()
