"""The reports of a suite as other programs read them: JUnit against the schema and by junitparser, JSON, Markdown
and issues. The runs come from a runner that writes whatever text it is given."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest

from conftest import BIN, ROOT

SCHEMA = ROOT / "tests" / "fixtures" / "junit.xsd"
# What ends elements, attributes, tables, code, encodings and lines; U+FFFF, which XML forbids.
HOSTILE = ("]]> </failure> <script>alert(1)</script> & \" ' ` | **b** [x](http://evil.example) @team #12 \x1b[31m\x01\r\n"
           "```\n# heading\n| a | b |\n\uffff \u202e \U0001f600 é")

# Called as `capsize run` is; results/CASE.json beside it says what the run found.
RUNNER = r'''#!/usr/bin/env python3
import json, pathlib, sys
scenario = json.loads(pathlib.Path(sys.argv[2]).read_text())
directory = pathlib.Path(sys.argv[sys.argv.index("--run-directory") + 1])
chosen = pathlib.Path(__file__).parent / "results" / (scenario["name"] + ".json")
found = json.loads(chosen.read_text()) if chosen.exists() else {}
verdict = found.get("verdict", "invalid" if scenario.get("bug") else "valid")
results = {"capsize-results": 1, "verdict": verdict, "checks": [], "failures": [], "interrupted": False,
           "reproduce": "capsize run", "tested": {"faults": 1, "operations-under-faults": 1}, **found}
if scenario.get("bug") and not found:
    results["failures"] = [{"signature": "c" * 16, "check": "linearizable", "anomaly": "stale read",
                            "sentence": "read of r1 returned 1", "faults": ["cut"]}]
new = directory / "results.json.new"
new.write_bytes(json.dumps(results, ensure_ascii=False).encode("utf-8", "surrogatepass"))
new.rename(directory / "results.json")
'''


class Night:
    """A suite in a directory of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.results = folder / "results"
        self.results.mkdir()
        self.runner = folder / "runner"
        self.runner.write_text(RUNNER)
        self.runner.chmod(0o755)

    def found(self, case, **results):
        (self.results / f"{case}.json").write_text(json.dumps(results))

    def execute(self, cases, *options, store="store", seed=1, **keys):
        suite = self.folder / "night.json"
        suite.write_text(json.dumps({"runs": [{"name": case} for case in cases],
                                     "controls": {"bugs": [{"bug": "read-without-quorum"}], "healthy": {}}, **keys}))
        return subprocess.run([BIN / "capsize", "suite", suite, "--store", self.folder / store, "--seed", str(seed),
                               "--runner", self.runner, "--quiet", *options],
                              capture_output=True, text=True, timeout=120, check=False)

    @property
    def reports(self):
        return self.folder / "store" / "reports" / "night"

    def json(self):
        return json.loads((self.reports / "report.json").read_text())


@pytest.fixture(name="night")
def _night(tmp_path):
    return Night(tmp_path)


def failure(signature, text="read of r1 by process 7 returned 2489", anomaly="stale read"):
    return {"signature": signature, "check": "linearizable", "anomaly": anomaly, "sentence": text, "faults": ["partition"]}


