"""Every command of README.md, CONTRIBUTING.md and docs/ does what the document says."""

import functools
import json
import os
import re
import subprocess

import pytest

from conftest import BIN, ROOT
from documents import (DOCUMENTS, ELSEWHERE, LANGUAGES, REDUCED, blocks, commands, files, inline_commands,
                       name_of)

BOUND = 60
ALL_COMMANDS = [command for path in DOCUMENTS for command in commands(path)]
LOOKS_LIKE_A_COMMAND = re.compile(r"\s*(\$ )?(build(-\w+)?/bin/|scripts/|capsize |cmake |ctest |docker )")


@pytest.fixture(scope="session")
def recorded_run(tmp_path_factory):
    """A store with one short run, for documents that speak of store/latest before they make one."""
    store = tmp_path_factory.mktemp("documents") / "store"
    run = subprocess.run([BIN / "capsize", "run", "--nemesis", "pause", "--time-limit", "2s", "--quiet",
                          "--rate", "300", "--store", store], capture_output=True, text=True, check=False)
    assert run.returncode in (0, 3), run.stdout + run.stderr
    return store


@pytest.fixture
def reader(tmp_path, recorded_run):
    """The folder of a reader: the repository with binaries of `BIN`, and a store of its own."""
    for entry in ("nemesis", "scripts", "harness", "examples", "tests"):
        (tmp_path / entry).symlink_to(ROOT / entry)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "bin").symlink_to(BIN)
    subprocess.run(["cp", "-a", recorded_run, tmp_path / "store"], check=True)
    return tmp_path


def execute(command, expected, directory):
    """Real processes are not deterministic: a run that was vacuous, unknown, on an overloaded machine, or did not
    find its seeded bug has two more attempts. A violation that no document announces has none."""
    for _ in range(3):
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command.shortened], cwd=directory,
                              capture_output=True, text=True, timeout=BOUND, check=False)
        if done.returncode in expected or done.returncode not in (0, 2, 3, 255) or not command.is_of_processes:
            break
    return done


# Lines of an output that look the same in every run, once numbers and names of nodes are left out.
STEADY = re.compile(r"\s*(faults |operations |latency of |[\d.]+ s +\w+ |\w+: (valid|invalid|vacuous)|# |behind by"
                    r"|(linearizable|invariants|live|crash|coverage|tested|not reached|weaker)\b)")


def shape_of(line):
    for pattern, replacement in [(r"\(under another fault\)", ""), (r"\bn\d+\b", "N"), (r"N( N)+", "N"),
                                 (r"[\d.]+", "0"), (r"\b(us|ms|s)\b", "s"), (r"\bversions\b", "version"),
                                 (r"\s+", " "), (r" ;", ";")]:
        line = re.sub(pattern, replacement, line)
    return line.strip()


def assert_output_is_real(path, printed):
    """What a chapter shows as output is what its commands printed; a line may be cut short by an ellipsis."""
    shapes = {shape_of(line) for line in printed.splitlines()}
    for block in blocks(path.read_text()):
        for line in block.lines if block.language == "text" else []:
            shown, cut, _ = shape_of(line).partition("…")
            assert not STEADY.match(line) or shown in shapes or (
                cut and any(shape.startswith(shown.strip()) for shape in shapes)), (
                f"{path}:{block.line}: no command printed: {line}\n{printed}")


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if commands(path)], ids=name_of)
def test_the_commands_of_a_document_work(path, reader):
    for name, text in files(path).items():
        (reader / name).write_text(text)
    violation, printed = False, ""
    for command in commands(path):
        if command.elsewhere:
            continue
        expected = command.exit_codes(violation)
        done = execute(command, expected, reader)
        assert done.returncode in expected, (
            f"{command.place}: {command.shortened}\n"
            f"found exit code {done.returncode}, expected {sorted(expected)}\n{done.stdout}{done.stderr}")
        violation = violation or 1 in expected
        printed += done.stdout
    if "guide" in path.parts:
        assert_output_is_real(path, printed)


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_no_command_hides_in_a_block_that_is_not_executed(path):
    for block in blocks(path.read_text()):
        assert block.language in LANGUAGES, (
            f"{path}:{block.line}: found {block.language!r}, expected one of {sorted(LANGUAGES)}")
        if block.language != "sh":
            hidden = [line for line in block.lines if LOOKS_LIKE_A_COMMAND.match(line)]
            assert not hidden, f"{path}:{block.line}: {hidden}: commands belong into a block marked sh"


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_json_is_json(path):
    for block in blocks(path.read_text()):
        if block.language == "json" and block.lines[0].endswith("}"):  # JSON lines
            for line in block.lines:
                json.loads(line.replace("LABEL", '"label"'))


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if files(path)], ids=name_of)
def test_a_file_that_the_reader_saves_is_used(path):
    text = " ".join(command.text for command in commands(path))
    assert [name for name in files(path) if name not in text] == []


