"""The pictures of the documentation, made from a recorded run; each is still what its page shows.

CAPSIZE_WRITE_PICTURES=1 writes them anew. They are compared coarsely: fonts differ from machine to machine.
"""

import html
import io
import os
import sys

import pytest
from conftest import ROOT, wait_for
from PIL import Image, ImageChops, ImageStat

sys.path.insert(0, str(ROOT / "tests" / "pages"))
import browser  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
RUN = next((ROOT / "tests" / "fixtures" / "stale-read").iterdir())
SIZE = (1440, 900)
COARSE = (144, 90)
DIFFERENCE_MAX = 6.0  # mean over all cells, of 255


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    found = browser.start(tmp_path_factory.mktemp("profile"), SIZE)
    yield found
    found.quit()


def difference(one, other):
    """Mean absolute difference of two pictures of the same size, from 0 to 255."""
    coarse = [picture.convert("RGB").resize(COARSE, Image.BOX) for picture in (one, other)]
    return sum(ImageStat.Stat(ImageChops.difference(*coarse)).mean) / 3


def taken(driver):
    return Image.open(io.BytesIO(driver.get_screenshot_as_png()))


def compare(name, picture):
    path = PICTURES / f"{name}.png"
    if os.environ.get("CAPSIZE_WRITE_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        picture.convert("P", palette=Image.ADAPTIVE, colors=128).save(path, optimize=True)
    committed = Image.open(path)
    assert committed.size == picture.size
    found = difference(picture, committed)
    assert found < DIFFERENCE_MAX, f"{path} differs by {found:.1f}; CAPSIZE_WRITE_PICTURES=1 writes it anew"


def open_page(driver, path, mark):
    driver.get(path.as_uri())
    wait_for(lambda: driver.execute_script("return performance.getEntriesByName(arguments[0]).length", mark), 60, mark)
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def test_a_caught_violation(capsize, chromium, tmp_path):
    """The picture of the README: at 1440 x 900 the page answers without scrolling what broke, and why."""
    page = tmp_path / "report.html"
    run = capsize("report", RUN, "-o", page)
    assert run.returncode == 0, run.stderr
    open_page(chromium, page, "capsize-answers-painted")
    for selector in (".answers", ".closeup .main-column svg"):
        bottom = chromium.execute_script("return document.querySelector(arguments[0]).getBoundingClientRect().bottom", selector)
        assert 0 < bottom <= SIZE[1], f"{selector} ends at {bottom}"
    picture = taken(chromium)
    compare("caught-violation", picture)
    # A page that shows something else differs by more.
    chromium.execute_script("document.querySelector('.closeup').remove()")
    assert difference(picture, taken(chromium)) > DIFFERENCE_MAX


def test_the_cluster_on_the_terminal(capsize, chromium, tmp_path):
    """The picture of capsize show: its text as a terminal of 100 columns has it."""
    run = capsize("show", RUN)
    assert run.returncode == 0, run.stderr
    lines = run.stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if "cluster" in line)
    assert max(map(len, lines[first:])) <= 100
    page = tmp_path / "show.html"
    page.write_text("<!DOCTYPE html><style>body{background:#111;color:#ddd;font:15px/1.3 monospace;margin:1em 2em}</style><pre>"
                    + html.escape("\n".join(lines[first:first + 44])) + "</pre>")
    chromium.get(page.as_uri())
    width, height = chromium.execute_script("const box = document.querySelector('pre').getBoundingClientRect();"
                                            "return [Math.min(box.right, 1000), box.bottom + 20]")
    compare("cluster-on-the-terminal", taken(chromium).crop((0, 0, int(width), int(height))))