def validate(path):
    assert shutil.which("xmllint"), "scripts/packages/test.txt names libxml2-utils"
    done = subprocess.run(["xmllint", "--noout", "--schema", SCHEMA, path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def varied(night):
    """A night with one run of every kind."""
    night.found("invalid", verdict="invalid", failures=[failure("a" * 16)], reproduce="capsize run --seed 7")
    night.found("muted", verdict="invalid", failures=[failure("b" * 16)])
    night.found("unknown", verdict="unknown",
                checks=[{"name": "linearizable", "verdict": "unknown", "explanation": "time limit of 60 s"}])
    night.found("vacuous", verdict="vacuous")
    night.found("broken", verdict="harness error", cause={"kind": "overload", "text": "a task waited for a core"})
    mute = {"signature": "b" * 16, "reason": "waits for a lease", "owner": "ada", "expires": "2199-12-31"}
    return night.execute(["valid", "invalid", "muted", "unknown", "vacuous", "broken"], mutes=[mute])


def test_junit_is_valid_and_has_each_run_with_its_outcome(night):
    junitparser = pytest.importorskip("junitparser")
    assert varied(night).returncode == 1
    validate(night.reports / "report.xml")
    suites = list(junitparser.JUnitXml.fromfile(str(night.reports / "report.xml")))
    assert len(suites) == 1
    suite = suites[0]
    assert (suite.name, suite.tests, suite.failures, suite.errors, suite.skipped) == ("night", 8, 3, 1, 1)
    outcome = {case.classname: [type(result).__name__ for result in case.result] for case in suite}
    assert outcome == {"night.valid": [], "night.invalid": ["Failure"], "night.muted": ["Skipped"],
                       "night.unknown": ["Failure"], "night.vacuous": ["Failure"], "night.broken": ["Error"],
                       "night.controls": []}
    results = {case.classname: case.result[0] for case in suite if case.result}
    assert results["night.invalid"].type == "stale read"
    assert results["night.invalid"].message == "read of r1 by process 7 returned 2489"
    for piece in ("signature  " + "a" * 16, "new; 1 run", "faults     partition", "reproduce  capsize run --seed 7"):
        assert piece in results["night.invalid"].text
    assert results["night.broken"].type == "overload"
    assert results["night.muted"].message == "muted until 2199-12-31 by ada: waits for a lease"
    assert results["night.unknown"].type == "unknown"


def test_junit_is_red_exactly_if_the_suite_is_not_valid(night):
    def red():
        root = ElementTree.parse(night.reports / "report.xml").getroot()
        return sum(int(suite.get(kind)) for suite in root for kind in ("failures", "errors"))

    assert night.execute(["a"]).returncode == 0 and red() == 0
    expired = {"signature": "b" * 16, "reason": "r", "owner": "o", "expires": "2026-01-31"}
    assert night.execute(["a"], mutes=[expired]).returncode == 1 and red() == 1
    night.found("control-read-without-quorum", verdict="valid")
    assert night.execute(["a"]).returncode == 3 and red() == 1
    validate(night.reports / "report.xml")


@pytest.mark.parametrize("text", [HOSTILE, "\ud800 lone", "x" * 300_000], ids=["markup", "surrogate", "long"])
def test_hostile_text_breaks_no_report(night, text):
    night.found("bad", verdict="invalid", failures=[failure("a" * 16, text, text)], reproduce=text)
    night.found("broken", verdict="harness error", cause={"kind": text, "text": text})
    night.found("unknown", verdict="unknown", checks=[{"name": text, "verdict": "unknown", "explanation": text}])
    done = night.execute(["bad", "broken", "unknown"],
                         mutes=[{"signature": "d" * 16, "reason": HOSTILE, "owner": HOSTILE, "expires": "2026-01-31"}])
    validate(night.reports / "report.xml")
    report = night.json()
    assert done.returncode == 1, done.stderr
    # Results that are no UTF-8 are malformed: a harness error each.
    well_formed = text != "\ud800 lone"
    assert [len(report[part]) for part in ("groups", "harness-errors", "undecided")] == (
        [1, 1, 1] if well_formed else [0, 1, 0])
    markdown = (night.reports / "report.md").read_text()
    assert len(markdown.encode()) <= 60_000
    prose = re.sub(r"(?s)^(`{3,})text\n.*?\n\1$", "", markdown, flags=re.MULTILINE)
    prose = re.sub(r"(?<!\\)(`+)(?!`).*?(?<!`)\1(?!`)", "", prose)
    for piece in ("<script>", "@team", "http://", "\n# heading", "\x1b", "\u202e"):
        assert piece not in prose
    assert "\x1b" not in done.stdout


def test_json_and_markdown_name_group_run_and_the_way_to_go_on(night):
    varied(night)
    report = night.json()
    assert report["verdict"] == "invalid" and report["exit-code"] == 1
    assert report["verdicts"] == {"valid": 1, "invalid": 1, "muted": 1, "unknown": 1, "vacuous": 1, "harness error": 1}
    group = report["groups"][0]
    assert (group["status"], group["signature"], group["runs"]) == ("new", "a" * 16, 1)
    assert [error["cause"] for error in report["harness-errors"]] == ["overload"]
    markdown = (night.reports / "report.md").read_text()
    shown = re.search(r"```text\n(.*?)```", markdown, flags=re.DOTALL)[1].splitlines()
    run = pathlib.Path(report["store"]) / group["shown"]["path"]
    assert shown == ["capsize run --seed 7", f"capsize replay {run}", f"capsize bundle {run}",
                     f"capsize suite {night.folder}/night.json --store {report['store']} --only {'a' * 16}"]
    assert run.is_dir()


def test_the_second_night_has_the_key_of_the_first(night):
    varied(night)
    issues = night.reports / "issues"
    assert [path.name for path in issues.iterdir()] == [f"issue-{'a' * 16}.md"]
    first = next(issues.iterdir()).read_text()
    varied(night)
    second = next(issues.iterdir()).read_text()
    key = f"\ncapsize-signature: {'a' * 16}\n"
    assert key in first and key in second
    assert first.startswith("title: stale read: read of r1 by process 7 returned 2489\nlabels: capsize, new\n\n")
    assert "labels: capsize, known\n" in second
    night.found("invalid", verdict="valid")
    varied_again = night.execute(["valid", "invalid"])
    assert varied_again.returncode == 0
    assert not list(issues.iterdir())


def test_nights_in_shards_with_a_cached_ledger_know_what_is_new(night):
    """As .github/workflows/nightly.yml does it: stores of their own for the shards, and one ledger that stays."""
    cases = ["a", "b", "c", "d"]

    def one_night(seed, shards=(1, 2)):
        for number in shards:
            night.execute(cases, "--shard", f"{number}/2", store=f"shard-{seed}-{number}", seed=seed)
        ledgers = [night.folder / f"shard-{seed}-{number}" / "ledger.jsonl" for number in shards]
        done = night.execute(cases, "--merge", *ledgers)
        validate(night.reports / "report.xml")
        return done.returncode, {group["signature"][0]: group["status"] for group in night.json()["groups"]}

    night.found("a", verdict="invalid", failures=[failure("a" * 16)])
    assert one_night(1) == (1, {"a": "new"})
    night.found("b", verdict="invalid", failures=[failure("b" * 16)])
    assert one_night(2) == (1, {"b": "new", "a": "known"})
    for case in ("a", "b"):
        night.found(case, verdict="valid")
    assert one_night(3) == (0, {"a": "gone", "b": "gone"})
    code, groups = one_night(4, shards=(2,))
    assert (code, groups) == (3, {})
    assert night.json()["missing-shards"] == ["1/2"]
    assert "vacuous: shard 1/2 is missing" in night.json()["first-line"]


@pytest.mark.parametrize("path", [".github/workflows/nightly.yml", "docs/examples/nightly.yml"])
def test_options_of_the_workflows_exist(path):
    text = (ROOT / path).read_text().replace("\\\n", " ")
    commands = re.findall(r"build/bin/capsize suite (.*)", text)
    assert len(commands) == 2
    known = subprocess.run([BIN / "capsize", "suite", "--help"], capture_output=True, text=True, check=True).stdout
    for option in re.findall(r"--[a-z-]+", " ".join(commands)):
        assert f"  {option} " in known, option
    assert text.count("if: always()") >= 5, "artefacts, summary and ledger also after a failure"


def test_a_real_suite_runs_as_tests_of_pytest(tmp_path):
    (tmp_path / "small.json").write_text(json.dumps({
        "name": "small",
        "runs": [{"name": "quiet", "with": {"nemesis": "none", "time-limit": "2s", "rate": 200}}],
        "controls": {"bugs": [{"bug": "read-without-quorum", "with": {"nemesis": "partition", "time-limit": "6s"}}],
                     "healthy": {"with": {"time-limit": "2s", "rate": 200}}}}))
    done = subprocess.run([sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--basetemp",
                           tmp_path / "base", "--capsize-suite", "small.json", "--capsize-seed", "2"],
                          cwd=tmp_path, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT / "harness" / "python"),
                                             "CAPSIZE_BIN": str(BIN)},
                          capture_output=True, text=True, timeout=300, check=False)
    ids = set(re.findall(r"^small::([\w-]+)-\d+ ", done.stdout, flags=re.MULTILINE))
    assert ids == {"quiet", "control-healthy", "control-read-without-quorum"}, done.stdout + done.stderr
    # On a busy machine a run may be vacuous or a harness error; each says so with its own word.
    failed = re.findall(r"^_+ (\S+) _+\n(.*)$", done.stdout, flags=re.MULTILINE)
    assert all(re.match(r"(vacuous|unknown|harness error|control missed)", text) for _, text in failed), done.stdout
    assert done.returncode == (1 if failed else 0)
