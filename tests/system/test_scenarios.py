"""The directed scenarios: their anchors fire, and a correct cluster stays valid. And their schema."""

import json
import re

import jsonschema
import pytest

from conftest import ROOT



SCENARIOS = sorted((ROOT / "nemesis" / "scenarios").glob("*.json"))


def names(paths):
    return [path.stem for path in paths]


def without_comments(path):
    """These files have comments only on separate lines or after an opening brace."""
    return json.loads(re.sub(r"(?m)^\s*//.*$|(?<=^\{) //.*$", "", path.read_text()))


def test_there_are_scenarios():
    assert {"figure-8", "lease-clock-jump", "flapping-link", "majority-loses-unsynced",
            "retry-across-failover", "snapshot-during-restart"} <= set(names(SCENARIOS))


@pytest.mark.parametrize("path", SCENARIOS, ids=names(SCENARIOS))
def test_a_correct_cluster_survives(capsize, path):
    run = capsize("run", path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert all(line["holds"] for line in capsize.results()["expectations"])


@pytest.fixture(scope="module", name="schema")
def _schema(tmp_path_factory):
    import conftest  # the fixture `capsize` is of one test, this one of all

    run = conftest.Capsize(tmp_path_factory.mktemp("schema"))("schema")
    assert run.returncode == 0, run.stderr
    schema = json.loads(run.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("path", [*SCENARIOS, ROOT / "nemesis/examples/deposed.json"],
                         ids=[*names(SCENARIOS), "deposed"])
def test_the_schema_accepts_the_shipped_scenarios(schema, path):
    schema.validate(without_comments(path))


@pytest.mark.parametrize("scenario", [
    {"phasse": []},
    {"nodes": 0},
    {"phases": [{"faults": [{"kind": "kil"}]}]},
    {"phases": [{"faults": [{"target": "n1"}]}]},
    {"phases": [{"faults": [{"kind": "drop", "params": {"probability": 2}}]}]},
    {"phases": [{"faults": [{"kind": "drop", "params": {"share": 1}}]}]},
    {"phases": [{"faults": [{"kind": "cut", "only": {"types": ["Append"]}}]}]},
    {"phases": [{"faults": [{"kind": "cut", "only": {"every": 0}}]}]},
    {"phases": [{"when": {"leadr": {}}}]},
    {"phases": [{"when": {"leader": {"count": 0}}}]},
    {"phases": [{"faults": [{"kind": "kill", "hold": 3}]}]},
    {"phases": [{"faults": [{"kind": "kill", "target": "any-node"}]}]},
])
def test_schema_and_harness_refuse_the_same(schema, capsize, tmp_path, scenario):
    assert not schema.is_valid(scenario)
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(scenario))
    assert capsize("plan", path).returncode == 254
