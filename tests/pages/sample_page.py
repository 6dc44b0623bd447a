"""A report page of a failed run: a read that a deposed leader answered, as the seeded bug
read-without-quorum lets it. Figures as in a real run; the operations are drawn from a seed."""

import array
import json
import random

import page_writer

LOAD_MS = 20_000
NODES = ["n1", "n2", "n3", "n4", "n5"]
KEYS = ["r0", "r1", "r2", "r3", "r4"]
FUNCTIONS = ["read", "write", "cas"]
VALUES = 4096


def fault(number, kind, nodes, begin, end, **more):
    return {"id": number, "kind": kind, "state": "installed", "nodes": nodes, "peers": [], "begin": begin,
            "end": end, "plannedBy": "mixture", "reason": "", "params": "{}",
            "evidence": json.dumps({"begin": {"installed": 1524766324487}, "end": {"discarded": 722, "seen": 722}}),
            "outageMs": 179.0, "recoveryMs": 2.0, "recoveryEverywhereMs": 16.0, **more}


FAULTS = [
    fault(1, "pause", ["n1"], 1040, 1742), fault(2, "delay", ["n1", "n2", "n3", "n5"], 1620, 3942),
    fault(3, "kill", ["n2", "n5"], 3400, 4367), fault(4, "drop", NODES, 4733.8, 6974.8),
    fault(5, "pause", ["n2", "n5"], 4800, 5758), fault(6, "kill", ["n1"], 5870, 6519),
    fault(8, "cut", ["n5"], 7157.2, 8342.4), fault(9, "clock-bump", ["n4"], 8123.7, 8920.5),
    fault(10, "duplicate", NODES, 8350.0, 10465.8), fault(11, "cut", ["n3"], 9395.5, 10163.5),
    fault(12, "kill", ["n1"], 10720, 11514), fault(13, "cut", ["n4"], 13090, 13836),
    fault(14, "pause", ["n4"], 9560.0, 9602.0),
    fault(15, "kill", NODES, 16460, 16932), fault(16, "slow-disk", ["n2"], 17680, 18564),
    fault(17, "kill", ["n2"], None, None, state="skipped", reason="the node was down already"),
]


def node(name, roles, states=(), commits=(), clock=()):
    return {"name": name, "leftOut": 0,
            "roles": [dict(zip(("begin", "end", "role", "term"), each)) for each in roles],
            "states": [dict(zip(("begin", "end", "state"), each)) for each in states],
            "commits": [{"ms": ms, "index": index} for ms, index in commits],
            "clock": [dict(zip(("begin", "end", "text"), each)) for each in clock]}


def nodes():
    rising = [(ms, int(ms * 0.42)) for ms in range(0, LOAD_MS, 20)]
    stale = [each for each in rising if each[0] < 9400 or each[0] > 10200]
    return [
        node("n1", [(0, 3200, "leader", 3), (3200, 9497, "follower", 4), (9497, 20000, "follower", 5)],
             [(5870, 6519, "dead"), (10720, 11514, "dead")], rising),
        node("n2", [(0, 9478, "follower", 4), (9478, 9496, "candidate", 5), (9496, 20000, "leader", 5)], [], rising),
        node("n3", [(0, 3200, "follower", 3), (3200, 10170, "leader", 4), (10170, 20000, "follower", 5)], [], stale),
        node("n4", [(0, 9499, "follower", 4), (9499, 20000, "follower", 5)], [(9560, 9602, "paused")], rising,
             [(8123.7, 8920.5, "+412 ms")]),
        node("n5", [(0, 9498, "follower", 4), (9498, 20000, "follower", 5)], [], rising),
    ]


def operation(number, process, f, value, times, served, leader, **more):
    node, role, term = served
    return {"number": number, "process": process, "f": f, "value": value, "outcome": "ok",
            "invokeMs": times[0], "completeMs": times[1], "pointMs": times[2], "named": True, "background": False,
            "servedBy": {"node": node, "role": role, "term": term},
            "newestLeader": {"node": leader[0], "term": leader[1]},
            "faults": ["duplicate n1 n2 n3 n4 n5", "cut n3"], **more}


SENTENCE = ("read of r1 by process 7 returned 2123, 14.2 ms after write 2129 to r1 had been acknowledged to "
            "process 33: a stale read")


