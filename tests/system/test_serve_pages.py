"""The pages of capsize serve in a browser: what they show, by keyboard, with data that means harm."""

import json
import os
import sys
import urllib.parse

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from conftest import ROOT, wait_for
from serve_support import Server, add_run, failure, results

sys.path.insert(0, str(ROOT / "tests" / "pages"))
import browser  # noqa: E402

AXE = (ROOT / "tests" / "pages" / "axe.min.js").read_text()
# Where the pictures of docs/SERVE.md are written; unset: nowhere that stays.
PICTURES = os.environ.get("CAPSIZE_PICTURES")
BOUND = 60  # seconds; a machine under load may need some of them
HOSTILE = "<img src=x onerror=\"document.title='harmed'\"></script><script>document.title='harmed'</script>\u202e\u0007"
FIRST, SECOND = "20260131T120000.000Z-7", "20260131T120001.000Z-8"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    found = browser.start(tmp_path_factory.mktemp("profile"))
    yield found
    found.quit()


def ledger(nights):
    lines = [{"capsize-ledger": 1}]
    for number, (verdict, path, label) in enumerate(nights, 1):
        execution = f"e{number}"
        lines += [
            {"event": "begin", "execution": execution, "suite": "night", "file": "night.json", "suite-sum": "x", "cases": ["c"],
             "time": f"2026-01-{number:02}T00:00:00Z", "revision": f"r{number}", "host": "h", "seed": number, "shard": "1/1",
             "jobs": 1, "planned": 1},
            {"event": "start", "execution": execution, "run": "c/1", "seed": 1, "path": path},
            {"event": "run", "execution": execution, "run": "c/1", "case": "c", "purpose": "test", "parameters": {}, "seed": 1,
             "revision": "r", "verdict": verdict, "signature": None,
             "failures": [failure(label)] if verdict == "invalid" else [], "seconds": 1, "at": 1, "path": path,
             "reproduce": "x", "tested": {"faults": 0, "operations": 0, "operations-under-faults": 0}},
            {"event": "end", "execution": execution, "seconds": 1}]
    return "".join(json.dumps(line) + "\n" for line in lines)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("served") / "store"
    path.mkdir()
    add_run(path, "default", FIRST, results("invalid", failures=[failure()], **{"ok-per-second-quiet": 1500, "load-ms": 20000,
                                            "reproduce": "capsize run --seed 7", "behaviour": {"seen": 9, "new": 4}}),
            {"history.jsonl": b"{}\n", "report.html": b"<!doctype html><title>report</title><p id=p></p><script>"
             b"document.getElementById('p').textContent='run '+origin;fetch('/api/runs').catch(()=>{"
             b"document.getElementById('p').textContent+=' alone'})</script>"})
    add_run(path, "default", SECOND, results("valid", **{"ok-per-second-quiet": 1200, "leader-changes": 3}))
    add_run(path, "hostile", "20260131T110000.000Z-1",
            results("invalid", bug=HOSTILE, reproduce=HOSTILE * 50,
                    failures=[failure(HOSTILE, HOSTILE, HOSTILE + "x" * (1 << 20))],
                    checks=[{"name": HOSTILE, "verdict": HOSTILE, "explanation": HOSTILE}],
                    faults={"list": [{"kind": HOSTILE, "nodes": [HOSTILE], "state": HOSTILE}], "by-kind": {HOSTILE: {HOSTILE: 1}}}))
    (path / "ledger.jsonl").write_text(ledger([("valid", f"default/{SECOND}", ""), ("invalid", f"default/{FIRST}", "stale read"),
                                               ("invalid", "hostile/20260131T110000.000Z-1", HOSTILE)]))
    return path


@pytest.fixture(scope="module")
def server(store):
    found = Server(store)
    yield found
    found.stop()


def take_picture(driver, name, directory):
    """A screenshot of what is seen without scrolling."""
    path = (ROOT / PICTURES if PICTURES else directory) / f"{name}.png"
    assert driver.save_screenshot(str(path))
    assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 10_000


