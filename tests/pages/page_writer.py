"""Writes a report page from Python, as the harness does in C++: for tests and benchmarks that need
data that no run gives. The data is described in pages/src/report/data.ts."""

import array
import base64
import gzip
import hashlib
import html
import json
import pathlib
import sys

DIST = pathlib.Path(__file__).resolve().parents[2] / "pages" / "dist"
TYPES = {"B": "u8", "I": "u32", "f": "f32"}
NEVER = 0xFFFFFFFF


def packed(data):
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def column_block(columns):
    """(what the page declares, base64) of {name: array}. Each column begins at a multiple of 8."""
    assert sys.byteorder == "little"
    data, declared = bytearray(), {}
    for name, column in columns.items():
        data += bytes(-len(data) % 8)
        declared[name] = {"type": TYPES[column.typecode], "offset": len(data), "length": len(column)}
        data += column.tobytes()
    return {"bytes": len(data), "columns": declared}, packed(bytes(data))


def value_block(values):
    data = json.dumps(values).encode()
    return {"bytes": len(data), "columns": {}}, packed(data)


def json_in_html(value):
    """JSON that neither ends its script element nor begins a comment in it."""
    return json.dumps(value).replace("<", "\\u003c")


def document(page, texts, script=None):
    """The page as HTML. `texts`: base64 by name of block."""
    script = script or (DIST / "report.js").read_text()
    style = (DIST / "report.css").read_text()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
              "worker-src blob:; img-src data:")
    blocks = "\n".join(f'<script type="text/plain" id="block-{name}">{text}</script>' for name, text in texts.items())
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{html.escape(page["run"]["name"])}</title><style>{style}</style></head>
<body><main id="page"><h1>{html.escape(page["sentence"])}</h1></main>
<script type="application/json" id="run">{json_in_html(page)}</script>
{blocks}
<script>{script}</script></body></html>
"""


def pyramids(rows, threads, bins, bin_ms):
    """Columns of the block `lanes`: count, shortest, longest and worst of each bin, finest level first.
    `rows`: (thread, invoke tick, duration, code) with ticks of a microsecond."""
    size = 2 * bins - 1
    count, worst = array.array("I", bytes(4 * size * threads)), array.array("B", bytes(size * threads))
    shortest, longest = array.array("I", bytes(4 * size * threads)), array.array("I", bytes(4 * size * threads))
    for thread, invoke, duration, code in rows:
        base = thread * size
        begin = min(bins - 1, int(invoke / 1000 / bin_ms))
        end = begin if duration == NEVER else min(bins - 1, int((invoke + duration) / 1000 / bin_ms))
        for at in range(base + begin, base + end + 1):
            worst[at] = max(worst[at], code)
        at = base + begin
        shortest[at] = min(shortest[at] or NEVER, duration)
        longest[at] = max(longest[at], duration)
        count[at] += 1
    for thread in range(threads):
        fill_levels(thread * size, bins, count, shortest, longest, worst)
    return {"count": count, "shortest": shortest, "longest": longest, "worst": worst}


def fill_levels(base, bins, count, shortest, longest, worst):
    """The coarser levels of one pyramid from its finest one."""
    while bins > 1:
        above = base + bins
        for at in range(bins // 2):
            one, two = base + 2 * at, base + 2 * at + 1
            count[above + at] = count[one] + count[two]
            shortest[above + at] = min(shortest[one] or NEVER, shortest[two] or NEVER) % NEVER
            longest[above + at] = max(longest[one], longest[two])
            worst[above + at] = max(worst[one], worst[two])
        base, bins = above, bins // 2


def quantile(sorted_values, share):
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def series(completions, bins, bin_ms):
    """Columns of the block `series` from (completion in ms, duration in ms, outcome)."""
    names = ("ok", "fail", "info")
    by_bin = {name: [[] for _ in range(bins)] for name in names}
    for ms, took, outcome in completions:
        by_bin[names[outcome]][min(bins - 1, max(0, int(ms / bin_ms)))].append(took)
    columns = {name: array.array("I", map(len, by_bin[name])) for name in names}
    for name in names:
        for values in by_bin[name]:
            values.sort()
        for label, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
            columns[f"{name}-{label}"] = array.array(
                "f", (quantile(values, share) if values else float("nan") for values in by_bin[name]))
    return columns