def explanation():
    return {
        "anomaly": "stale read", "model": "register", "key": "r1", "sentence": SENTENCE,
        "operations": [
            operation(1, "33", "write", "2129", (9583.596, 9591.449, 9588.0), ("n4", "follower", 5), ("n2", 5)),
            operation(2, "7", "read", "2123", (9605.612, 9606.077, None), ("n3", "leader", 4), ("n2", 5)),
            operation(3, "17", "write", "2123", (9387.027, 9395.733, 9391.2), ("n3", "leader", 4), ("n3", 4),
                      named=False, background=True),
            operation(4, "49", "cas", "[2123,2127]", (9520.0, 9534.4, 9526.0), ("n5", "follower", 5), ("n2", 5),
                      named=False, background=True),
        ],
        "words": [
            {"kind": "let", "text": "#1 write 2129 by process 33 be acknowledged at 9.591 s."},
            {"kind": "let", "text": "#2 read by process 7 begin at 9.606 s, 14.2 ms later."},
            {"kind": "then", "text": "every order puts #1 before #2, so #2 must return 2129 or a newer value."},
            {"kind": "however", "text": "#2 returned 2123, the value of #3, which #4 and #1 had replaced."},
        ],
        "logLines": [
            {"node": "n3", "ms": 9395.9, "text": "[info] leader of term 4: no answer from n1 n2 n4 n5", "operation": None},
            {"node": "n3", "ms": 9605.7, "text": "[debug] get r1: served from the state machine at index 4021", "operation": 2},
            {"node": "n4", "ms": 9590.2, "text": "[debug] put r1: forwarded to n2, committed at 4063", "operation": 1},
        ],
    }


def message(kind, ends, term, index, sent, arrived, fate, copies=0):
    return {"from": ends[0], "to": ends[1], "type": kind, "term": term, "index": index, "sentMs": sent,
            "arrivedMs": arrived, "fate": fate, "copies": copies}


def messages():
    found = []
    for peer in ("n1", "n2", "n4", "n5"):
        for at in range(9400, 9640, 24):
            found.append(message("Heartbeat", ("n3", peer), 4, 3990, at, None, "stopped"))
        found.append(message("AppendEntries", ("n3", peer), 4, 3991, 9402, None, "stopped"))
        found.append(message("AppendEntries", ("n2", peer), 5, 4062, 9585.4, 9587.0, "delivered", 1))
        if peer != "n2":
            found.append(message("PreVote", ("n2", peer), 5, 3990, 9474, 9476, "delivered"))
            found.append(message("RequestVote", ("n2", peer), 5, 3990, 9479, 9482, "delivered", 1))
            found.append(message("RequestVoteReply", (peer, "n2"), 5, 0, 9484, 9488, "delivered"))
            found.append(message("AppendEntriesReply", (peer, "n2"), 5, 4062, 9587.3, 9588.9, "delayed"))
    found.append(message("RequestVote", ("n2", "n3"), 5, 3990, 9479, None, "stopped"))
    found.append(message("AppendEntries", ("n2", "n3"), 5, 4062, 9585.4, None, "stopped"))
    found.append(message("Forward", ("n4", "n2"), 5, 0, 9584.1, 9585.2, "delivered"))
    found.append(message("ForwardReply", ("n2", "n4"), 5, 0, 9589.4, 9590.9, "delivered"))
    found.append(message("ReadIndexRequest", ("n5", "n3"), 4, 0, 9450, None, "lost"))
    found.append(message("Forward", ("n1", "n2"), 5, 0, 9600, None, "waiting"))
    return {"window": {"begin": 9340, "end": 9660}, "list": sorted(found, key=lambda each: each["sentMs"]), "leftOut": 12}


