"""`capsize bundle`: what is in the archive, in which order, and that the unpacked run can be used."""

import os
import signal
import stat
import subprocess
import tarfile

import pytest

from conftest import BIN, wait_for

BUG = ["--bug", "read-without-quorum", "--nemesis", "partition", "--time-limit", "4s", "--seed", "2"]


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """The directory of a run with a violation."""
    store = tmp_path_factory.mktemp("store")
    done = subprocess.run([BIN / "capsize", "run", "--quiet", *BUG, "--store", store], capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    return (store / "latest").resolve()


@pytest.fixture
def run(tmp_path):
    """A small run directory to spoil."""
    directory = tmp_path / "store" / "hostile" / "20261130T120000.000Z-1"
    directory.mkdir(parents=True)
    (directory / "scenario.json").write_text("{}")
    return directory


def bundle(directory, *arguments, code=0):
    done = subprocess.run([BIN / "capsize", "bundle", directory, *arguments], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def names(archive):
    """The members in their order, without the directory that all of them are in."""
    listed = subprocess.run(["tar", "-tf", archive], check=True, capture_output=True, text=True).stdout.splitlines()
    directories = {name.split("/")[0] for name in listed}
    assert len(directories) == 1, directories
    return [name.partition("/")[2] for name in listed]


def unpack(archive, where):
    where.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", where], check=True)
    return next(where.iterdir())


def execute(*arguments, **options):
    return subprocess.run([BIN / "capsize", *arguments], capture_output=True, text=True, **options)


@pytest.mark.parametrize("ending", [".tar.zst", ".tar.gz"])
def test_a_bundle_opens_on_the_failing_part(failed, tmp_path, ending):
    archive = tmp_path / ("run" + ending)
    bundle(failed, archive)
    found = names(archive)
    assert found[:5] == ["README.txt", "evidence.json", "results.json", "scenario.json", "faults.jsonl"]
    place = {name: number for number, name in enumerate(found)}
    assert place["harness.log"] < place["nodes/n1/log"] < place["history.jsonl"] < place["nodes/n1/trace.jsonl"]
    assert place["nodes/n5/trace.jsonl"] < place["nodes/n1/data/incarnation"]


def test_a_bundle_is_a_run_that_check_and_replay_accept(failed, tmp_path):
    archive = tmp_path / "run.tar.zst"
    bundle(failed, archive)
    directory = unpack(archive, tmp_path / "unpacked")
    readme = (directory / "README.txt").read_text()
    assert "invalid" in readme and "stale read, leader of an older term" in readme
    assert "capsize replay . --store ../replays --times 10" in readme
    checked = execute("check", "history.jsonl", cwd=directory)
    assert checked.returncode == 1, checked.stdout + checked.stderr
    replayed = execute("replay", ".", "--store", "../replays", "--quiet", cwd=directory)
    assert "which violated linearizable (stale read)" in replayed.stdout, replayed.stdout + replayed.stderr
    assert "of 1 replays" in replayed.stdout


def test_the_same_run_makes_the_same_archive(failed, tmp_path):
    for name in ("a.tar.gz", "b.tar.gz"):
        bundle(failed, tmp_path / name)
    assert (tmp_path / "a.tar.gz").read_bytes() == (tmp_path / "b.tar.gz").read_bytes()


def test_the_default_name_is_that_of_the_run(failed, tmp_path):
    done = execute("bundle", failed, cwd=tmp_path)
    assert done.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == [f"{failed.parent.name}-{failed.name}.tar.zst"]


def test_a_killed_run_can_be_bundled_and_checked(capsize, started, tmp_path):
    process = capsize.start("run", "--nemesis", "none", "--time-limit", "60s")
    started.append(process)
    history = capsize.store / "latest" / "history.jsonl"
    wait_for(lambda: history.exists() and sum('"type":"ok"' in line for line in open(history)) > 100, 20, "operations")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    archive = tmp_path / "killed.tar.zst"
    bundle(capsize.run_directory(), archive)
    assert not [name for name in names(archive) if "sockets" in name], "the control secret"
    directory = unpack(archive, tmp_path / "unpacked")
    assert "the run was killed before it had one" in (directory / "README.txt").read_text()
    checked = capsize("check", directory / "history.jsonl")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_core_dumps_and_sanitizer_reports_are_included_and_named(run, tmp_path):
    node = run / "nodes" / "n2"
    node.mkdir(parents=True)
    for name in ("core.4711", "sanitizer.4711", "log", "trace.jsonl", "unknown"):
        (node / name).write_text(name)
    (run / "core").write_text("harness")
    (run / "proxy-sanitizer.4712").write_text("proxy")
    archive = tmp_path / "run.tar.gz"
    bundle(run, archive)
    assert names(archive) == ["README.txt", "scenario.json", "nodes/n2/log", "nodes/n2/sanitizer.4711", "proxy-sanitizer.4712",
                              "nodes/n2/trace.jsonl", "nodes/n2/unknown", "core", "nodes/n2/core.4711"]
    readme = (unpack(archive, tmp_path / "unpacked") / "README.txt").read_text()
    assert "nodes/n2/core.4711" in readme and "nodes/n2/sanitizer.4711" in readme


def test_large_data_is_left_out_unless_it_is_asked_for(run, tmp_path):
    data = run / "nodes" / "n1" / "data"
    data.mkdir(parents=True)
    with open(data / "log-00000001", "wb") as log:
        log.truncate(9 << 20)
    (run / "nodes" / "n1" / "data-older").mkdir()
    (run / "nodes" / "n1" / "data-older" / "snapshot").write_text("older")
    archive = tmp_path / "run.tar.gz"
    said = bundle(run, archive)
    assert "9.0 MiB of the nodes' data" in said
    assert not [name for name in names(archive) if "data" in name]
    assert "--with-data" in (unpack(archive, tmp_path / "unpacked") / "README.txt").read_text()
    bundle(run, archive, "--with-data")
    assert names(archive)[-2:] == ["nodes/n1/data/log-00000001", "nodes/n1/data-older/snapshot"]


def test_links_sockets_and_pipes_are_left_out(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("not part of the run")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("not part of the run")
    (run / "history.jsonl").symlink_to(secret)
    (run / "nodes").symlink_to(tmp_path / "elsewhere")
    os.mkfifo(run / "pipe")
    os.mknod(run / "socket", stat.S_IFSOCK | 0o600)  # bind() would limit the length of the path
    (run / "sockets").mkdir()
    (run / "reserve").write_text("space")
    (run / "sockets" / "secret").write_text("control secret")
    (run / "earlier.tar.zst").write_text("an earlier bundle")
    (run / "results.json").write_text('{"failures":[{"sentence":"\\u001b[2J"}],"checks":7,"verdict":"invalid"}')
    archive = tmp_path / "run.tar.gz"
    said = bundle(run, archive)
    assert names(archive) == ["README.txt", "results.json", "scenario.json"]
    assert "socket" in said and "pipe" in said
    readme = (unpack(archive, tmp_path / "unpacked") / "README.txt").read_text()
    assert "\x1b" not in readme and "\\x1b[2J" in readme
    assert "history.jsonl" in readme[readme.index("Not included"):]


def test_a_link_to_the_run_is_followed(run, tmp_path):
    (tmp_path / "latest").symlink_to(run)
    bundle(tmp_path / "latest", tmp_path / "run.tar.gz")
    with tarfile.open(tmp_path / "run.tar.gz") as archive:
        assert archive.getnames()[0] == f"hostile-{run.name}/README.txt"


@pytest.mark.parametrize("out, message", [
    ("run.zip", "expected a name that ends in .tar.zst or .tar.gz"),
    ("missing/run.tar.gz", "cannot be written"),
])
def test_an_archive_that_cannot_be_written_is_refused(run, tmp_path, out, message):
    said = bundle(run, tmp_path / out, code=254)
    assert message in said and len(said.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_a_full_disk_leaves_no_partial_archive(run, tmp_path):
    (run / "history.jsonl").write_bytes(os.urandom(1 << 20))
    done = subprocess.run(["bash", "-c", 'ulimit -f 64; trap "" XFSZ; exec "$@"', "-", BIN / "capsize", "bundle", run,
                           tmp_path / "run.tar.gz"], capture_output=True, text=True)
    assert done.returncode == 255, done.stdout + done.stderr
    assert "cannot be written" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def test_what_is_no_run_is_refused(tmp_path):
    assert "found no scenario.json" in bundle(tmp_path, code=254)
    assert "No such file" in bundle(tmp_path / "missing", code=254)
    (tmp_path / "file").write_text("")
    assert "expected that of a run" in bundle(tmp_path / "file", code=254)
