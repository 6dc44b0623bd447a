#!/usr/bin/python3
"""Writes capsize/_declared.py: the options of a run and the kinds of faults, typed, from what the
command `capsize` itself declares. Run it after a key of a scenario or a kind of fault has changed:

    CAPSIZE_BIN=build-debug/bin harness/python/generate.py            # --check only compares
"""

import argparse
import json
import keyword
import pathlib
import re
import subprocess
import sys
import textwrap

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "capsize"))  # not the package, which needs what is written here

from command import command  # noqa: E402: found only now

TARGET = HERE / "capsize" / "_declared.py"
TYPES = {"integer": "int", "number": "float", "boolean": "bool", "string": "str"}
# What every fault of a scenario may have (nemesis/README.md).
COMMON = {"only": "Only", "hold": "Duration", "label": "str", "when": "Anchor",
          "until": "Anchor", "within": "Duration"}

HEAD = '''\
"""Options of a run and kinds of faults, made by harness/python/generate.py: do not edit."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from capsize.cluster import Fault

Duration = Union[str, int, float, datetime.timedelta]  # "500ms", or seconds
Target = Union[str, Dict[str, Any]]  # "leader", "n1", {"same-as": "label"}, ...: nemesis/README.md
Only = Union[str, Dict[str, Any]]  # a message type, or a filter: nemesis/proxy/PROTOCOL.md
Anchor = Union[str, Dict[str, Any]]  # "election", {"leader": {"count": 2}}, ...

'''


def capsize(*arguments):
    return subprocess.run([command(), *arguments], capture_output=True, text=True, check=True).stdout


def python_name(name):
    name = name.replace("-", "_")
    return name + "_" if keyword.iskeyword(name) else name


def is_duration(schema):
    return schema.get("$ref", "").endswith("/duration") or "(ns|us|ms|s|m|h)" in schema.get("pattern", "")


def type_of(schema):
    if is_duration(schema):
        return "Duration"
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(word) for word in schema['enum'])}]"
    if "oneOf" in schema:
        return "Union[str, List[str]]"
    if schema.get("type") == "array":
        return "List[str]"
    return TYPES[schema.get("type", "string")]


def number(value):
    return str(int(value)) if value == int(value) else str(value)


def described(schema):
    text = schema.get("description", "")
    if "enum" in schema:
        text += f"; one of: {', '.join(schema['enum'])}"
    elif "minimum" in schema and "maximum" in schema:
        text += f", {number(schema['minimum'])} to {number(schema['maximum'])}"
    default = schema.get("default")
    if default not in (None, "", []):
        text += f" [{number(default) if isinstance(default, float) else default}]"
    return text.lstrip("; ,")


def docstring(text, indent):
    lines = textwrap.wrap(text.replace("\\", "\\\\").replace('"', '\\"'), 96 - indent)
    return textwrap.indent('"""' + "\n".join(lines) + '"""', " " * indent) + "\n"


def options(schema):
    text = 'class Options(TypedDict, total=False):\n    """Options of `capsize run`."""\n\n'
    keys = {name: key for name, key in schema["properties"].items()
            if name not in ("phases", "expect", "time-limit")}
    for name, key in sorted(keys.items()):
        text += f"    {python_name(name)}: {type_of(key)}\n" + docstring(described(key), 4)
    text += "\n\nOPTIONS = frozenset({\n"
    for name, _ in sorted(keys.items()):
        text += f'    "{python_name(name)}",\n'
    return text + "})\n"


def fault_keys():
    """What each fault takes beside its parameters, once for all of them."""
    text = "\n\nclass FaultKeys(TypedDict, total=False):\n"
    text += '    """What every fault may have, by keyword (nemesis/README.md)."""\n\n'
    return text + "".join(f"    {name}: {type_}\n" for name, type_ in COMMON.items())


def unbroken(items, before, after):
    """Lines of `items`, broken between them only: spaces within one are NUL."""
    lines = textwrap.wrap(before.replace(" ", "\0") + items + after.replace(" ", "\0"), 104,
                          subsequent_indent=" " * len(before), break_on_hyphens=False, break_long_words=False)
    return [line.replace("\0", " ") for line in lines]


def fault(kind, summary, parameters):
    typed = {python_name(name): type_of(schema) for name, schema in parameters.items()}
    clash = COMMON.keys() & typed.keys()
    if clash:
        sys.exit(f"{kind}: found the parameters {sorted(clash)}, expected none that every fault may have")
    arguments = ["self", 'target: Target = "one"', "peers: Optional[Target] = None", *(["*"] if typed else []),
                 *(f"{name}: Optional[{type_}] = None" for name, type_ in typed.items()),
                 "**keys: Unpack[FaultKeys]"]
    lines = unbroken(", ".join(argument.replace(" ", "\0") for argument in arguments),
                     f"    def {python_name(kind)}(", ') -> "Fault":')
    doc = f"{summary[0].upper()}{summary[1:]}.\n"
    if parameters:
        doc += "\n"
    for name, schema in parameters.items():
        doc += "\n".join(textwrap.wrap(f"{python_name(name)}: {described(schema)}", 88,
                                       subsequent_indent="    ")) + "\n"
    doc = doc.replace("\\", "\\\\").replace('"""', "'''")
    lines.append(textwrap.indent('"""' + doc.rstrip("\n") + ('\n"""' if parameters else '"""'), " " * 8))
    pairs = ", ".join(f'"{name}":\0{python_name(name)}' for name in parameters)
    lines += unbroken(pairs, "        params: Dict[str, Any] = {", "}")
    lines.append(f'        return self._begin("{kind}", target, peers, params, keys)')
    return re.sub(r"[ \t]+\n", "\n", "\n".join(lines)) + "\n"


def generated():
    schema = json.loads(capsize("schema"))
    summaries = dict(line.split(None, 1) for line in capsize("list", "faults").splitlines()
                     if not line.startswith(" "))
    by_kind = {}
    for branch in schema["$defs"]["fault"]["allOf"]:
        kind = branch["if"]["properties"]["kind"]["const"]
        by_kind[kind] = branch["then"]["properties"]["params"]["properties"]
    text = HEAD + "\n" + options(schema)
    text += "\n# Parameters of faults that are durations.\nDURATIONS = {\n"
    for kind, parameters in sorted(by_kind.items()):
        names = sorted(name for name, schema in parameters.items() if is_duration(schema))
        if names:
            text += f'    "{kind}": frozenset({json.dumps(names)}),\n'
    text += "}\n"
    text += fault_keys()
    text += '\n\nclass Faults:\n    """Every kind of fault of `capsize list faults` as a method."""\n\n'
    text += ("    def _begin(\n        self, kind: str, target: Target, peers: Optional[Target], params: Dict[str, Any],\n"
             '        keys: FaultKeys\n    ) -> "Fault":\n        raise NotImplementedError\n')
    for kind, parameters in sorted(by_kind.items()):
        text += "\n" + fault(kind, summaries[kind].strip(), parameters)
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    text = generated()
    if not arguments.check:
        TARGET.write_text(text, encoding="utf-8")
    elif not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        sys.exit(f"{TARGET}: not what `capsize schema` and `capsize list faults` say; run {sys.argv[0]}")


if __name__ == "__main__":
    main()