class Page:
    def __init__(self, driver, server):
        self.driver, self.server = driver, server
        driver.get(server.address)
        self.wait_for_text("Runs")

    def open(self, fragment):
        self.driver.get(f"http://127.0.0.1:{self.server.port}/{fragment}")

    def run(self, script, *arguments):
        return self.driver.execute_script(f"return {script}", *arguments)

    def text(self, selector="main"):
        return self.run("document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def wait_for_text(self, *texts, selector="main"):
        wait_for(lambda: all(text in self.text(selector) for text in texts), BOUND, f"{texts} in {self.text(selector)[:500]!r}")

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def errors(self):
        return [each for each in self.driver.get_log("browser") if each["level"] == "SEVERE"]

    def findings(self):
        """What axe-core calls serious or critical."""
        self.driver.execute_script(AXE)
        found = self.driver.execute_async_script(
            "const done = arguments[arguments.length - 1]; axe.run(document).then((r) => done(r.violations))")
        return [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found
                if each["impact"] in ("serious", "critical")]


@pytest.fixture
def page(chromium, server):
    return Page(chromium, server)


PLACES = {"runs": "#/runs", "run": f"#/run/default/{FIRST}", "hostile run": "#/run/hostile/20260131T110000.000Z-1",
          "suites": "#/suites", "suite": "#/suite?suite=night", "ended": f"#/live/default/{FIRST}",
          "compare": "#/compare?" + urllib.parse.urlencode({"left": f"default/{FIRST}", "right": "hostile/20260131T110000.000Z-1"})}
SHOWS = {"runs": ["3 of 3 runs"], "run": ["a read returned", "capsize bundle"], "hostile run": ["<img src=x", "\\u202e"],
         "suites": ["night"], "suite": ["<img src=x", "Over nights", "Pass rate"], "ended": ["last second"],
         "compare": ["differs", "<img src=x"]}


def test_the_token_leaves_the_address_and_the_cookie_is_out_of_reach_of_scripts(page):
    assert page.run("location.href").rstrip("#/") == f"http://127.0.0.1:{page.server.port}"
    assert page.run("document.cookie") == ""


@pytest.mark.parametrize("place", PLACES)
def test_each_page_shows_its_data_as_text_and_has_no_serious_finding(page, place):
    page.driver.get_log("browser")
    page.open(PLACES[place])
    page.wait_for_text(*SHOWS[place])
    assert page.run("document.title") != "harmed" and page.run("document.querySelectorAll('main img').length") == 0
    for dark in (False, True):
        page.run("document.documentElement.setAttribute('data-theme', arguments[0])", "dark" if dark else "light")
        assert page.findings() == []
    assert page.errors() == []


def test_filters_and_comparison_work_by_keyboard(page):
    page.open("#/runs")
    page.wait_for_text("3 of 3 runs")
    page.open("#/runs?verdict=valid")
    page.wait_for_text("1 shown")
    search = page.one("input[placeholder]")
    page.open("#/runs")
    page.wait_for_text("3 shown")
    search.send_keys("stale")
    page.wait_for_text("1 shown")
    assert "text=stale" in page.run("location.hash"), "a link leads to what is shown"
    search.send_keys(Keys.CONTROL, "a")
    search.send_keys(Keys.BACKSPACE)
    page.wait_for_text("3 shown")
    for number in (0, 1):
        box = page.driver.find_elements(By.CSS_SELECTOR, "tbody input[type=checkbox]")[number]
        box.send_keys(Keys.SPACE)
    link = page.one("a.action")
    link.send_keys(Keys.ENTER)
    page.wait_for_text("side by side", "differs", "1,500 a second", "1,200 a second")


def test_the_list_of_runs_as_a_picture(page, tmp_path):
    page.open("#/runs?scenario=default")
    page.wait_for_text("2 shown")
    take_picture(page.driver, "serve-runs", tmp_path)


def test_trends_show_every_night(page):
    page.open("#/suite?suite=night")
    page.wait_for_text("Throughput", "1,500", "1,200")
    assert page.run("document.querySelectorAll('.uplot canvas').length") == 5
    assert page.text(".scroll[aria-label='Trends over nights']").count("2026-01-") == 3


def test_a_report_runs_in_an_origin_of_its_own(page):
    page.open("#/runs")
    page.driver.get(f"http://127.0.0.1:{page.server.port}/report/default/{FIRST}")
    wait_for(lambda: "alone" in page.text("body"), BOUND, "the script of the report")
    assert page.text("#p") == "run null alone"
    page.driver.get("about:blank")
    page.driver.get_log("browser")


def test_a_run_without_a_report_names_the_command(page, store):
    page.open(f"#/run/default/{SECOND}")
    page.wait_for_text("capsize report", f"default/{SECOND}")


def test_a_run_in_progress_is_shown_until_its_verdict(capsize, chromium, started, tmp_path):
    process = capsize.start("run", "--bug", "read-without-quorum", "--nemesis", "partition", "--time-limit", "6s")
    started.append(process)
    wait_for(lambda: (capsize.store / "latest" / "history.jsonl").exists(), BOUND, "a history")
    name = capsize.run_directory().name
    server = Server(capsize.store)
    try:
        page = Page(chromium, server)
        page.wait_for_text("running")
        page.open(f"#/live/default/{name}")
        seen = set()

        def watched():
            text = page.text()
            seen.update(each for each in ("★ leader", "follower", "cut", "no violation so far", "found a violation",
                                          "Clients are at work", "last second") if each in text)
            if "found a violation" in text and "Clients are at work" in text and "picture" not in seen:
                take_picture(chromium, "serve-live", tmp_path)
                seen.add("picture")
            return "Open the run" in text

        wait_for(watched, 4 * BOUND, "the verdict of the run")
        assert {"★ leader", "follower", "last second", "Clients are at work"} <= seen, seen
        process.wait(BOUND)
        verdict = capsize.results()["verdict"]
        assert verdict.replace("-", " ") in page.text("h1")
        snapshot = server.data(f"live/default/{name}")
        counts = capsize.results()["counts"]["all"]
        assert snapshot["total"]["ok"] == counts["ok"] and snapshot["total"]["fail"] == counts["fail"]
        assert len(snapshot["nodes"]) == 5 and snapshot["stage"] == "ended"
        if verdict == "invalid" and snapshot["checker"]["state"] == "violated":
            assert "r" in snapshot["checker"]["sentence"]
        assert page.errors() == []
    finally:
        server.stop()
