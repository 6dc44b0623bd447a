"""What is installed and packed works away from the sources: programs, library, Python package."""

import json
import os
import re
import shutil
import subprocess
import zipfile

import pytest

from conftest import BIN, ROOT

BUILD = BIN.parent
PROGRAMS = ["capsize", "capsize-engine-dask", "capsize-node", "capsize-node-with-bugs", "capsize-proxy", "capsize-serve", "capsize-sim"]
VERSION = re.search(r"project\(capsize VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)


def event(process, kind, function, value):
    return json.dumps({"process": process, "type": kind, "f": function, "key": "x", "value": value})


def operations(*calls):
    """JSON lines: one operation after the other, each by a process of its own."""
    lines = []
    for process, (function, asked, answered) in enumerate(calls):
        lines += [event(process, "invoke", function, asked), event(process, "ok", function, answered)]
    return "\n".join(lines) + "\n"


def run(*command, **options):
    """Without what leads back to the sources or to this build."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/"), **options.pop("env", {})}
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=120, env=environment, check=False, **options)


def succeed(*command, **options):
    done = run(*command, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(name="prefix", scope="module")
def _prefix(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("install") / "prefix"
    succeed("cmake", "--install", BUILD, "--prefix", prefix)
    return prefix


@pytest.fixture(name="examples", scope="module")
def _examples(prefix, tmp_path_factory):
    build = tmp_path_factory.mktemp("examples")
    succeed("cmake", "-G", "Ninja", "-S", prefix / "share/capsize/examples/checker", "-B", build,
            f"-DCMAKE_PREFIX_PATH={prefix}")
    succeed("cmake", "--build", build)
    return build


@pytest.fixture(name="packages", scope="module")
def _packages(tmp_path_factory):
    directory = tmp_path_factory.mktemp("packages")
    succeed("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", directory)
    return directory


def test_installed_programs_run_a_cluster(prefix, tmp_path):
    assert sorted(path.name for path in (prefix / "bin").iterdir()) == PROGRAMS
    done = run(prefix / "bin/capsize", "run", "--nemesis", "none", "--time-limit", "2s", "--nodes", 3,
               "--store", tmp_path / "store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    history = tmp_path / "store/latest/history.jsonl"
    assert json.loads(succeed(prefix / "bin/capsize", "check", "--json", history))["verdict"] == "valid"


def test_installed_scenario_is_found_by_its_name(prefix, tmp_path):
    by_path = succeed(prefix / "bin/capsize", "plan", ROOT / "nemesis/scenarios/figure-8.json",
                      "--seed", 1, cwd=tmp_path)
    assert succeed(prefix / "bin/capsize", "plan", "figure-8", "--seed", 1, cwd=tmp_path) == by_path
    assert run(prefix / "bin/capsize", "plan", "figure-9", cwd=tmp_path).returncode == 254


def test_header_stands_alone(prefix):
    header = (prefix / "include/capsize/checker.h").read_text()
    included = re.findall(r"#include (\S+)", header)
    assert included and all(re.fullmatch(r"<[a-z_]+>", name) for name in included)


def test_example_judges_files_by_all_built_in_models(examples, tmp_path):
    usage = run(examples / "check_file").stderr
    for model in ("register", "kv", "list", "set", "counter", "mutex", "fifo-queue", "bag"):
        assert f" {model}" in usage, "a model has not registered itself in the library"

    history = tmp_path / "history.jsonl"
    history.write_text(operations(("write", 1, 1), ("write", 2, 2), ("read", None, 2), ("read", None, 1)))
    done = run(examples / "check_file", history, "register")
    assert done.returncode == 1
    assert "invalid" in done.stdout and "stale read" in done.stdout and "process 3  read 1" in done.stdout

    history.write_text(operations(("enqueue", 1, 1), ("dequeue", None, 1)))
    done = run(examples / "check_file", history, "fifo-queue")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "valid")


def test_example_judges_by_a_model_of_its_own(examples, tmp_path):
    source = ROOT / "examples/checker/own_model.cpp"
    assert len(source.read_text().splitlines()) <= 40

    history = tmp_path / "history.jsonl"
    acquire, release, free = ("acquire", None, None), ("release", None, None), ("free", None, 0)
    history.write_text(operations(acquire, acquire, free, release, acquire))
    done = run(examples / "own_model", history)
    assert (done.returncode, done.stdout.strip()) == (0, "valid")
    history.write_text(operations(acquire, acquire, acquire))
    done = run(examples / "own_model", history)
    assert done.returncode == 1 and "no legal order" in done.stdout


def test_installed_python_package_finds_the_installed_command(prefix):
    program = ("import capsize, capsize.command; print(capsize.command.command()); "
               "print(capsize.check([dict(process=0, type=t, f='acquire', value=None) for t in ('invoke', 'ok')]))")
    shown = succeed("/usr/bin/python3", "-B", "-c", program,
                    env={"PYTHONPATH": str(prefix / "share/capsize/python")})
    assert shown.splitlines() == [str(prefix / "bin/capsize"), "capsize: valid"]
    assert (prefix / "share/capsize/python/capsize/py.typed").exists()
    fixtures = run("/usr/bin/python3", "-B", "-m", "pytest", "-p", "no:cacheprovider", "--fixtures", cwd=prefix,
                   env={"PYTHONPATH": str(prefix / "share/capsize/python")})
    assert "capsize_cluster" in fixtures.stdout


def test_wheel_holds_the_package_and_the_pytest_plugin(tmp_path):
    sources = shutil.copytree(ROOT / "harness/python", tmp_path / "python",
                              ignore=shutil.ignore_patterns("__pycache__", "build", "*.egg-info"))
    succeed("/usr/bin/python3", "-c", "import setuptools.build_meta as b; b.build_wheel('.')", cwd=sources)
    wheel = zipfile.ZipFile(sources / f"capsize-{VERSION}-py3-none-any.whl")
    modules = {f"capsize/{path.name}" for path in (ROOT / "harness/python/capsize").glob("*.py")}
    modules.add("capsize/py.typed")
    assert modules <= set(wheel.namelist())
    entry_points = wheel.read(f"capsize-{VERSION}.dist-info/entry_points.txt").decode()
    assert "[pytest11]" in entry_points and "capsize.pytest_plugin" in entry_points


def test_debian_packages_hold_what_they_should(packages):
    architecture = succeed("dpkg", "--print-architecture").strip()

    def content(name):
        deb = packages / f"{name}_{VERSION}_{architecture}.deb"
        files = {line.split(maxsplit=5)[5] for line in succeed("dpkg-deb", "-c", deb).splitlines()}
        return files, succeed("dpkg-deb", "-f", deb, "Depends").strip()

    files, depends = content("capsize")
    assert {f"./usr/bin/{program}" for program in PROGRAMS} <= files
    assert {"./usr/lib/python3/dist-packages/capsize/__init__.py", "./usr/share/doc/capsize/LICENSE",
            "./usr/share/capsize/scenarios/figure-8.json"} <= files
    assert not any("/include/" in name or name.endswith((".a", ".pyc")) for name in files)
    for needed in ("python3", "libzmq5", "libc6"):
        assert needed in depends

    files, depends = content("capsize-dev")
    assert {"./usr/include/capsize/checker.h", "./usr/lib/libcapsize_checker.a",
            "./usr/lib/cmake/Capsize/CapsizeConfig.cmake",
            "./usr/lib/cmake/Capsize/CapsizeConfigVersion.cmake"} <= files
    assert not any("/bin/" in name for name in files)
    for needed in ("libfmt-dev", "liblzma-dev", "libsimdjson-dev", "libzstd-dev", "zlib1g-dev"):
        assert needed in depends


def test_archive_holds_programs_and_library(packages):
    archives = list(packages.glob("*.tar.gz"))
    assert len(archives) == 1
    root = archives[0].name.removesuffix(".tar.gz")
    files = set(succeed("tar", "-tzf", archives[0]).splitlines())
    assert {f"{root}/bin/{program}" for program in PROGRAMS} <= files
    assert {f"{root}/include/capsize/checker.h", f"{root}/lib/libcapsize_checker.a",
            f"{root}/lib/cmake/Capsize/CapsizeConfig.cmake",
            f"{root}/share/capsize/python/capsize/__init__.py",
            f"{root}/share/capsize/scenarios/figure-8.json"} <= files
