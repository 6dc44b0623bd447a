"""Compares `capsize check` on random history files with a brute-force search in Python.

The search shares no code with Capsize: it has its own models, and tries every order. The files are
written as JSON lines, EDN, tuples and JSON arrays, with numbers and with names as clients.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import interruptible
from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parent.parent
BINARY = ROOT / "build" / "bin" / "capsize"
NOTHING = object()  # an operation that cannot take effect in a state
ANYTHING = object()  # the result of an indeterminate operation


def register(state, f, asked, answered):
    if f == "read":
        return state if answered == state else NOTHING
    if f == "write":
        return asked
    expected, new = asked
    return new if state == expected else NOTHING


def counter(state, f, asked, answered):
    state = state or 0
    if f == "read":
        return state if (answered or 0) == state else NOTHING
    return state + asked


def grow_set(state, f, asked, answered):
    state = state or ()
    if f == "read":
        return state if tuple(sorted(answered)) == state else NOTHING
    return tuple(sorted({*state, asked}))


def queue(state, f, asked, answered):
    state = state or ()
    if f == "enqueue":
        return (*state, asked)
    if answered is ANYTHING:
        return state[1:]
    if answered is None:
        return state if not state else NOTHING
    return state[1:] if state and state[0] == answered else NOTHING


def mutex(state, f, asked, answered):
    held = bool(state)
    return NOTHING if held == (f == "acquire") else not held


MODELS = {"register": register, "cas-register": register, "counter": counter, "set": grow_set,
          "fifo-queue": queue, "mutex": mutex}


def draw_call(model, draw):
    """Function, argument, and result if it is ok."""
    value = draw.randint(1, 3)
    if model == "mutex":
        return draw.choice([("acquire", None, None), ("release", None, None)])
    if model == "fifo-queue":
        return draw.choice([("enqueue", value, value), ("dequeue", None, draw.choice([None, value]))])
    if model == "set":
        elements = [e for e in (1, 2, 3) if draw.random() < 0.5]
        return draw.choice([("add", value, value), ("read", None, elements)])
    if model == "counter":
        return draw.choice([("add", value - 2, value - 2), ("read", None, draw.randint(0, 3))])
    calls = [("write", value, value), ("read", None, draw.choice([None, 1, 2, 3]))]
    if model == "cas-register":
        pair = [draw.choice([None, 1, 2, 3]), value]
        calls.append(("cas", pair, pair))
    return draw.choice(calls)


def draw_events(model, draw):
    events, clients, fresh, left = [], [[i, None] for i in range(3)], 3, draw.randint(1, 7)
    while left > 0 or draw.random() < 0.8:
        client = draw.choice(clients)
        if client[1] is None:
            if left == 0:
                continue
            left -= 1
            client[1] = draw_call(model, draw)
            f, asked, _ = client[1]
            events.append({"process": client[0], "type": "invoke", "f": f, "key": 1, "value": asked})
            continue
        (f, asked, answered), client[1] = client[1], None
        outcome = draw.choices(["ok", "fail", "info"], [65, 17, 18])[0]
        events.append({"process": client[0], "type": outcome, "f": f, "key": 1,
                       "value": answered if outcome == "ok" else asked})
        if outcome == "info":
            client[0], fresh = fresh, fresh + 1
    return events


def operations_of(events):
    """(invoked, completed or None, certain, f, argument, result) of all operations that may have taken effect."""
    operations, open_at = [], {}
    for at, event in enumerate(events):
        if event["type"] == "invoke":
            open_at[event["process"]] = len(operations)
            operations.append([at, None, False, event["f"], event["value"], ANYTHING])
            continue
        one = operations[open_at.pop(event["process"])]
        if event["type"] == "ok":
            one[1:3], one[5] = [at, True], event["value"]
        elif event["type"] == "fail":
            one[3] = None  # never took effect
    return [one for one in operations if one[3] and (one[2] or one[3] != "read")]


def has_legal_order(model, operations):
    step = MODELS[model]
    seen = set()

    def search(done, state):
        if (done, state) in seen:
            return False
        seen.add((done, state))
        if all(done >> i & 1 or not one[2] for i, one in enumerate(operations)):
            return True
        for i, (invoked, _, _, f, asked, answered) in enumerate(operations):
            if done >> i & 1:
                continue
            if any(not done >> j & 1 and other[2] and other[1] < invoked
                   for j, other in enumerate(operations)):
                continue
            after = step(state, f, asked, answered)
            if after is not NOTHING and search(done | 1 << i, after):
                return True
        return False

    return search(0, None)


def edn(value):
    if value is None:
        return "nil"
    if isinstance(value, list):
        return "[" + " ".join(map(edn, value)) + "]"
    return str(value)


def edn_map(event):
    words = {"type", "f"}
    return "{" + ", ".join(f":{k} {':' if k in words else ''}{v if k in words else edn(v)}"
                           for k, v in event.items()) + "}"


def named(event):
    return {**event, "process": f"client {event['process']}"}


def tupled(event):
    return {**{k: v for k, v in event.items() if k != "key"},
            "value": [event["key"], event["value"]]}


LAYOUTS = {
    "lines.jsonl": (lambda e: "\n".join(map(json.dumps, e)) + "\n", ()),
    "names.jsonl": (lambda e: "\n".join(json.dumps(named(one)) for one in e) + "\n", ()),
    "array.json": (lambda e: json.dumps(e), ()),
    "indented.json": (lambda e: json.dumps(e, indent=2), ()),
    "maps.edn": (lambda e: "\n".join(map(edn_map, e)), ()),
    "tuples.edn": (lambda e: "[" + "\n ".join(edn_map(tupled(one)) for one in e) + "]",
                   ("--independent",)),
}


def expected_exit(model, operations):
    if not has_legal_order(model, operations):
        return 1
    return 0 if any(one[2] for one in operations) else 3


def main():
    parser = argparse.ArgumentParser(prog="scripts/trial_files.py", description=__doc__)
    parser.add_argument("--files", type=positive, default=2000)
    parser.add_argument("--first-seed", type=int, default=1)
    options = parser.parse_args()
    layouts, models, counts = list(LAYOUTS), list(MODELS), {}
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first_seed, options.first_seed + options.files):
            draw = random.Random(seed)
            model, name = models[seed % len(models)], draw.choice(layouts)
            events = draw_events(model, draw)
            write, flags = LAYOUTS[name]
            path = pathlib.Path(folder) / f"{seed}-{name}"
            path.write_text(write(events))
            wanted = expected_exit(model, operations_of(events))
            done = subprocess.run([BINARY, "check", "--model", model, *flags, path],
                                  capture_output=True, text=True, timeout=60)
            counts[wanted] = counts.get(wanted, 0) + 1
            if done.returncode != wanted:
                print(f"seed {seed}, model {model}: exit code {done.returncode}, expected {wanted}\n"
                      f"{done.stdout}{done.stderr}{path.read_text()}")
                return 1
            path.unlink()
    names = {0: "valid", 1: "invalid", 3: "vacuous"}
    print(f"{options.files} files agree with brute force: " +
          ", ".join(f"{counts[code]} {names[code]}" for code in sorted(counts)))
    return 0


if __name__ == "__main__":
    interruptible.run(main)
