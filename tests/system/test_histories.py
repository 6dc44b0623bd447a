"""The golden histories of tests/histories get the verdict and the anomaly that stand beside them."""

import csv
import json
import re

import pytest

from conftest import ROOT
from documents import DOCUMENTS, files

HISTORIES = ROOT / "tests" / "histories"
EXIT_CODES = {"valid": 0, "invalid": 1, "unknown": 2, "vacuous": 3, "usage error": 254}
with open(HISTORIES / "index.tsv", encoding="utf-8") as index:
    ROWS = list(csv.DictReader(index, delimiter="\t"))


def anomalies():
    """All names, as the source lists them."""
    [source] = ROOT.glob("checker/*/anomaly.cpp")
    names = source.read_text().split("kNames = {", 1)[1].split("}", 1)[0]
    return set(re.findall(r'"([^"]+)"', names))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['file']} {row['options']}".strip())
def test_it_gets_its_verdict(capsize, row):
    check = capsize("check", "--json", *row["options"].split(), HISTORIES / row["file"])
    report = json.loads(check.stdout)
    assert report["verdict"] == row["verdict"], report["reason"]
    assert check.returncode == EXIT_CODES[row["verdict"]]
    if row["anomaly"] == "-":
        assert report["violations"] == []
    else:
        assert [violation["anomaly"] for violation in report["violations"]] == [row["anomaly"]]
        assert report["violation"]["minimal"]


def test_no_anomaly_is_missing():
    assert {row["anomaly"] for row in ROWS} == anomalies() | {"-"}


def test_no_history_is_without_a_verdict():
    histories = {path.name for path in HISTORIES.iterdir()} - {"index.tsv", "README.md"}
    assert histories == {row["file"] for row in ROWS}


def test_the_examples_are_those_of_the_documents():
    shown = {name: text for path in DOCUMENTS for name, text in files(path).items()}
    for path in HISTORIES.glob("example-*"):
        if path.name != "example-readme.jsonl":
            assert path.read_text() == shown[path.name.removeprefix("example-")]
