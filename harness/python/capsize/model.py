"""Models of one's own: a sequential specification as a table of pure functions, for small histories.

    queue = capsize.Model(initial=(), functions={
        "enqueue": lambda state, asked, answered: state + (asked,),
        "dequeue": lambda state, asked, answered:
            state[1:] if state and answered in (state[0], capsize.UNKNOWN) else capsize.IMPOSSIBLE,
    })
    assert capsize.check(events, model=queue)

A function gets the state, what the operation asked and what it was answered, and returns the state
afterwards, or IMPOSSIBLE where the operation cannot have been answered so in that state. The answer
of an indeterminate operation is UNKNOWN. States are values that can be hashed (tuples, frozensets).

The search is the one of Wing and Gong (1993) with Lowe's memory of visited configurations (2017): an
operation may come next if none that has to come before it is left. It is exponential in the worst
case, in Python, and bounded; `capsize list models` knows models that are decided in no time.
"""

import dataclasses
import time


class _Mark:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return self._name


IMPOSSIBLE = _Mark("IMPOSSIBLE")
UNKNOWN = _Mark("UNKNOWN")


@dataclasses.dataclass(frozen=True)
class Model:
    """`functions` maps the name of each function to (state, asked, answered) -> state."""

    initial: object
    functions: dict
    name: str = "own"


@dataclasses.dataclass
class Operation:
    """One operation; `complete` is None where it is indeterminate."""

    process: int
    function: str
    key: object
    asked: object
    invoke: int
    answered: object = UNKNOWN
    complete: int | None = None

    @property
    def required(self):
        return self.complete is not None


class BoundReached(Exception):
    """The text names the bound."""


class Budget:
    """Seconds, and configurations to remember, for one history."""

    def __init__(self, seconds, configurations):
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._configurations = configurations

    def spend(self):
        self._configurations -= 1
        if self._configurations < 0:
            raise BoundReached("the bound on remembered configurations ended the search")
        if time.monotonic() > self._until:
            raise BoundReached(f"the time bound of {self._seconds:g} s ended the search")


def pair(events):
    """Operations by key out of events that obey the rules of processes; failed ones are left out."""
    keys, open_operations = {}, {}
    for position, event in enumerate(events):
        process = event["process"]
        if event["type"] == "invoke":
            key = repr(event.get("key"))
            operation = Operation(process, event["f"], event.get("key"), event.get("value"), position)
            keys.setdefault(key, []).append(operation)
            open_operations[process] = operation
            continue
        operation = open_operations.pop(process)
        if event["type"] == "ok":
            operation.complete = position
            operation.answered = event.get("value")
        elif event["type"] == "fail":
            keys[repr(operation.key)].remove(operation)
    return keys


def is_legal(model, operations, budget):
    """Whether some order explains what all of them were answered. Raises BoundReached."""
    required = sum(1 << i for i, operation in enumerate(operations) if operation.required)
    stack = [(0, model.initial)]
    seen = set(stack)
    while stack:
        done, state = stack.pop()
        if done & required == required:
            return True
        left = [i for i in range(len(operations)) if not done >> i & 1]
        deadline = min(operations[i].complete for i in left if operations[i].required)
        # The last one pushed is tried first: earliest return first, indeterminate ones last.
        left.sort(key=lambda i: (operations[i].required, -(operations[i].complete or 0)))
        for i in left:
            operation = operations[i]
            if operation.invoke > deadline:
                continue
            after = model.functions[operation.function](state, operation.asked, operation.answered)
            configuration = (done | 1 << i, after)
            if after is IMPOSSIBLE or configuration in seen:
                continue
            budget.spend()
            seen.add(configuration)
            stack.append(configuration)
    return False


def _until(operations, position):
    """What was known at a position: later answers are still unknown, later operations not begun."""
    return [operation if operation.complete is not None and operation.complete <= position
            else dataclasses.replace(operation, complete=None, answered=UNKNOWN)
            for operation in operations if operation.invoke <= position]


def _violation(model, key, operations, budget):
    """The first answer that no order explains, with the operations up to it."""
    answers = sorted(o.complete for o in operations if o.required)
    low, high = 0, len(answers) - 1
    while low < high:
        middle = (low + high) // 2
        if is_legal(model, _until(operations, answers[middle]), budget):
            low = middle + 1
        else:
            high = middle
    shown = _until(operations, answers[low])
    last = next(o for o in shown if o.complete == answers[low])
    name = "" if operations[0].key is None else f" of key {key}"
    return {
        "anomaly": "no legal order", "key": "" if operations[0].key is None else str(operations[0].key),
        "minimal": False,
        "sentence": f"no order of the operations{name} explains that {last.function} of process "
                    f"{last.process} was answered {last.answered!r}",
        "operations": [{"process": o.process, "f": o.function, "asked": o.asked,
                        "answered": None if o.answered is UNKNOWN else o.answered,
                        "outcome": "ok" if o.required else "info", "index": o.invoke}
                       for o in shown],
    }


def judge(model, events, seconds, configurations):
    """(verdict, reason, violations) of a history given as well-formed events."""
    keys = pair(events)
    for operations in keys.values():
        for operation in operations:
            if operation.function not in model.functions:
                raise KeyError(f"found function {operation.function!r}, expected those of the model: "
                               + ", ".join(model.functions))
    if not any(keys.values()):
        return "vacuous", "the history is empty", []
    budget = Budget(seconds, configurations)
    violations, unknown = [], ""
    for key, operations in keys.items():
        try:
            if not is_legal(model, operations, budget):
                violations.append(_violation(model, key, operations, budget))
        except BoundReached as bound:
            unknown = unknown or f"key {key}: {bound}"
    if violations:
        return "invalid", violations[0]["sentence"], violations
    return ("unknown", unknown, []) if unknown else ("valid", "", [])
