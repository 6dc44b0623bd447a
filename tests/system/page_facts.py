"""What a page says, and whether evidence.json, the history and the traces of its run say the same.

The traces are read here on their own: nothing of the page's code is used.
"""

import json
import re


def page_data(html):
    """The JSON object in a page."""
    return json.loads(re.search(r'<script type="application/json" id="run">(.*?)</script>', html, re.DOTALL).group(1))


def trace_lines(run, node):
    lines = []
    for line in (run / "nodes" / node / "trace.jsonl").read_text(errors="replace").splitlines():
        try:
            lines.append(json.loads(line))
        except ValueError:
            pass  # a killed node leaves half a line
    return lines


class Traces:
    """Roles and leaders by time, in milliseconds since the start of the load."""

    def __init__(self, run, began_ns):
        self.roles = {}
        self.leaders = []
        for directory in sorted((run / "nodes").iterdir()):
            node = directory.name
            for line in trace_lines(run, node):
                if line.get("event") not in ("start", "term", "role"):
                    continue
                ms = (line["time"] - began_ns) / 1e6
                self.roles.setdefault(node, []).append((ms, line["role"], line["term"]))
                if line["role"] == "leader":
                    self.leaders.append((ms, line["term"], node))

    def role(self, node, ms):
        before = [entry for entry in self.roles.get(node, []) if entry[0] <= ms]
        return before[-1][1:] if before else None

    def newest_leader(self, ms):
        """Of the highest term by then; the first of its term."""
        known = [(term, -at, node) for at, term, node in self.leaders if at <= ms]
        if not known:
            return None
        term, _, node = max(known)
        return node, term


def disagreements(run, html):
    """What the page of a failed run says differently than its evidence, history and traces; empty if nothing."""
    page = page_data(html)
    evidence = json.loads((run / "evidence.json").read_text())
    results = json.loads((run / "results.json").read_text())
    found = []

    def compare(what, shown, expected):
        if shown != expected:
            found.append(f"{what}: the page says {shown!r}, expected {expected!r}")

    compare("verdict", page["run"]["verdict"], results["verdict"])
    compare("sentence", page["sentence"], evidence["failures"][0]["sentence"])
    compare("signature", page["failures"][0]["signature"], evidence["signature"])
    compare("checks", [(c["name"], c["verdict"]) for c in page["checks"]],
            [(c["name"], c["verdict"]) for c in evidence["checks"]])
    active = {fault["id"] for fault in evidence["faults"] if fault["active"]}
    explained = evidence.get("explanation", {}).get("operations", [])
    moment = results["failures"][0]["at-ms"]
    if explained:
        moment = explained[0].get("complete-ms", explained[0].get("invoke-ms"))
        compare_operations(page, evidence, Traces(run, results["start-ns"]), compare)
    elif page["answers"]["leader"] is not None:
        node, term = Traces(run, results["start-ns"]).newest_leader(moment)
        compare("leader", page["answers"]["leader"], f"{node}, term {term}")
    shown = {f["id"]: f for f in page["faults"]}
    for fault in evidence["faults"]:
        other = shown.get(fault["id"])
        if other is None:
            found.append(f"fault {fault['id']} is missing")
            continue
        compare(f"kind of fault {fault['id']}", other["kind"], fault["kind"])
        compare(f"nodes of fault {fault['id']}", other["nodes"], fault["nodes"])
        if other["begin"] is None or abs(other["begin"] - fault["begin-ms"]) > 1:
            found.append(f"fault {fault['id']} begins at {other['begin']}, expected {fault['begin-ms']}")
    for kind, nodes in named_faults(page["answers"]["fault"]):
        if not any(f["id"] in active and f["kind"] == kind and f["nodes"] == nodes for f in evidence["faults"]):
            if evidence.get("faults-left-out", 0) == 0:
                found.append(f"the page names the fault {kind} {nodes}, which was not active")
    return found


def named_faults(text):
    """[("cut", ["n1"]), …] of "cut n1 for 41 ms, pause n2 for 1 s"."""
    if text is None or text.startswith("none was active"):
        return []
    parts = re.sub(r" and \d+ more$", "", text).split(", ")
    return [(part.split(" for ")[0].split()[0], part.split(" for ")[0].split()[1:]) for part in parts]


def compare_operations(page, evidence, traces, compare):
    expected = evidence["explanation"]["operations"]
    shown = page["explanation"]["operations"]
    compare("number of operations", len(shown), len(expected))
    for number, (operation, other) in enumerate(zip(shown, expected), start=1):
        what = f"operation {number}"
        compare(f"{what}, process", operation["process"], other["process"])
        compare(f"{what}, function", operation["f"], other["f"])
        compare(f"{what}, outcome", operation["outcome"], other["outcome"])
        compare(f"{what}, begin", operation["invokeMs"], other.get("invoke-ms"))
        end = other.get("complete-ms", other.get("invoke-ms"))
        server, leader = operation["servedBy"], operation["newestLeader"]
        compare(f"{what}, node", server and server["node"], other.get("served-by", {}).get("node"))
        if server and server["role"]:
            role = traces.role(server["node"], end)
            compare(f"{what}, role in the trace", (server["role"], server["term"]), role)
        if leader:
            compare(f"{what}, leader in the traces", (leader["node"], leader["term"]), traces.newest_leader(end))
    observer = next((o for o in shown if o["named"]), None)
    if observer and observer["servedBy"]:
        answered = page["answers"]["answered"]
        compare("who answered", answered.split(",")[0], observer["servedBy"]["node"])
    if observer and observer["newestLeader"]:
        newest = observer["newestLeader"]
        compare("who led", page["answers"]["leader"], f"{newest['node']}, term {newest['term']}")
