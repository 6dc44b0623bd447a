"""The shape of the code: include arrows point down and make no cycle, files and functions stay small, and
no two types share a name.

Usage: shape.py FILE...   Prints the figures. If a rule is broken, prints one line per fault and exits with 1.
"""

import collections
import os
import re
import statistics
import sys

FILE_LINES_MAX = 600
FUNCTION_LINES_MAX = 70
LINE_COLUMNS_MAX = 100

# Which folders may include which, by longest matching prefix (arrows point down only).
ALLOWED = {
    "checker": ["base", "checker"],
    "base": ["base"],
    "node/raft": ["base", "node/bugs", "node/raft"],
    "node/kv": ["base", "node/bugs", "node/kv"],
    "node/bugs": ["base", "node/bugs"],
    "node/wire": ["base", "node/wire"],
    "node/replica": ["base", "node/bugs", "node/raft", "node/kv", "node/replica"],
    "node": ["base", "node"],
    "nemesis": ["nemesis", "base", "node/wire"],
    "workloads": ["workloads", "checker", "base"],
    "harness": ["harness", "nemesis", "workloads", "checker", "pages", "base"],
    "serve": ["serve", "harness", "pages", "checker", "base"],
    "pages": ["pages"],
}
# Headers that only these files and folders may include.
DOORS = {
    "CLI/": ["base/command_line.cpp"],
    "nlohmann/": ["base/json_text.cpp", "tests/base/json_test.cpp"],
    "boost/": ["harness/process/", "harness/statistics/", "serve/http_server.cpp"],
    "zmq": ["node/transport/", "node/app/", "nemesis/proxy/", "harness/cluster/messaging", "tests/"],
    "simdjson": ["checker/"],
    "spdlog": ["harness/store/log"],
    "archive": ["harness/evidence/archive_file.cpp", "harness/evidence/unpack_archive.cpp"],
}
# Heavy headers: a header that includes one passes its cost on to every file that includes it. And
# the few headers that may include one all the same, since only a handful of files include them.
HEAVY = ("nlohmann/", "CLI/", "spdlog/", "zmq.hpp", "boost/", "simdjson.h", "fmt/format.h", "fmt/ranges.h",
         "fmt/chrono.h", "regex", "iostream")
HEAVY_ALLOWED = {
    "checker/history/json_line.h": "simdjson.h",
    "node/app/trace_writer.h": "fmt/format.h",
    "node/transport/frames.h": "zmq.hpp",
    "tests/nemesis/proxy/proxy_fixture.h": "zmq.hpp",
}
OUR_FOLDERS = ("base/", "checker/", "node/", "nemesis/", "workloads/", "harness/", "pages/", "serve/")
OUR_ROOTS = {folder.rstrip("/") for folder in OUR_FOLDERS}


def rule_for(path):
    matches = [prefix for prefix in ALLOWED if path.startswith(prefix + "/")]
    return ALLOWED[max(matches, key=len)] if matches else None


def include_faults(path, lines):
    allowed = rule_for(path)
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#include [<"]([^">]+)[">]', line)
        if not match:
            continue
        target = match.group(1)
        if allowed and target.startswith(OUR_FOLDERS):
            if not any(target.startswith(prefix + "/") for prefix in allowed):
                yield f"{path}:{number}: includes {target}, but may include only {', '.join(allowed)}"
        if path.endswith(".h") and target.startswith(HEAVY) and HEAVY_ALLOWED.get(path) != target:
            yield f"{path}:{number}: {target} in a header: every file that includes this one pays for it"
        for header, doors in DOORS.items():
            if target.startswith(header) and not any(path.startswith(door) for door in doors):
                yield f"{path}:{number}: only {', '.join(doors)} may include {target}"


def folder_includes(path, lines):
    """The folders that a file's folder uses, each with the include that says so."""
    own = os.path.dirname(path)
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#include "([^"]+)"', line)
        target = os.path.dirname(match.group(1)) if match else ""
        if target.split("/")[0] in OUR_ROOTS and target != own:
            yield own, target, f"{path}:{number}: {match.group(1)}"


def folder_cycles(uses):
    """The folders that include each other, directly or through others (Tarjan, SIAM J. Comput. 1972)."""
    number, low, stack, cycles = {}, {}, [], []

    def visit(folder):
        number[folder] = low[folder] = len(number)
        stack.append(folder)
        for target in uses.get(folder, {}):
            if target not in number:
                visit(target)
            if target in stack:
                low[folder] = min(low[folder], low[target])
        if low[folder] == number[folder]:
            component = stack[stack.index(folder):]
            del stack[stack.index(folder):]
            if len(component) > 1:
                cycles.append(component)

    for folder in list(uses):
        if folder not in number:
            visit(folder)
    return cycles


