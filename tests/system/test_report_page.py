"""The report page in a browser: what it shows, by mouse and keyboard, with data that means harm."""

import copy
import json
import pathlib
import re
import sys

import pytest
from conftest import ROOT, wait_for
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(ROOT / "tests" / "pages"))
import browser  # noqa: E402
import page_writer  # noqa: E402
import sample_page  # noqa: E402

BOUND = 60  # seconds; a machine under load may need some of them
AXE = (ROOT / "tests" / "pages" / "axe.min.js").read_text()
CODE_MAX = 100_000  # bytes of JavaScript
HOSTILE = "<img src=x onerror=\"document.title='harmed'\"></script><script>document.title='harmed'</script>\u202e\u0007&amp;${1}"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    found = browser.start(tmp_path_factory.mktemp("profile"))
    yield found
    found.quit()


class Page:
    """A page that is open in the browser."""

    def __init__(self, driver, path):
        self.driver = driver
        self.path = path

    def run(self, script, *arguments):
        return self.driver.execute_script(f"return {script}", *arguments)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector="body"):
        return self.run("document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def press(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def wait(self, condition, what):
        return wait_for(condition, BOUND, what)

    def wait_for_mark(self, name):
        self.wait(lambda: self.run("performance.getEntriesByName(arguments[0]).length", name), name)

    def fragment(self):
        return self.run("location.hash")

    def window(self):
        return self.text(".closeup .window-buttons .quiet")

    def focus(self, selector):
        self.run("document.querySelector(arguments[0]).focus()", selector)

    def errors(self):
        return [each for each in self.driver.get_log("browser") if each["level"] in ("SEVERE", "WARNING")]


@pytest.fixture
def show(chromium, tmp_path):
    def shown(page, texts, fragment="", script=None):
        path = tmp_path / "report.html"
        path.write_text(page_writer.document(page, texts, script))
        chromium.get("about:blank")  # a change of the fragment alone loads nothing
        chromium.get_log("browser")
        chromium.get(path.as_uri() + fragment)
        found = Page(chromium, path)
        found.wait_for_mark("capsize-answers-painted")
        return found

    return shown


@pytest.fixture(scope="module")
def made():
    return sample_page.sample()


@pytest.fixture
def sample(made):
    return copy.deepcopy(made[0]), dict(made[1])


@pytest.fixture
def page(show, sample):
    return show(*sample)


def valid_run(page):
    """The same run without a failure."""
    page.update(explanation=None, messages=None, focus=None, failures=[], sentence="No failure was found")
    page["answers"] = dict.fromkeys(page["answers"])
    page["run"].update(verdict="valid", bug=None)
    return page


# --- what it shows --------------------------------------------------------------------------------

def test_the_bundles_are_within_their_bound_and_what_the_sources_give():
    assert (page_writer.DIST / "report.js").stat().st_size <= CODE_MAX
    assert "https:" not in re.sub(r"/\*!.*?\*/", "", (page_writer.DIST / "report.js").read_text(), flags=re.S)


def test_the_page_opens_without_errors_and_draws_in_a_worker(page):
    page.wait_for_mark("capsize-operations-painted")
    assert page.errors() == []
    page.focus("body")
    page.run("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '?', bubbles: true}))")
    page.wait(lambda: page.run("document.querySelector('dialog').open"), "help")
    assert "drawn by: worker" in page.text("dialog")


def test_the_sentence_the_answers_and_the_checks_are_shown(page, sample):
    assert page.text("h1") == sample[0]["sentence"]
    for answer in sample[0]["answers"].values():
        assert answer in page.text(".answers")
    assert "linearizable invalid" in page.text(".checks")
    assert sample[0]["run"]["reproduce"] in page.text(".reproduce")


def test_answers_operations_faults_and_nodes_fit_into_one_screen(page):
    boxes = page.run("""[...document.querySelectorAll('.head, .answer, .reproduce, .operation, .fault, .node, .argument')]
        .map(each => each.getBoundingClientRect()).map(({top, bottom, left, right}) => [top, bottom, left, right])""")
    assert len(boxes) >= 1 + 5 + 1 + 4 + 3 + 5 + 1
    assert all(top >= 0 and bottom <= 900 and left >= 0 and right <= 1440 for top, bottom, left, right in boxes)


def test_operations_have_their_marks_and_named_ones_are_strong(page):
    assert len(page.all(".operation.named")) == 2 and len(page.all(".operation.background")) == 2
    assert len(page.all(".operation .point")) == 3, "with a place in an order of all others"
    assert len(page.all(".operation.named .no-place")) == 1, "the read has none"
    assert [each.text for each in page.all(".served-here.named text")] == ["2", "1"], "on n3 and on n4"


def test_the_table_shows_that_an_old_leader_answered(page):
    row = page.all(".served tbody tr")[1].text
    assert "read → 2123" in row and "n3 leader term 4" in row and "n2 term 5" in row
    assert page.all(".served td.old")[0].text == "n3 leader term 4"


def test_the_argument_is_in_words(page, sample):
    words = page.text(".argument")
    assert [each["text"] in words for each in sample[0]["explanation"]["words"]] == [True] * 4
    assert words.index("Let") < words.index("Then") < words.index("However")


def test_messages_show_their_fates_and_heartbeats_only_on_demand(page):
    assert not page.all(".messages svg[role=img] .stopped title")[0].get_attribute("textContent").startswith("Heartbeat")
    before = len(page.all(".messages svg[role=img] .message"))
    page.one(".messages .types input").click()
    page.wait(lambda: len(page.all(".messages svg[role=img] .message")) > before, "heartbeats")
    for fate in ("delivered", "delayed", "stopped", "lost", "waiting"):
        assert page.all(f".messages svg[role=img] .message.{fate}")


def test_at_most_200_messages_are_drawn_and_the_page_says_so(show, sample):
    one = sample[0]["messages"]["list"][1]
    sample[0]["messages"]["list"] = [{**one, "type": "AppendEntries", "sentMs": 9400 + at / 10} for at in range(1500)]
    page = show(*sample)
    assert len(page.all(".messages svg[role=img] .message")) == 200
    assert "200 of 1,500" in page.text(".messages")


def test_a_fault_shows_its_evidence_when_it_is_selected(page):
    page.one(".fault[aria-label*='cut n3']").click()
    assert '"discarded": 722' in page.text(".details")
    page.wait(lambda: "fault=11" in page.fragment(), "fragment")


def test_log_lines_of_the_nodes_that_answered_are_shown(page):
    page.wait(lambda: "served from the state machine" in page.text(".log"), "log lines")


def test_a_valid_run_shows_nodes_faults_and_all_operations(show, sample):
    page = show(valid_run(sample[0]), sample[1])
    page.wait_for_mark("capsize-operations-painted")
    assert page.text(".verdict") == "valid" and not page.all(".words") and not page.all(".answers")
    assert len(page.all(".node")) == 5 and page.all(".fault")
    assert page.errors() == []


def test_a_run_of_which_nothing_was_recorded_is_still_a_page(show, sample):
    data = valid_run(sample[0])
    data.update(nodes=[], faults=[], checks=[], blocks={}, series={"bins": 0, "binMs": 0})
    data["operations"].update(count=0, functions=[], keys=[], lanes=[], bins=1, binMs=1)
    data["run"].update(verdict="harness-error", cause="the disk is full", loadMs=0, reproduce=None, source=None)
    page = show(data, {})
    page.wait(lambda: "No fault was planned" in page.text(), "faults")
    assert "the disk is full" in page.text(".cause")
    assert page.errors() == []


def test_the_time_of_a_violated_invariant_is_marked(show, sample):
    data = sample[0]
    data["explanation"] = None
    page = show(*sample)
    assert len(page.all(".violation")) == 1
    data["failures"][0]["atMs"] = None
    assert not show(*sample).all(".violation")


def test_an_operation_outside_of_the_window_is_named_at_its_edge(show, sample):
    page = show(*sample, "#from=9500&to=9600")
    assert "3 · write 2123, earlier" in page.text("g.operations") and "2 · read → 2123, later" in page.text("g.operations")


# --- the whole run --------------------------------------------------------------------------------

def colours(page):
    """Colours of the picture of all operations, which only the main thread's canvas can tell."""
    return set(page.run("""(() => {
        const canvas = document.querySelector('.scroll-rows canvas');
        const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const found = new Set();
        for (let at = 0; at < data.length; at += 4) found.add([...data.slice(at, at + 3)].map(x => x.toString(16).padStart(2, '0')).join(''));
        return [...found];
    })()"""))


def test_without_a_worker_the_page_draws_the_same(show, sample):
    page = show(*sample, "#engine=direct")
    page.wait_for_mark("capsize-operations-painted")
    assert {"6db6fe", "ffaa26", "feb5da", "b5123e"} <= colours(page), "ok, info, fail, and what the violation names"


def test_from_near_an_operation_of_the_violation_is_marked(show, sample):
    page = show(*sample, "#engine=direct&run-from=9575&run-to=9600")
    page.wait(lambda: "b5123e" in colours(page), "the write, from the columns")


def test_by_key_the_operations_are_opened_and_drawn(show, sample):
    page = show(*sample, "#engine=direct")
    page.wait_for_mark("capsize-operations-painted")
    page.run("performance.clearMarks()")
    page.run("document.querySelectorAll('.all-operations button')[1].click()")
    page.wait(lambda: "6db6fe" in colours(page) and page.one(".scroll-rows").size["height"] == 5 * 22, "rows of five keys")


def test_a_click_on_an_operation_opens_its_details_with_its_value(page, sample):
    page.wait_for_mark("capsize-operations-painted")
    page.run("location.hash = 'run-from=9580&run-to=9592'")
    page.wait(lambda: "9.580 s" in page.text(".whole .window-buttons"), "window")
    page.wait_for_mark("capsize-operations-opened")
    # Client 3, process 33: 9583.6 to 9591.4 ms. The picture follows the window, so the click is repeated.
    def clicked():
        page.run("""(() => {
            const canvas = document.querySelector('.scroll-rows canvas'), box = canvas.getBoundingClientRect();
            const x = box.left + 132 + (box.width - 132) * 0.6, y = box.top + 13 * 3 + 6;
            canvas.dispatchEvent(new MouseEvent('click', {clientX: x, clientY: y, bubbles: true}));
        })()""")
        return "write r1" in page.text(".details")
    page.wait(clicked, "details of the write")
    page.wait(lambda: re.search(r"value\d+", page.text(".details")), "its value")
    page.wait(lambda: "op=" in page.fragment(), "fragment")


def test_the_table_of_the_window_is_bounded(page):
    for selector in (".closeup .window-table", ".whole .window-table"):
        page.wait(lambda: page.all(selector), selector)
        page.run("document.querySelector(arguments[0]).open = true", selector)
        page.wait(lambda: page.all(f"{selector} tbody tr"), "rows")
        assert 0 < len(page.all(f"{selector} tbody tr")) <= 200
    assert "leader, term 5" in page.text(".closeup .window-table")


# --- mouse, keyboard, links -----------------------------------------------------------------------

def test_keys_zoom_pan_and_return(page):
    first = page.window()
    for key, what in (("+", "zoom"), (Keys.ARROW_RIGHT, "pan"), ("-", "zoom out"), (Keys.ARROW_LEFT, "pan back")):
        before = page.window()
        page.press(key)
        page.wait(lambda: page.window() != before, what)
    page.press("0")
    page.wait(lambda: page.window() == first, "the first view")


def test_the_wheel_zooms_with_ctrl_and_dragging_pans(page):
    def fire(script):
        before = page.window()
        page.run(f"(() => {{ const frame = document.querySelector('.frame'); {script} }})()")
        page.wait(lambda: page.window() != before, script)
    fire("frame.dispatchEvent(new WheelEvent('wheel', {deltaY: -120, ctrlKey: true, clientX: 600, clientY: 300, cancelable: true}))")
    fire("""frame.dispatchEvent(new PointerEvent('pointerdown', {clientX: 600, clientY: 300, button: 0}));
            dispatchEvent(new PointerEvent('pointermove', {clientX: 500, clientY: 300}));
            dispatchEvent(new PointerEvent('pointerup', {clientX: 500, clientY: 300}))""")
    before = page.window()
    page.run("document.querySelector('.frame').dispatchEvent(new WheelEvent('wheel', {deltaY: 120, clientX: 600, cancelable: true}))")
    page.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; requestAnimationFrame(() => requestAnimationFrame(done))")
    assert page.window() == before, "a wheel alone scrolls the page"


def test_everything_is_reached_by_tab_and_shows_its_focus(page):
    seen, bare = [], []
    page.wait_for_mark("capsize-operations-painted")
    for _ in range(400):
        page.press(Keys.TAB)
        name = page.run("""(() => { const at = document.activeElement; return at === document.body ? null :
            (at.getAttribute('aria-label') || at.textContent || at.id || at.tagName).trim() })()""")
        if name is None or (seen and name == seen[0]):
            break
        seen.append(name)
        outlined = page.run("""(() => { const at = document.activeElement, style = getComputedStyle(at);
            const bar = at.querySelector?.('rect'), stroke = bar && getComputedStyle(bar).strokeWidth;
            return style.outlineStyle !== 'none' && style.outlineWidth !== '0px' || stroke === '3.5px' })()""")
        if not outlined:
            bare.append(name)
    for wanted in ("Search", "read → 2123", "cut n3", "Zoom in", "Throughput", "All operations", "Copy"):
        assert any(wanted in each for each in seen), wanted
    assert bare == []


def test_enter_opens_details_and_escape_closes_them(page):
    page.focus(".operation.named")
    page.press(Keys.ENTER)
    page.wait(lambda: "process" in page.text(".details"), "details")
    page.press(Keys.ESCAPE)
    page.wait(lambda: not page.all(".details"), "closed")


@pytest.mark.parametrize("query, first, shown", [
    ("fault cut n3", "cut n3", "Evidence"),
    ("process 33", "process 33", None),
    ("key r1", "r1", None),
    ("index 4", "index 4", "Operation 4"),
])
def test_search_finds(page, query, first, shown):
    page.press("/")
    page.press(query)
    page.wait(lambda: first in page.text(".results"), "results")
    page.press(Keys.ENTER)
    if shown is None:  # leads to operations, with their values
        page.wait(lambda: re.search(r"(read|write|cas) r\d \w+", page.text(".results")), "operations")
        page.press(Keys.ARROW_DOWN, Keys.ENTER)
        shown = "invoked"
    page.wait(lambda: shown in page.text(".details"), "details")


def test_a_link_leads_to_a_selection_and_a_window(show, sample):
    page = show(*sample, "#op=4&from=1200&to=1500")
    page.wait(lambda: re.search(r"value(\d+|null)", page.text(".details")), "details")
    assert page.window() == "1.200 s – 1.500 s (300 ms)"
    page.press("+")
    page.wait(lambda: "from=1250" in page.fragment() and "op=4" in page.fragment(), "the fragment follows")
    page.run("location.hash = 'explained=2'")
    page.wait(lambda: "of the explanation" in page.text(".details") and page.window().startswith("9.360"), "another link")


@pytest.mark.parametrize("fragment", ["#op=x&from=9&to=1", "#op=99999999&fault=y", "#from=-1e9&to=1e12", "#explained=77", "#%E0%A4%A"])
def test_a_broken_link_shows_the_page(show, sample, fragment):
    page = show(*sample, fragment)
    page.wait_for_mark("capsize-operations-painted")
    assert page.text("h1") == sample[0]["sentence"] and page.errors() == []


def test_dark_mode_follows_the_system_and_a_button(chromium, show, sample):
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    try:
        page = show(*sample)
        assert page.run("getComputedStyle(document.documentElement).backgroundColor") == "rgb(18, 21, 27)"
        page.one(".bar button[aria-pressed]").click()
        page.wait(lambda: page.run("document.documentElement.dataset.theme") == "light", "light")
    finally:
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        page.run("localStorage.clear()")


def axe(page):
    page.driver.execute_script(AXE)
    found = page.driver.execute_async_script(
        "const done = arguments[arguments.length - 1]; axe.run().then(done, error => done({violations: [{impact: 'critical', id: String(error)}]}))")
    return [(each["id"], [node["html"][:200] for node in each.get("nodes", [])[:3]])
            for each in found["violations"] if each["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("fragment", ["", "#fault=11"])
def test_axe_has_no_serious_finding(show, sample, theme, fragment):
    page = show(*sample, fragment)
    page.wait_for_mark("capsize-operations-painted")
    page.run("document.documentElement.dataset.theme = arguments[0]", theme)
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.driver.set_script_timeout(BOUND)
    assert axe(page) == []


# --- data that means harm -------------------------------------------------------------------------

def hostile(value):
    """The same shape with every text that is data replaced."""
    kept = {"verdict", "outcome", "state", "kind", "fate", "type", "begin", "end", "blocks", "bins"}
    if isinstance(value, dict):
        return {key: each if key in kept else hostile(each) for key, each in value.items()}
    if isinstance(value, list):
        return [hostile(each) for each in value]
    return HOSTILE + value if isinstance(value, str) else value


def test_hostile_texts_stay_text_everywhere(show, sample):
    data = hostile(sample[0])
    for each in data["faults"]:
        each["kind"] = HOSTILE
    page = show(data, sample[1], "#fault=11")
    page.wait_for_mark("capsize-operations-painted")
    page.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.press("/")
    page.press("img")
    page.wait(lambda: page.all(".results li"), "results")
    assert page.run("document.title") != "harmed"
    assert not page.all("#page img") and not page.all("#page script")
    shown = page.text()
    assert "<img src=x" in shown and "\u202e" not in page.text("#page") and "\\u202e" in page.text("#page")
    assert page.errors() == []


def test_long_texts_are_cut_and_break_no_layout(show, sample):
    long = "x" * (1 << 20)
    data = sample[0]
    data["sentence"] = data["answers"]["broke"] = data["explanation"]["words"][0]["text"] = long
    data["explanation"]["operations"][0].update(value=long, process=long)
    data["nodes"][0]["name"] = data["faults"][0]["kind"] = data["operations"]["keys"][0] = long
    page = show(data, sample[1])
    page.wait_for_mark("capsize-operations-painted")
    assert page.run("document.documentElement.scrollWidth") <= 1440
    assert page.run("document.querySelector('#page').textContent.length") < 200_000


def test_ten_thousand_keys_can_be_searched_and_scrolled(show, sample):
    data = sample[0]
    data["operations"]["keys"] = [f"key-{at}" for at in range(10_000)]
    data["operations"]["keysLeftOut"] = 12
    page = show(data, sample[1])
    page.wait_for_mark("capsize-operations-painted")
    page.run("document.querySelectorAll('.all-operations button')[1].click()")
    page.wait(lambda: "12 more keys" in page.text(".all-operations"), "by key")
    assert page.run("document.querySelector('.scroll-rows').scrollHeight") == 22 * 10_000
    page.press("/")
    page.press("key-9999")
    page.wait(lambda: "key-9999" in page.text(".results"), "the key")
    assert page.run("document.querySelectorAll('#page *').length") < 5000


@pytest.mark.parametrize("name, text, says", [
    ("operations", "!!!", "block operations"),
    ("operations", "H4sIAAAAAAAAAwMAAAAAAAAAAAA=", "found 0 bytes"),
    ("series", page_writer.packed(bytes(10)), "block series: found 10 bytes"),
    ("lanes", None, "block lanes: the page does not contain it"),
])
def test_a_broken_block_is_named_and_the_answers_stay(show, sample, name, text, says):
    texts = {key: each for key, each in sample[1].items() if key != name}
    if text is not None:
        texts[name] = text
    page = show(sample[0], texts, "#op=4")
    page.wait(lambda: says in page.text(".troubles"), says)
    assert page.text("h1") == sample[0]["sentence"]


def test_data_that_is_no_page_leaves_what_was_written_and_says_why(chromium, tmp_path, sample):
    path = tmp_path / "report.html"
    text = page_writer.document(*sample)
    path.write_text(re.sub(r'(id="run">).*?(</script>)', r"\1{\2", text, flags=re.S))
    chromium.get(path.as_uri())
    page = Page(chromium, path)
    page.wait(lambda: "This page cannot be shown" in page.text("[role=alert]"), "alert")
    assert page.text("h1") == sample[0]["sentence"]


def test_the_policy_refuses_a_script_that_is_not_the_page_s_own(show, sample):
    page = show(*sample)
    page.run("""(() => { const made = document.createElement('script'); made.textContent = "document.title = 'harmed'";
        document.body.append(made); })()""")
    assert page.run("document.title") != "harmed"
    assert any("Content Security Policy" in each["message"] for each in page.errors())
