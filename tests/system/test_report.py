"""report.html: written by every run, from its files, and it says what they say."""

import json
import shutil

import pytest

from conftest import Capsize
from page_facts import disagreements, page_data

STALE_READ = ("run", "bugs/read-without-quorum", "--bug", "read-without-quorum")


@pytest.fixture(scope="module")
def failed_run(tmp_path_factory):
    """The directory of a run with a violation."""
    for seed in (1, 2, 3):
        capsize = Capsize(tmp_path_factory.mktemp("failed") / "store")
        run = capsize(*STALE_READ, "--seed", seed)
        if run.returncode == 1:
            return capsize.run_directory()
    raise AssertionError(run.stdout + run.stderr)


def test_a_failed_run_has_a_page_that_agrees_with_its_files(failed_run):
    html = (failed_run / "report.html").read_text()
    assert disagreements(failed_run, html) == []
    page = page_data(html)
    assert page["operations"]["count"] == sum(json.loads((failed_run / "results.json").read_text())["counts"]["all"].values())
    assert page["explanation"]["words"][-1]["kind"] == "however"
    assert len(html) < 3_000_000


def test_a_page_that_says_something_else_is_noticed(failed_run):
    html = (failed_run / "report.html").read_text()
    page = page_data(html)
    other = {"n1": "n2"}.get(page["explanation"]["operations"][0]["servedBy"]["node"], "n1")
    page["explanation"]["operations"][0]["servedBy"]["node"] = other
    page["faults"][0]["kind"] = "flood"
    changed = '<script type="application/json" id="run">' + json.dumps(page) + "</script>"
    assert len(disagreements(failed_run, changed)) >= 2


def test_the_page_can_be_written_again_and_elsewhere(capsize, failed_run, tmp_path):
    again = tmp_path / "again.html"
    run = capsize("report", failed_run, "-o", again)
    assert run.returncode == 0 and run.stdout == f"{again}\n", run.stdout + run.stderr
    assert again.read_bytes() == (failed_run / "report.html").read_bytes()
    moved = tmp_path / "moved"
    shutil.copytree(failed_run, moved)
    (moved / "report.html").unlink()
    assert capsize("report", moved).returncode == 0
    assert page_data((moved / "report.html").read_text())["explanation"] == page_data(again.read_text())["explanation"]


def test_a_valid_run_has_a_page_unless_it_is_not_wanted(capsize):
    run = capsize("run", "--nemesis", "none", "--nodes", 3, "--time-limit", "2s", "--seed", 1)
    page = page_data((capsize.run_directory() / "report.html").read_text())
    assert run.returncode == 0 and page["explanation"] is None and page["sentence"] == "No check was violated."
    assert [node["name"] for node in page["nodes"]] == ["n1", "n2", "n3"]
    assert all(node["roles"] for node in page["nodes"])
    capsize("run", "--nemesis", "none", "--nodes", 1, "--time-limit", "1s", "--no-page")
    assert not (capsize.run_directory() / "report.html").exists()


def test_a_killed_run_has_a_page(capsize, failed_run, tmp_path):
    killed = tmp_path / "killed"
    shutil.copytree(failed_run, killed)
    for name in ("results.json", "evidence.json", "report.html", "messages.bin"):
        (killed / name).unlink(missing_ok=True)
    history = (killed / "history.jsonl").read_bytes()
    (killed / "history.jsonl").write_bytes(history[: len(history) // 2])
    assert capsize("report", killed).returncode == 0
    page = page_data((killed / "report.html").read_text())
    assert "no results" in page["sentence"] and page["operations"]["count"] > 0


def test_what_is_no_run_is_refused_in_one_line(capsize, tmp_path):
    for path, found in ((tmp_path, "found no scenario.json, expected the directory of a run"),
                        (tmp_path / "missing", "No such file or directory")):
        run = capsize("report", path)
        assert run.returncode == 254 and found in run.stderr and run.stderr.count("\n") == 1, run.stderr
