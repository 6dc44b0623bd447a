"""--version: every binary names itself, the project's version, the revision and the build type."""

import re
import subprocess

import pytest

from conftest import BIN, ROOT

BINARIES = ["capsize", "capsize-node", "capsize-node-with-bugs", "capsize-proxy", "capsize-serve", "capsize-sim",
            "capsize-sim-with-bugs"]


def version_of(binary):
    done = subprocess.run([BIN / binary, "--version"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("binary", BINARIES)
def test_version_is_one_line_that_names_the_binary_and_its_build(binary):
    version = re.search(r"project\(capsize VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    pattern = rf"{binary} {re.escape(version)} \(revision [\w.-]+, \w+\)\n"
    assert re.fullmatch(pattern, version_of(binary)), version_of(binary)


def test_all_binaries_of_one_build_have_one_revision_and_build_type():
    assert len({version_of(binary).split(" ", 1)[1] for binary in BINARIES}) == 1


@pytest.mark.parametrize("binary", BINARIES)
def test_help_mentions_version(binary):
    done = subprocess.run([BIN / binary, "--help"], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and "--version" in done.stdout
