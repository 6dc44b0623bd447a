"""The commands of README.md, CONTRIBUTING.md and docs/, and how a test executes them.

A fenced block marked `sh` holds commands, one a line; a comment behind it may say `exit code 1`, or
`exit code 0 or 3`. A block marked `json file=NAME` (or csv) is what the reader saves as NAME.
"""

import dataclasses
import re

from conftest import ROOT

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LANGUAGES = {"sh", "text", "json", "csv"}
FENCE = re.compile(r"\s*```(\w*)(?: file=([\w.-]+))?\s*$")
COMMENT = re.compile(r"\s+#\s(.*)$")
EXIT_CODES = re.compile(r"exit code (\d+)(?: or (\d+))?")

# What is shortened, so that all documents together take a minute or two: (pattern, replacement).
# Afterwards the verdict of a run may be vacuous, and a violation that is announced may be missing; a
# violation that is not announced is an error all the same.
REDUCED = [
    (r"^(build/bin/capsize run(?!.*(--time-limit|\.json)).*)$", r"\1 --time-limit 1s"),
    (r"^(build/bin/capsize suite (smoke|nightly)(?!\S)(?!.*--list).*)$", r"\1 --list"),
    (r"^(build/bin/capsize score(?!.*--(report|from|dry-run)).*)$", r"\1 --dry-run"),
    (r"^(build/bin/capsize replay .*--times) \d+", r"\1 1"),
    (r"^(build/bin/capsize-sim --seeds) 1\.\.\d+", r"\1 1..50"),
    (r"^(build/bin/capsize suite \w+\.json (?!.*--list).*)$", r"\1 --quiet"),
    (r"^(build/bin/capsize bench) (.*)$", r"\1 \2 --clients 1 --time 200ms"),
]

# What no test of this kind can execute: (pattern, why). `test_documentation.py` refuses an entry that
# no document needs, and checks that what these commands name exists.
ELSEWHERE = [
    (r"^scripts/demo$", "installs packages; scripts/demo is scripts/setup, scripts/build and one run"),
    (r"^scripts/setup( \w+)?$", "installs packages"),
    (r"^scripts/test( |$)", "executes this very test"),
    (r"^scripts/lint$", "is a step of scripts/test"),
    (r"^scripts/build ", "builds, which is a step of scripts/test"),
    (r"^scripts/package$", "tests/system/test_install.py packages"),
    (r"^scripts/bench-", "takes minutes, and measures; tests/system/test_bench.py has the verb"),
    (r"^(FUZZ_SECONDS=\d+ )?scripts/run-fuzzer ", "needs the fuzzers; is a step of scripts/test"),
    (r"^cmake ", "tests/system/test_install.py configures, builds and installs"),
    (r"^~/capsize/", "tests/system/test_install.py runs what it installed"),
    (r"^ctest ", "the unit tests are a step of scripts/test"),
    (r"^build-debug/bin/", "the unit tests are a step of scripts/test"),
    (r"/usr/bin/python3 -m pytest -q tests/system", "executes tests of this folder"),
    (r"/usr/bin/python3 -m pytest -q nemesis/examples", "tests/system/test_examples.py executes it"),
    (r"^build/bin/capsize suite .*--merge", "needs ledgers of shards; tests/system/test_suite.py merges some"),
    (r"^build/bin/capsize run nemesis/scenarios/", "tests/system/test_scenarios.py runs each of them"),
    (r"^sudo ", "installs packages"),
    (r"^python3 -m venv |^~/capsize-venv/", "tests/system/test_install.py builds the wheel"),
    (r"^docker ", "needs a daemon"),
]


@dataclasses.dataclass
class Command:
    document: str
    line: int
    text: str       # as it stands there, without its comment
    comment: str

    @property
    def place(self):
        return f"{self.document}:{self.line}"

    @property
    def elsewhere(self):
        return next((why for pattern, why in ELSEWHERE if re.search(pattern, self.text)), None)

    @property
    def is_of_processes(self):
        return bool(re.match(r"build/bin/capsize (run|replay|suite) ", self.text))

    @property
    def shortened(self):
        text = self.text
        for pattern, replacement in REDUCED:
            text = re.sub(pattern, replacement, text)
        return text

    def exit_codes(self, after_a_violation):
        """Those that are right. `after_a_violation`: an earlier command of the document may have found
        one, and left it in store/latest."""
        announced = EXIT_CODES.search(self.comment)
        codes = {int(code) for code in announced.groups() if code} if announced else {0}
        if self.shortened != self.text:
            codes |= {0, 3}
        if after_a_violation and "store/latest" in self.text:
            codes |= {0, 1}
        return codes


@dataclasses.dataclass
class Block:
    line: int
    language: str
    file: str
    lines: list


def blocks(text):
    """The fenced blocks, in their order; a block within a list loses the indentation of its fence."""
    found, block, indent = [], None, 0
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if block is not None and line.strip() == "```":
            found.append(block)
            block = None
        elif block is not None:
            block.lines.append(line[indent:] if line[:indent].isspace() else line)
        elif line.lstrip().startswith("```"):
            assert fence, f"line {number}: found {line.strip()}, expected ```LANGUAGE [file=NAME]"
            indent = len(line) - len(line.lstrip())
            block = Block(number, fence.group(1), fence.group(2) or "", [])
    assert block is None, "a block that does not end"
    return found


def commands_of(document, block):
    for offset, line in enumerate(block.lines, 1):
        comment = COMMENT.search(" " + line)
        text = line[:comment.start() - 1].rstrip() if comment and comment.start() else line.rstrip()
        if text and not text.startswith("#"):
            yield Command(document, block.line + offset, text, comment.group(1) if comment else "")


def name_of(path):
    return str(path.relative_to(ROOT))


def commands(path):
    return [command for block in blocks(path.read_text()) if block.language == "sh"
            for command in commands_of(name_of(path), block)]


def files(path):
    """What the reader saves: {name: text}."""
    return {block.file: "\n".join(block.lines) + "\n"
            for block in blocks(path.read_text()) if block.file}


def inline_commands(path):
    """(line, text) of what stands in backticks in the prose and is a command of Capsize."""
    text, fenced = path.read_text(), False
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
        if not fenced:
            for code in re.findall(r"`([^`]+)`", line):
                if re.match(r"(build/bin/)?capsize [a-z]|scripts/[\w-]+ ", code):
                    yield number, code
