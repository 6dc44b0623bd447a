"""Measures the report page of a run with many operations. See scripts/bench-page."""

import argparse
import array
import json
import os
import pathlib
import random
import statistics
import sys
import tempfile

from argument_types import positive

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "pages"))
import browser  # noqa: E402
import page_writer  # noqa: E402
import sample_page  # noqa: E402

BYTES_MAX, PAINTED_MS_MAX, FRAME_MS_MAX = 60_000_000, 2000, 100
THREADS, KEYS, BINS, VALUES = 50, 1000, 4096, 65536
OPERATION_MS = 5.0  # of one client, on average

# Zooms and pans by one wheel event a frame, as a person with a mouse would, and returns the time from
# each frame to the next in milliseconds.
SCRIPT = """
const done = arguments[arguments.length - 1];
const frames = [];
function wheel(selector, options) {
  const target = document.querySelector(selector), box = target.getBoundingClientRect();
  target.dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true,
    clientX: box.left + box.width * 0.55, clientY: box.top + 20, ...options}));
}
const steps = [];
for (const selector of ['.closeup .frame', '.charts', '.scroll-rows']) {
  for (let at = 0; at < 60; at++) steps.push(() => wheel(selector, {deltaY: -90, ctrlKey: true}));
  for (let at = 0; at < 60; at++) steps.push(() => wheel(selector, {deltaY: at % 30 < 15 ? 60 : -60, shiftKey: true}));
  for (let at = 0; at < 60; at++) steps.push(() => wheel(selector, {deltaY: 90, ctrlKey: true}));
}
const byKey = steps.length;
for (let at = 0; at < 60; at++) steps.push(() => wheel('.scroll-rows', {deltaY: at < 30 ? -90 : 90, ctrlKey: true}));
let last = null, at = 0;
function frame(now) {
  if (last !== null) frames.push(now - last);
  last = now;
  if (at === byKey) document.querySelectorAll('.all-operations .title button')[1].click();
  if (at === steps.length) return done(frames);
  steps[at++]();
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
"""