@pytest.mark.parametrize("pattern, why", ELSEWHERE)
def test_what_is_executed_elsewhere_is_in_a_document(pattern, why):
    assert any(re.search(pattern, command.text) for command in ALL_COMMANDS), f"nothing needs it: {why}"
    for test in re.findall(r"tests/system/\w+\.py", why):
        assert (ROOT / test).exists()


@pytest.mark.parametrize("pattern, _", REDUCED)
def test_what_is_shortened_is_in_a_document(pattern, _):
    assert any(re.search(pattern, command.text) for command in ALL_COMMANDS)


def test_most_commands_are_executed():
    here = [command for command in ALL_COMMANDS if not command.elsewhere]
    assert len(here) >= 60


# Of commands that are executed elsewhere: what they name exists.

def presets(kind):
    return [preset["name"] for preset in json.loads((ROOT / "CMakePresets.json").read_text())[kind]
            if not preset.get("hidden")]


@functools.lru_cache
def targets():
    """Names in CMake files, and those of the fuzzers, which are globbed."""
    text = " ".join(path.read_text() for path in ROOT.glob("[!b]*/**/CMakeLists.txt"))
    fuzzers = {path.stem for path in (ROOT / "tests" / "fuzz").glob("*_fuzz.cpp")}
    return set(re.findall(r"[\w-]+", text)) | fuzzers


@functools.lru_cache
def unit_tests():
    """Suite.Test, as far as the sources name them."""
    return [f"{suite}.{name}" for path in (ROOT / "tests").rglob("*.cpp") for suite, name in
            re.findall(r"^(?:TEST(?:_[FP])?|INSTANTIATE_TEST_SUITE_P)\((\w+),\s*(\w+)", path.read_text(), re.M)]


def scripts_that_exist(words):
    script = next((word for word in words if word.startswith("scripts/")), None)
    if script:
        assert os.access(ROOT / script, os.X_OK), script
        text = (ROOT / script).read_text() + "".join(
            path.read_text() for path in [ROOT / f"{script.replace('-', '_')}.py"] if path.exists())
        before = words[:words.index("--")] if "--" in words else words
        for option in (word for word in before if word.startswith("--")):
            assert option in text, f"{script}: no {option}"


@pytest.mark.parametrize("command", [command for command in ALL_COMMANDS if command.elsewhere],
                         ids=lambda command: command.place)
def test_what_a_command_names_exists(command):
    words = command.text.split()
    scripts_that_exist(words)
    if words[0] == "scripts/build":
        assert words[1] in presets("buildPresets")
        assert set(words[2:]) - {"fuzzers"} <= targets()
    if words[0] == "ctest":
        assert words[words.index("--preset") + 1] in presets("testPresets")
    if words[0].startswith("build-debug/bin/"):
        assert words[0].rpartition("/")[2] in targets()
        wanted = re.search(r"--gtest_filter='?([\w.*/]+)", command.text)
        pattern = wanted.group(1).replace("/", ".").replace(".", r"\.").replace("*", ".*") if wanted else ".*"
        assert any(re.fullmatch(pattern, name) for name in unit_tests()), pattern
    for path in re.findall(r"(?:tests|nemesis|examples|harness)/[\w./-]+", command.text):
        assert (ROOT / path).exists(), path


@functools.lru_cache
def help_of(*verb):
    return subprocess.run([BIN / "capsize", *verb, "--help"], capture_output=True, text=True, check=False).stdout


# Those of every Markdown file, the READMEs of the folders included.
MARKDOWN = sorted(ROOT / name for name in subprocess.run(
    ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split())
INLINE = [(name_of(path), line, text) for path in MARKDOWN for line, text in inline_commands(path)]


@pytest.mark.parametrize("document, line, text", INLINE, ids=lambda value: str(value)[:40])
def test_a_command_within_a_sentence_exists(document, line, text):
    words = text.split()
    if words[0].startswith("scripts/"):
        return scripts_that_exist(words)
    assert re.search(rf"^  {words[1]} ", help_of(), re.M), f"{document}:{line}: no verb {words[1]}"
    for option in (word.partition("=")[0] for word in words[2:] if word.startswith("--")):
        assert option in help_of(words[1]), f"{document}:{line}: capsize {words[1]} has no {option}"


# What the documents show as output.

def test_the_violation_of_the_readme_is_as_the_harness_prints_it(reader):
    """Its lines, with numbers and names of nodes left out, are lines of a run."""
    readme = next(block for block in blocks((ROOT / "README.md").read_text()) if "stale read" in str(block.lines))
    run = subprocess.run([BIN / "capsize", "run", "--bug", "read-without-quorum", "--nemesis", "partition",
                          "--time-limit", "5s", "--seed", "2", "--quiet"],
                         cwd=reader, capture_output=True, text=True, timeout=BOUND, check=False)
    assert run.returncode == 1
    printed = "\n".join(shape_of(line) for line in run.stdout.splitlines())
    for line in ("# process f value invoked completed outcome", "# served by newest leader faults active",
                 "default: invalid", "with the seeded bug read-without-quorum switched on",
                 "invariants valid", "live valid", "crash valid", "coverage valid"):
        assert line in [shape_of(shown) for shown in readme.lines], "the README shows it"
        assert line in printed