def cycle_faults(uses):
    for component in folder_cycles(uses):
        yield f"folders in a cycle: {', '.join(sorted(component))}"
        for folder in component:
            for target, places in uses.get(folder, {}).items():
                if target in component:
                    yield f"  {places[0]} ({len(places)} of {folder} -> {target})"


CONTROL = re.compile(r"\s*(if|for|while|switch|do|else|namespace|struct|class|enum|return|\}|template|public|private)\b|\s*\}")


def head_of(lines, number):
    """The first line of the declaration whose body opens at `number`: the nearest line above that is
    indented like a function (the formatter indents continuations by four)."""
    for above in range(number, max(number - 15, -1), -1):
        indent = len(lines[above]) - len(lines[above].lstrip())
        if lines[above].strip() and indent <= 2:
            return (above, indent) if "(" in lines[above] and not CONTROL.match(lines[above]) else None
    return None


def function_lengths(lines):
    """Lengths and first lines of functions: the closing brace has the indent of the first line."""
    start = None
    for number, line in enumerate(lines):
        if start is None and line.endswith("{") and ")" in line:
            start = head_of(lines, number)
        elif start is not None and re.match(r"^ {%d}\}" % start[1], line):
            yield number - start[0] + 1, start[0] + 1
            start = None


# `for (… : f(x).items())`: what f returns by value is destroyed before the first round (until C++23).
# base::field() returns a reference.
TEMPORARY_IN_LOOP = re.compile(r"for \(.* : (?!base::field\(|Json\(3\))[\w:]+\([^()]*\)\.items\(\)\)")
TYPE = re.compile(r"(?:struct|class|enum class) (\w+)(?: final)?(?: : [^;{]*)? \{")


def type_definitions(lines):
    """The types that a file defines in a named namespace, each with its line."""
    namespaces = []
    for number, line in enumerate(lines, 1):
        if match := re.match(r"namespace ?([\w:]*) ?\{$", line):
            namespaces.append(match.group(1))
        elif line.startswith("}  // namespace") and namespaces:
            namespaces.pop()
        elif (match := TYPE.match(line)) and "" not in namespaces:
            yield "::".join([*namespaces, match.group(1)]), number


def type_faults(types):
    """Two types of one name: the linker takes either one's functions for both, and says nothing."""
    for name, places in types.items():
        if len(places) > 1:
            yield f"{places[1]}: {name} is another type in {places[0]}, expected a name of its own"


def main(paths):
    faults = []
    types = {}
    sizes, functions = [], []
    comments = collections.Counter()
    totals = collections.Counter()
    uses = {}
    for path in paths:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        faults += include_faults(path, lines)
        test = path.startswith("tests/")
        totals["test" if test else "product"] += len(lines)
        if len(lines) > FILE_LINES_MAX:
            faults.append(f"{path}: {len(lines)} lines, at most {FILE_LINES_MAX}")
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_COLUMNS_MAX:
                faults.append(f"{path}:{number}: {len(line)} columns, at most {LINE_COLUMNS_MAX}")
            if TEMPORARY_IN_LOOP.search(line):
                faults.append(f"{path}:{number}: items() of a temporary, which ends before the loop begins: name it first")
        if test:
            continue
        for name, number in type_definitions(lines):
            types.setdefault(name, []).append(f"{path}:{number}")
        for folder, target, place in folder_includes(path, lines):
            uses.setdefault(folder, {}).setdefault(target, []).append(place)
        sizes.append(len(lines))
        kind = "header" if path.endswith(".h") else "source"
        totals[kind] += len(lines)
        comments[kind] += sum(1 for line in lines if re.match(r"\s*//", line) or "///<" in line)
        for length, number in function_lengths(lines):
            functions.append(length)
            if length > FUNCTION_LINES_MAX:
                faults.append(f"{path}:{number}: function of {length} lines, at most {FUNCTION_LINES_MAX}")
    faults += cycle_faults(uses)
    faults += type_faults(types)
    for fault in faults:
        print(fault, file=sys.stderr)
    if sizes and functions:
        functions.sort()
        print(f"shape: {len(sizes)} files, median {statistics.median(sizes):.0f} lines, "
              f"largest {max(sizes)}; functions p90 {functions[len(functions) * 9 // 10]} lines, "
              f"largest {functions[-1]}")
        print(f"shape: comments {100 * comments['header'] // max(totals['header'], 1)} % of headers, "
              f"{100 * comments['source'] // max(totals['source'], 1)} % of sources; "
              f"{totals['test'] / max(totals['product'], 1):.2f} lines of test for one of product")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
