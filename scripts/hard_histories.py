"""Histories of one cas-register that are hard to check: few values, lost completions, and one anomaly.

Clients operate on a simulated register; each operation takes effect between its invocation and its completion. After four
fifths of the operations one anomaly is injected, which may or may not be observable: `stale` (a read returns the value of
three changes ago), `double` (a mutation takes effect a second time, later).
"""

import heapq
import itertools
import json
import random

OPERATIONS = 2000
READS, CAS = 0.4, 0.3
FAULT_AFTER = 0.8
# Simulated nanoseconds, on average.
TO_EFFECT, TO_COMPLETION, BETWEEN, TO_SECOND_EFFECT = 500, 300, 100, 4000

CELLS = list(itertools.product(("none", "stale", "double"), (10,), (2, 3, 5, 8, 12, 20, 50),
                               (0, 0.01, 0.05, 0.12)))


class Simulation:
    """One history. `lost` is the share of mutations with an indeterminate outcome."""

    def __init__(self, fault, clients, values, lost, seed):
        self.random = random.Random(seed)
        self.fault, self.values, self.lost, self.clients = fault, values, lost, clients
        self.processes = list(range(clients))
        self.value, self.past = None, []
        self.begun, self.events, self.queue, self.ties = 0, [], [], itertools.count()
        for client in range(clients):
            self.later(0, BETWEEN, self.begin, client)

    def later(self, now, mean, action, *arguments):
        at = now + self.random.expovariate(1 / mean)
        heapq.heappush(self.queue, (at, next(self.ties), action, arguments))
        return at

    def run(self):
        while self.queue:
            now, _, action, arguments = heapq.heappop(self.queue)
            action(now, *arguments)
        return self.events

    def note(self, now, client, kind, operation):
        self.events.append({"process": self.processes[client], "type": kind, "f": operation["f"], "key": "0",
                            "value": operation["value"], "time": int(now)})

    def begin(self, now, client):
        if self.begun == OPERATIONS:
            return
        self.begun += 1
        operation = {"f": "read", "value": None, "number": self.begun, "ends": "ok", "effect": True}
        drawn = self.random.random()
        new = self.random.randint(1, self.values)
        if drawn > READS + CAS:
            operation.update(f="write", value=new)
        elif drawn > READS:
            guess = self.value if self.random.random() < 0.5 else self.random.randint(1, self.values)
            operation.update(f="cas", value=[guess, new])
        if operation["f"] != "read" and self.random.random() < self.lost:
            operation.update(ends="info", effect=self.random.random() < 0.5)
        self.note(now, client, "invoke", operation)
        at = self.later(now, TO_EFFECT, self.take_effect, client, operation)
        self.later(at, TO_COMPLETION, self.complete, client, operation)

    def take_effect(self, now, client, operation):
        goes_wrong = self.fault != "none" and operation["number"] > FAULT_AFTER * OPERATIONS
        if operation["f"] == "read":
            stale = goes_wrong and self.fault == "stale" and len(self.past) >= 3
            operation["value"] = self.past[-3] if stale else self.value
            self.fault = "none" if stale else self.fault
        elif operation["effect"] and self.change(operation) and goes_wrong and self.fault == "double":
            self.fault = "none"
            self.later(now, TO_SECOND_EFFECT, lambda _: self.change(operation))

    def change(self, operation):
        value = operation["value"]
        if operation["f"] == "cas":
            if self.value != value[0]:
                operation["ends"] = "fail" if operation["ends"] == "ok" else operation["ends"]
                return False
            value = value[1]
        self.past.append(self.value)
        self.value = value
        return True

    def complete(self, now, client, operation):
        self.note(now, client, operation["ends"], operation)
        if operation["ends"] == "info":
            self.processes[client] += self.clients
        self.later(now, BETWEEN, self.begin, client)


def write_history(path, cell, seed):
    with path.open("w") as out:
        out.writelines(json.dumps(event) + "\n" for event in Simulation(*cell, seed).run())
