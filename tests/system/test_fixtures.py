"""Run directories of this release and of older ones are accepted; those of newer ones are refused."""

import json
import shutil

import pytest

from conftest import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
RUNS = sorted(path.name for path in FIXTURES.glob("run*"))
# Where the version of a format stands: (file, name).
VERSIONS = [("history.jsonl", "capsize-history"), ("faults.jsonl", "capsize-faults"),
            ("results.json", "capsize-results"), ("scenario.json", "capsize-scenario"),
            ("nodes/n1/trace.jsonl", "capsize-trace")]


@pytest.fixture
def copied(tmp_path):
    def copy(name):
        shutil.copytree(FIXTURES / name, tmp_path / name)
        return tmp_path / name
    return copy


def faults_of(directory):
    """What was planned, whatever a release calls the stage: {id: (kind, label)}."""
    lines = [json.loads(line) for line in (directory / "faults.jsonl").read_text().splitlines()]
    return {line["id"]: (line["kind"], line.get("label")) for line in lines
            if "planned" in (line.get("stage"), line.get("phase"))}


@pytest.mark.parametrize("name", RUNS)
def test_its_history_is_checked(capsize, name):
    check = capsize("check", "--json", FIXTURES / name / "history.jsonl")
    assert check.returncode == 0, check.stdout + check.stderr
    recorded = json.loads((FIXTURES / name / "results.json").read_text())["linearizable"]
    report = json.loads(check.stdout)
    assert report["model"] == recorded["model"]
    assert report["operations"] == recorded["operations"]


@pytest.mark.parametrize("name", RUNS)
def test_its_faults_are_replayed(capsize, copied, name):
    directory = copied(name)
    replay = capsize("replay", directory, "--quiet", "--store", capsize.store)
    assert replay.returncode in (0, 3), replay.stdout + replay.stderr
    recorded, replayed = faults_of(directory), faults_of(capsize.run_directory())
    assert sorted(replayed.values(), key=str) == sorted(recorded.values(), key=str)
    assert len(recorded) >= 4
    with_evidence = [fault for fault in capsize.results()["faults"]["list"] if fault["state"] == "installed"]
    assert len(with_evidence) >= len(recorded) // 2


def test_this_release_writes_every_version(capsize):
    run = capsize("run", "--nemesis", "none", "--time-limit", "300ms", "--rate", "100", "--quiet")
    assert run.returncode in (0, 3), run.stderr
    for directory in (capsize.run_directory(), FIXTURES / "run"):
        for file, name in VERSIONS:
            assert f'"{name}":1' in (directory / file).read_text().replace('": ', '":'), (directory, file)


@pytest.mark.parametrize("file, name", [pair for pair in VERSIONS if pair[0] != "nodes/n1/trace.jsonl"])
def test_a_newer_version_is_refused(capsize, copied, file, name):
    path = copied("run") / file
    text = path.read_text()
    path.write_text(text.replace(f'"{name}":1', f'"{name}":2').replace(f'"{name}": 1', f'"{name}": 2'))
    assert path.read_text() != text
    verb = ("check", path) if file == "history.jsonl" else ("replay", path.parent, "--store", capsize.store)
    refused = capsize(*verb)
    assert refused.returncode == 254, refused.stdout
    assert str(path) in refused.stderr and "2" in refused.stderr and "expected" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
