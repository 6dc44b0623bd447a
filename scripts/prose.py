"""The language of the project, and what its text points at.

Usage: prose.py [--fix]

Two rules, over all text that git tracks:
- A word of scripts/prose.json (each with what to write instead) occurs no more often than that file
  allows: in the files of "allowed" up to the number given there, elsewhere up to "counts", which
  may only shrink. --fix lowers both to what is found.
- What a comment or a Markdown file names exists: paths, sections of Markdown files, the codes M-nn
  of docs/RAFT_BUGS.md, and the tests that docs/ names. Also bounded by a count that may only shrink.

Prints a line for each fault, `file:line: found …, expected …`, and ends with 1 if there is one.
"""

import collections
import json
import os
import re
import subprocess
import sys

LIST = "scripts/prose.json"
BUGS = "docs/RAFT_BUGS.md"  # defines the codes M-nn, and names text scenarios by their file alone
DEAD = "dead references"
# Not prose: inputs of fuzzers, recorded runs, what is generated, and what others wrote.
SKIPPED = re.compile(r"tests/fuzz/seeds/|tests/fixtures/run|LICENSE$|pages/dist/|pages/package-lock\.json$|"
                     r"pages/THIRD_PARTY_LICENSES$|tests/pages/axe\.min\.js$|" + re.escape(LIST) + "$")
SUFFIXED = re.compile(r"\.(h|cpp|py|md)$")
PATH = re.compile(r"(?<![\w/.:$~<*{}@=-])[A-Za-z][\w.-]*(?:/[\w.{},*-]+)*/?(?![\w/<>*(=]|:/)")
SECTION = re.compile(r"([\w/.-]*\w\.md)(?:`|\]\([^)]*\))?(?:#([\w-]+)|,? section \"?([\w ]+)"
                     r"|, (?=[A-Z])([\w -]++)(?!\.\w)|, \"([^\"]+)\")")
CODE = re.compile(r"\bM-[0-9]{2}\b")
TEST_NAME = re.compile(r"[A-Z]\w+\.[A-Z]\w+_\w+")
PLACEHOLDER = re.compile(r"\b(?:[A-Z][A-Z_]*|[a-z]?N+)\b")


def tracked():
    """All files that git tracks or would add, without those that are deleted."""
    out = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                         capture_output=True, check=True).stdout.decode()
    return sorted({path for path in out.split("\0") if path and os.path.isfile(path)})


def read(path):
    """The text of a file, or None if it holds none."""
    with open(path, "rb") as file:
        raw = file.read()
    try:
        return None if b"\0" in raw else raw.decode()
    except UnicodeDecodeError:
        return None


# --- words ----------------------------------------------------------------------------------------

class Pattern:
    """One entry of the list: forms of a word or phrase, and what to write instead. A phrase may be
    broken over two lines, with the marks of a comment between them."""

    def __init__(self, entry):
        self.name = entry["words"][0]
        self.use = entry["use"]
        self.parts = entry.get("parts", False)      # also inside of identifiers
        self.case = entry.get("case", False)        # as it is written
        self.literals = [max(word.split(), key=len) for word in entry["words"]]
        gap = r"(?:[ _-]|\s*\n[ \t]*(?://[/<!]*|#|\*)?[ \t]*)"
        forms = "|".join(gap.join(map(re.escape, word.split())) for word in entry["words"])
        edge = "[A-Za-z]" if self.parts else r"\w"
        self.regex = re.compile(rf"(?<!{edge})(?:{forms})(?!{edge}){entry.get('unless', '')}")

    def hits(self, text):
        """Offsets in `text`, a Text."""
        plain = text.plain if self.case else text.lower
        if not any(literal in plain for literal in self.literals):
            return []
        if self.parts:
            return [(match.start(), match.group()) for match in self.regex.finditer(text.split)]
        return [(match.start(), match.group()) for match in self.regex.finditer(plain)]


class Text:
    """A file as the patterns see it; line breaks stay where they are."""

    def __init__(self, plain):
        self.plain = plain
        self.lower = plain.lower()
        self._split = None

    @property
    def split(self):
        """With the words of an identifier apart: kFaultPlan is k fault plan."""
        if self._split is None:
            apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", self.plain)
            self._split = apart.lower()
        return self._split


def word_hits(patterns, texts):
    """{pattern name: {path: [(line, what was found)]}}"""
    found = {pattern.name: collections.defaultdict(list) for pattern in patterns}
    for path, plain in texts.items():
        text, name = Text(plain), Text(path)
        for pattern in patterns:
            for _, what in pattern.hits(name):
                found[pattern.name][path].append((0, what))
            for offset, what in pattern.hits(text):
                source = text.split if pattern.parts else text.plain
                found[pattern.name][path].append((source.count("\n", 0, offset) + 1, what))
    return found