def operations(count, load_ms):
    """Columns of the block `operations`, and (thread, invoke us, duration us, code) of each row."""
    draw = random.Random(1)
    rows = []
    for thread in range(THREADS):
        now = draw.random() * OPERATION_MS * 1000
        process = thread
        for _ in range(count // THREADS):
            outcome = 0 if draw.random() < 0.95 else 1 if draw.random() < 0.9 else 2
            took = int(draw.expovariate(1 / 3000)) + 300
            rows.append((int(now), took, process, thread, int(KEYS * draw.random() ** 2), outcome))
            if outcome == 2:
                process += THREADS
            now += took + draw.random() * 3400
    scale = load_ms * 1000 / (max(row[0] for row in rows) + 1)
    rows = sorted((int(row[0] * scale), *row[1:]) for row in rows)
    columns = {name: array.array("I", (row[at] for row in rows)) for at, name in
               enumerate(("invoke", "duration", "process", "lane", "key"))}
    columns["index"] = array.array("I", range(0, 2 * len(rows), 2))
    columns["f"] = array.array("B", (row[1] % 3 for row in rows))
    columns["outcome"] = array.array("B", (row[5] for row in rows))
    return columns, rows


def made(count):
    """(page, base64 by block) of a failed run with `count` operations."""
    page, _ = sample_page.sample()
    load_ms = count * OPERATION_MS / THREADS
    columns, rows = operations(count, load_ms)
    pyramids = page_writer.pyramids(((row[3], row[0], row[1], row[5] + 1) for row in rows), THREADS, BINS, load_ms / BINS)
    completions = (((row[0] + row[1]) / 1000, row[1] / 1000, row[5]) for row in rows)
    blocks = {"operations": page_writer.column_block(columns), "lanes": page_writer.column_block(pyramids),
              "series": page_writer.column_block(page_writer.series(completions, 1000, load_ms / 1000))}
    draw = random.Random(2)
    for at in range(0, count, VALUES):
        values = [str(draw.randrange(10**6)) for _ in range(min(VALUES, count - at))]
        blocks[f"values-{at // VALUES}"] = page_writer.value_block(values)
    page["run"]["loadMs"] = load_ms
    page["operations"].update(
        count=len(rows), keys=[f"r{at}" for at in range(KEYS)], bins=BINS, binMs=load_ms / BINS, valuesPerBlock=VALUES,
        lanes=[{"thread": str(at), "node": f"n{at % 5 + 1}", "operations": count // THREADS} for at in range(THREADS)])
    page["series"] = {"bins": 1000, "binMs": load_ms / 1000}
    page["blocks"] = {name: each[0] for name, each in blocks.items()}
    return page, {name: each[1] for name, each in blocks.items()}


def painted(driver, name):
    script = f"return performance.getEntriesByName('capsize-{name}-painted')[0]?.startTime ?? null"
    return driver.execute_script(script)


def measure(path):
    """Times of one visit with a new browser, in milliseconds."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        driver = browser.start(profile)
        try:
            driver.set_script_timeout(300)
            driver.get(path.as_uri())
            driver.execute_async_script("""const done = arguments[arguments.length - 1];
                (function wait() { performance.getEntriesByName('capsize-operations-painted').length ? done() : setTimeout(wait, 5) })()""")
            frames = driver.execute_async_script(SCRIPT)
            where = driver.execute_script("return document.querySelector('dialog').textContent.match(/drawn by: (.*?)Close/)[1]")
            troubles = driver.execute_script("return document.querySelector('.troubles')?.textContent ?? ''")
            if troubles:
                raise SystemExit(f"bench-page: the page reports: {troubles}")
            return {"sentence": painted(driver, "answers"), "operations": painted(driver, "operations"),
                    "frame": max(frames), "frame-p99": statistics.quantiles(frames, n=100)[98], "engine": where}
        finally:
            driver.quit()


def row(name, asked, measured, unit):
    verdict = "ok" if measured <= asked else "MISSED"
    print(f"  {name:<42} {asked:>8,} {unit:<3} {measured:>9,.1f} {unit:<3} {verdict}")
    return measured <= asked


def report(size, rounds):
    """Prints what was asked and measured; returns whether all bounds were kept."""
    middle = {name: statistics.median(each[name] for each in rounds) for name in ("sentence", "operations", "frame", "frame-p99")}
    print(f"  {'':<42} {'asked':>12} {'measured':>13}   medians of {len(rounds)}, engine: {rounds[0]['engine']}")
    kept = [row("size of the file", BYTES_MAX / 1e6, size / 1e6, "MB"),
            row("sentence, answers and nodes are painted", PAINTED_MS_MAX, middle["sentence"], "ms"),
            row("operations of all clients are painted", PAINTED_MS_MAX, middle["operations"], "ms"),
            row("longest frame of zoom and pan", FRAME_MS_MAX, middle["frame"], "ms")]
    print(f"  frames: p99 {middle['frame-p99']:.1f} ms; longest of each round: "
          f"{', '.join(format(each['frame'], '.0f') for each in rounds)} ms; load of the machine {os.getloadavg()[0]:.1f}")
    return all(kept)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=positive, default=1_000_000)
    parser.add_argument("--rounds", type=positive, default=3)
    parser.add_argument("--keep", type=pathlib.Path, help="write the page here and keep it")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        path = (options.keep or pathlib.Path(directory) / "report.html").resolve()
        path.write_text(page_writer.document(*made(options.operations)))
        size = path.stat().st_size
        print(f"{options.operations:,} operations, {THREADS} clients, {KEYS} keys, 5 nodes")
        rounds = [measure(path) for _ in range(options.rounds)]
    if options.json:
        options.json.write_text(json.dumps({"bytes": size, "rounds": rounds}, indent=1))
    raise SystemExit(0 if report(size, rounds) else 1)


if __name__ == "__main__":
    main()
