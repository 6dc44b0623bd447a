"""Custom models: a sequential specification as a table of pure functions, for small histories.

    queue = capsize.Model(initial=(), functions={
        "enqueue": lambda state, given, output: state + (given,),
        "dequeue": lambda state, given, output:
            state[1:] if state and output in (state[0], capsize.UNKNOWN) else capsize.IMPOSSIBLE,
    })
    assert capsize.check(events, model=queue)

A function gets the state, the input and the output of an operation. It returns the next state, or
IMPOSSIBLE if the operation cannot have this output in that state. The output of an indeterminate
operation is UNKNOWN. States must be hashable (tuples, frozensets).

The search is Wing and Gong's (1993) with Lowe's cache of visited configurations (2017): an operation
may be next in the linearization unless another pending one completed before it began. It takes
exponential time in the worst case, in Python, within limits; the built-in models (`capsize list
models`) are much faster.
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
    """`functions` maps the name of each function to (state, input, output) -> state."""

    initial: object
    functions: dict
    name: str = "own"


@dataclasses.dataclass
class Operation:
    """One operation; `complete` is None if it is indeterminate."""

    process: int
    function: str
    key: object
    input: object
    invoke: int
    output: object = UNKNOWN
    complete: int | None = None

    @property
    def required(self):
        return self.complete is not None


class LimitReached(Exception):
    """The text names the limit."""


class Budget:
    """Limits the time and the cached configurations of the search of one history."""

    def __init__(self, seconds, configurations):
        self._until = time.monotonic() + seconds
        self._seconds = seconds
        self._configurations = configurations

    def spend(self):
        self._configurations -= 1
        if self._configurations < 0:
            raise LimitReached("the search reached the limit of cached configurations")
        if time.monotonic() > self._until:
            raise LimitReached(f"the search reached the time limit of {self._seconds:g} s")


def pair(events):
    """Pairs well-formed events to operations, by key; leaves out failed operations."""
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
            operation.output = event.get("value")
        elif event["type"] == "fail":
            keys[repr(operation.key)].remove(operation)
    return keys


def is_legal(model, operations, budget):
    """Whether the operations of one key are linearizable. Raises LimitReached."""
    required = sum(1 << i for i, operation in enumerate(operations) if operation.required)
    stack = [(0, model.initial)]
    seen = set(stack)
    while stack:
        done, state = stack.pop()
        if done & required == required:
            return True
        left = [i for i in range(len(operations)) if not done >> i & 1]
        deadline = min(operations[i].complete for i in left if operations[i].required)
        # The last one pushed is tried first: earliest completion first, indeterminate ones last.
        left.sort(key=lambda i: (operations[i].required, -(operations[i].complete or 0)))
        for i in left:
            operation = operations[i]
            if operation.invoke > deadline:
                continue
            after = model.functions[operation.function](state, operation.input, operation.output)
            configuration = (done | 1 << i, after)
            if after is IMPOSSIBLE or configuration in seen:
                continue
            budget.spend()
            seen.add(configuration)
            stack.append(configuration)
    return False


def _prefix(operations, position):
    """The prefix of the history up to a position: later outputs are unknown, later operations absent."""
    return [operation if operation.complete is not None and operation.complete <= position
            else dataclasses.replace(operation, complete=None, output=UNKNOWN)
            for operation in operations if operation.invoke <= position]


def _violation(model, key, operations, budget):
    """The first output that no order explains, with the operations up to it."""
    completions = sorted(o.complete for o in operations if o.required)
    low, high = 0, len(completions) - 1
    while low < high:
        middle = (low + high) // 2
        if is_legal(model, _prefix(operations, completions[middle]), budget):
            low = middle + 1
        else:
            high = middle
    shown = _prefix(operations, completions[low])
    last = next(o for o in shown if o.complete == completions[low])
    name = "" if operations[0].key is None else f" of key {key}"
    return {
        "anomaly": "no legal order", "key": "" if operations[0].key is None else str(operations[0].key),
        "minimal": False,
        "sentence": f"no order of the operations{name} explains that {last.function} of process "
                    f"{last.process} returned {last.output!r}",
        "operations": [{"process": o.process, "f": o.function, "asked": o.input,
                        "answered": None if o.output is UNKNOWN else o.output,
                        "outcome": "ok" if o.required else "info", "index": o.invoke}
                       for o in shown],
    }


def judge(model, events, seconds, configurations):
    """Returns (verdict, reason, violations) for well-formed events."""
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
        except LimitReached as limit:
            unknown = unknown or f"key {key}: {limit}"
    if violations:
        return "invalid", violations[0]["sentence"], violations
    return ("unknown", unknown, []) if unknown else ("valid", "", [])