def word_faults(patterns, texts, listed):
    """Faults, and the numbers that --fix writes down."""
    faults, counts, allowed = [], {}, {}
    uses = {pattern.name: pattern.use for pattern in patterns}
    for name, by_path in word_hits(patterns, texts).items():
        outside = []
        for path, hits in by_path.items():
            bound = listed["allowed"].get(path, {})
            bound = bound if bound == "*" else bound.get(name, 0)
            if bound == "*":
                continue
            if bound:
                allowed.setdefault(path, {})[name] = min(bound, len(hits))
            outside += [(path, *hit) for hit in (hits if len(hits) > bound else [])[bound:]]
        counts[name] = len(outside)
        bound = listed["counts"].get(name, 0)
        if len(outside) > bound:
            faults += [f"{path}:{line or 'its name'}: found '{' '.join(what.split())}', "
                       f"expected {uses[name]}" for path, line, what in outside]
            faults.append(f"prose: '{name}': found {len(outside)} of them, expected at most {bound}")
    return faults, counts, allowed


# --- references -----------------------------------------------------------------------------------

def slug(heading):
    """As GitHub makes the anchor of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def headings(text):
    """The headings of a Markdown file, without their marks."""
    return [re.sub(r"[`*]", "", line.lstrip("#").strip())
            for line in text.splitlines() if re.match(r"#{1,6} ", line)]


class Repository:
    def __init__(self, texts, listed):
        self.texts = texts
        self.outside = set(listed["outside"])
        self.absent = listed["absent documents"]
        self.files = set(texts)
        self.folders = set()
        self.suffixes = set()       # of all paths of files and folders, at their slashes
        for path in self.files:
            parts = path.split("/")
            self.folders.update("/".join(parts[:end]) for end in range(1, len(parts)))
        for path in self.files | self.folders:
            parts = path.split("/")
            self.suffixes.update("/".join(parts[begin:]) for begin in range(len(parts)))
        self.top = {folder for folder in self.folders if "/" not in folder and folder[0] != "."}
        self.headings = {path: headings(text) for path, text in texts.items() if path.endswith(".md")}
        bugs = texts.get(BUGS, "")
        self.codes = set(re.findall(r"^\| *(M-[0-9]{2}) *\|", bugs, re.M))
        self.tests = set()
        for path, text in texts.items():
            if path.startswith("tests/") and path.endswith((".cpp", ".h")):
                self.tests.update(f"{suite}.{name}" for suite, name in
                                  re.findall(r"^TEST(?:_[FP])?\((\w+),\s*(\w+)\)", text, re.M))

    def exists(self, path):
        path = path.rstrip("/")
        if "{" in path or "*" in path:
            return any(re.fullmatch(glob(path), suffix) for suffix in self.suffixes)
        return path in self.suffixes or any(path + end in self.suffixes for end in (".h", ".cpp"))

    def is_dead(self, path, folder):
        """Whether `path` names something of this repository that is not there. What may well be a
        path of a run, of a build or of somewhere else is none of it."""
        if path in self.outside or PLACEHOLDER.search(re.sub(r"README|[A-Z_]+\.md", "", path)):
            return False
        if self.exists(path) or os.path.exists(os.path.normpath(os.path.join(folder, path))):
            return False
        if SUFFIXED.search(path):
            return True
        return "/" in path and path.split("/")[0] in self.top and "." not in path.split("/")[0]

    def is_dead_section(self, file, wanted):
        """Whether the Markdown file `file` is there and has no such heading."""
        paths = [path for path in self.headings if path == file or path.endswith("/" + file)]
        wanted = slug(wanted)
        return bool(paths) and not any(slug(heading) == wanted or
                                       slug(heading).startswith(wanted + "-") or
                                       wanted.startswith(slug(heading) + "-")
                                       for path in paths for heading in self.headings[path])


def glob(path):
    """A path with `*` and `{a,b}` as a regular expression."""
    text = re.escape(path).replace(r"\*", "[^/]*").replace(r"\{", "(?:").replace(r"\}", ")")
    return text.replace(",", "|")


def comments(path, text):
    """(line, text) of each line that is a comment, a docstring or Markdown outside of a block."""
    ending = path.rsplit(".", 1)[-1]
    if ending in ("h", "cpp"):
        for number, line in enumerate(text.splitlines(), 1):
            at = line.find("//")
            if at >= 0 and line[at - 1:at] != ":":
                yield number, line[at + 2:]
    elif ending == "md":
        block = False
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("```"):
                block = not block
            elif not block:
                yield number, line
    elif ending == "py" or text.startswith("#!") or path == "CMakeLists.txt":
        doc = False
        for number, line in enumerate(text.splitlines(), 1):
            opens = not doc and re.match(r'\s*r?"""', line)
            if doc or opens:
                yield number, line
                doc = line.count('"""') == (1 if opens else 0)
            elif match := re.match(r"\s*# ?(.*)|[^\"']*  # (.*)", line):
                yield number, match.group(1) or match.group(2) or ""