def operations(seed):
    """Rows (thread, process, f, key, invoke us, duration us, outcome): ten clients, as in a run."""
    draw = random.Random(seed)
    rows, process = [], list(range(10))
    for client in range(10):
        now = draw.uniform(0, 8)
        while now < LOAD_MS:
            outcome = draw.choices((0, 1, 2), (0.79, 0.205, 0.005))[0]
            took = draw.lognormvariate(0.9, 0.9) if outcome == 0 else 0.02 if outcome == 1 else 540.0
            never = outcome == 2 and draw.random() < 0.5
            rows.append([client, process[client], draw.choices((0, 1, 2), (75, 17, 8))[0], draw.randrange(len(KEYS)),
                         int(now * 1000), page_writer.NEVER if never else int(took * 1000), outcome])
            if outcome == 2:
                process[client] += 10
            now += took + draw.uniform(2, 14)
    violation = [[3, 33, 1, 1, 9583596, 7853, 0], [7, 7, 0, 1, 9605612, 465, 0],
                 [7, 17, 1, 1, 9387027, 8706, 0], [9, 49, 2, 1, 9520000, 14400, 0]]
    clients = {row[0] for row in violation}
    # A client has one operation at a time: those of the violation have theirs to themselves around it.
    rows = [row for row in rows if row[0] not in clients or not 8_700_000 < row[4] < 9_700_000]
    return sorted(rows + violation, key=lambda row: row[4])


def blocks(rows, bins, bin_ms):
    """({name: declared}, {name: base64}) of everything about the operations."""
    named = {(33, 9583596), (7, 9605612)}
    columns = {name: array.array(code, (row[at] for row in rows)) for name, code, at in (
        ("invoke", "I", 4), ("duration", "I", 5), ("process", "I", 1), ("lane", "I", 0), ("key", "I", 3),
        ("f", "B", 2), ("outcome", "B", 6))}
    columns["index"] = array.array("I", range(0, 2 * len(rows), 2))
    codes = [(row[0], row[4], row[5], 4 if (row[1], row[4]) in named else row[6] + 1) for row in rows]
    completions = [((row[4] + row[5]) / 1000, row[5] / 1000, row[6]) for row in rows if row[5] != page_writer.NEVER]
    found = {"operations": page_writer.column_block(columns),
             "lanes": page_writer.column_block(page_writer.pyramids(codes, 10, bins, bin_ms)),
             "series": page_writer.column_block(page_writer.series(completions, 200, LOAD_MS / 200))}
    for at in range(0, len(rows), VALUES):
        values = ["null" if row[2] == 0 and row[6] else str(1000 + at) for row in rows[at:at + VALUES]]
        found[f"values-{at // VALUES}"] = page_writer.value_block(values)
    return {name: each[0] for name, each in found.items()}, {name: each[1] for name, each in found.items()}


def sample(seed=2):
    """(page, base64 by block) of the failed run."""
    bins = 1024
    rows = operations(seed)
    declared, texts = blocks(rows, bins, LOAD_MS / bins)
    checks = [{"name": name, "verdict": "valid", "explanation": "", "bound": ""}
              for name in ("linearizable", "invariants", "live", "crash", "coverage")]
    checks[0].update(verdict="invalid", explanation=SENTENCE)
    page = {
        "run": {"scenario": "default", "name": "20261201T082242.975Z-2", "started": "2026-12-01T08:22:42Z", "seed": "2",
                "bug": "read-without-quorum", "verdict": "invalid",
                "reproduce": "capsize run --bug read-without-quorum --seed 2", "loadMs": LOAD_MS, "source": "5d0aeab",
                "tested": "20 faults took effect, 10 leader changes, 13865 operations under fault", "cause": None},
        "sentence": SENTENCE,
        "answers": {"broke": "stale read on r1", "operations": "read of r1 by process 7, after write 2129 by process 33",
                    "fault": "cut n3, duplicate n1 n2 n3 n4 n5", "leader": "n2, term 5", "answered": "n3, which led term 4"},
        "checks": checks,
        "failures": [{"signature": "4f216b9bfb4e6cfd", "check": "linearizable", "anomaly": "stale read",
                      "label": "stale read, leader of an older term", "sentence": SENTENCE, "faults": ["cut", "duplicate"],
                      "count": 5, "atMs": 9606.077}],
        "explanation": explanation(), "nodes": nodes(), "faults": FAULTS, "messages": messages(),
        "focus": {"begin": 9360, "end": 9640},
        "operations": {"count": len(rows), "tickNs": 1000, "originMs": 0, "functions": FUNCTIONS, "keys": KEYS,
                       "keysLeftOut": 0, "bins": bins, "binMs": LOAD_MS / bins, "valuesPerBlock": VALUES,
                       "lanes": [{"thread": f"client {at}", "node": NODES[at // 2], "operations": len(rows) // 10}
                                 for at in range(10)]},
        "series": {"bins": 200, "binMs": LOAD_MS / 200}, "blocks": declared,
    }
    return page, texts