def named_paths(path, line):
    """What may be paths in a line: in Markdown what stands in backticks, elsewhere every word."""
    if not path.endswith(".md"):
        line = re.sub(r"[\"'`]", " ", line)
        return [match.group().rstrip(".,") for match in PATH.finditer(line)]
    words = []
    for quoted in re.findall(r"`([^`]+)`", line):
        if not re.search(r"[<>|$=]", quoted):
            words += [word for word in quoted.split() if PATH.fullmatch(word)]
    return words


def reference_faults(repository):
    """(path, line, text) of everything that is named and is not there."""
    for path, text in repository.texts.items():
        folder = os.path.dirname(path)
        markdown = path.endswith(".md")
        absent = [name for name in repository.absent if name in text]
        for number, line in comments(path, text):
            for word in dict.fromkeys(named_paths(path, line)):
                if repository.is_dead(word, folder):
                    yield path, number, f"found {word}, expected a path of this repository"
            for file, *wanted in SECTION.findall(line):
                wanted = next(filter(None, wanted), "")
                if repository.is_dead_section(os.path.normpath(file), wanted):
                    yield path, number, f"found {file}, {wanted}: expected a heading of that file"
            for code in CODE.findall(line):
                if code not in repository.codes:
                    yield path, number, f"found {code}, expected a code of {BUGS}"
            for name in absent:
                if re.search(rf"\b{name}\b(?!\.md)", line):
                    yield path, number, f"found {name}, expected a document of this repository"
            if markdown:
                for fault in link_faults(repository, path, line):
                    yield path, number, fault


def link_faults(repository, path, line):
    """Of one line of Markdown: links into the repository, and names of tests."""
    for target in re.findall(r"\]\(([^)\s]+)\)", line):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        file = os.path.normpath(os.path.join(os.path.dirname(path), file)) if file else path
        if not os.path.exists(file):
            yield f"found a link to {target}, expected a path of this repository"
        elif anchor and anchor not in map(slug, repository.headings.get(file, [])):
            yield f"found a link to {target}, expected a heading of that file"
    if path.startswith("docs/"):
        for name in re.findall(r"`([^`]+)`", line):
            if TEST_NAME.fullmatch(name) and name not in repository.tests:
                yield f"found the test {name}, expected one of tests/"
    for name in re.findall(r"`([\w-]+\.txt)`", line) if path == BUGS else []:
        if f"tests/scenarios/{name}" not in repository.files:
            yield f"found the scenario {name}, expected one of tests/scenarios"


# --- the list -------------------------------------------------------------------------------------

def write_list(listed):
    """One entry a line, so that a change of one is a change of one line."""
    def lines(value):
        if not value:
            return json.dumps(value)
        if isinstance(value, dict):
            return "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(one, ensure_ascii=False)}"
                                      for key, one in sorted(value.items())) + "\n }"
        return "[\n" + ",\n".join("  " + json.dumps(one, ensure_ascii=False) for one in value) + "\n ]"

    with open(LIST, "w", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(f" {json.dumps(key)}: {lines(value)}"
                                      for key, value in listed.items()) + "\n}\n")


def main(arguments):
    if arguments not in ([], ["--fix"]):
        print(f"prose: found '{' '.join(arguments)}', expected nothing or --fix", file=sys.stderr)
        return 254
    with open(LIST, encoding="utf-8") as file:
        listed = json.load(file)
    texts = {}
    for path in tracked():
        text = None if SKIPPED.search(path) else read(path)
        texts[path] = "" if text is None else text
    prose = {path: text for path, text in texts.items() if not SKIPPED.search(path)}
    faults, counts, allowed = word_faults([Pattern(entry) for entry in listed["words"]], prose, listed)
    dead = list(reference_faults(Repository(texts, listed)))
    counts[DEAD] = len(dead)
    bound = listed["counts"].get(DEAD, 0)
    if len(dead) > bound:
        faults += [f"{path}:{line}: {what}" for path, line, what in dead]
        faults.append(f"prose: found {len(dead)} {DEAD}, expected at most {bound}")
    if arguments:
        bounds = {name: min(count, listed["counts"].get(name, 0)) for name, count in counts.items()}
        listed["counts"] = {name: bound for name, bound in bounds.items() if bound}
        kept = {path: bound for path, bound in listed["allowed"].items() if bound == "*"}
        listed["allowed"] = {**allowed, **kept}
        write_list(listed)
    for fault in faults:
        print(fault, file=sys.stderr)
    bound = listed["counts"].get(DEAD, 0)
    print(f"prose: {sum(counts.values()) - len(dead)} words of the list, at most "
          f"{sum(listed['counts'].values()) - bound}; {len(dead)} {DEAD}, at most {bound}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
