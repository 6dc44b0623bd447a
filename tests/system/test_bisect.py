"""capsize bisect: the culprit, what a kill repeats, revisions that cannot be tested, and mistakes of the caller.

Each test has a git repository of its own, whose "build" copies a stand-in for `capsize run` that fails with
the probability of its revision.
"""

import json
import os
import re
import signal
import subprocess

import pytest

from conftest import BIN, alive, children, wait_for

SIGNATURE = "00000000000000aa"
OTHER = "00000000000000bb"

# Draws from the seed of the run, so that a bisection with a fixed seed is deterministic.
RUNNER = r"""#!/bin/sh
set -eu
scenario=$2
directory=$4
seed=$(sed -n 's/.*"seed": *\([0-9]*\).*/\1/p' "$scenario")
draw=$(($(printf 'x%s' "$seed" | cksum | cut -d' ' -f1) % 100))
verdict=valid failures='' share=@SHARE@ other=@OTHER@ extra=''
if [ "$draw" -lt "$other" ]; then verdict=invalid; failures='{"signature":"00000000000000bb","check":"live"}'; fi
if [ "$draw" -lt "$share" ]; then verdict=invalid; failures='{"signature":"00000000000000aa","check":"linearizable"}'; fi
@RUN@
printf '{"capsize-results":1,"verdict":"%s","checks":[],"failures":[%s]%s}\n' \
  "$verdict" "$failures" "$extra" >"$directory/results.json.new"
mv "$directory/results.json.new" "$directory/results.json"
"""
BUILD = r"""set -eu
. ./build-first
mkdir -p build/bin
cp runner build/bin/capsize
chmod +x build/bin/capsize
git rev-parse HEAD >>"$BUILDS"
"""


class Bisection:
    """A repository with a good revision and ten later ones, and a store whose ledger has the failure."""

    def __init__(self, folder):
        self.folder = folder
        self.store = folder / "store"
        self.repository = folder / "repository"
        self.repository.mkdir()
        self.builds = folder / "builds.txt"
        self.commits = []  # the candidates
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments):
        identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=self.repository, capture_output=True,
                              text=True, check=True)
        return done.stdout.strip()

    def commit(self, subject, share, first="", run="", other=0):
        text = RUNNER.replace("@SHARE@", str(share)).replace("@OTHER@", str(other)).replace("@RUN@", run)
        (self.repository / "runner").write_text(text)
        (self.repository / "build.sh").write_text(BUILD)
        (self.repository / "build-first").write_text(first + "\n")
        (self.repository / "subject").write_text(subject)
        self.git("add", "-A")
        self.git("commit", "--quiet", "-m", subject)
        return self.git("rev-parse", "HEAD")

    def history(self, culprit=6, share=60, **special):
        """special: r3={"first": "exit 1"} changes the third revision; each={"run": …} all of them."""
        self.commit("Begin", 0, **special.get("each", {}))
        for number in range(1, 11):
            what = {**special.get("each", {}), **special.get(f"r{number}", {})}
            self.commits.append(self.commit(f"Change {number}", share if number >= culprit else 0, **what))
        return self.see_the_failure()

    def see_the_failure(self):
        """A suite, and a ledger as `capsize suite` writes it after a night in which both runs failed."""
        suite = self.folder / "night.json"
        suite.write_text(json.dumps({"name": "night", "runs": [{"name": "a", "seeds": 2}], "controls": {
            "bugs": [{"bug": "read-without-quorum"}], "healthy": {}}}))
        self.store.mkdir()
        night = {"execution": "20261130T220612.558Z-5614"}
        lines = [{"capsize-ledger": 1},
                 {"event": "begin", **night, "suite": "night", "suite-sum": "crc32c:0", "cases": ["a"], "seed": 1}]
        for number in (1, 2):
            lines.append({"event": "run", **night, "run": f"a/{number}", "case": "a", "purpose": "test", "seed": number,
                          "verdict": "invalid", "failures": [{"signature": SIGNATURE, "check": "linearizable"}],
                          "path": f"a/20261130T220612.559Z-{number}"})
        (self.store / "ledger.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        return self

    def command(self, *options, revisions="HEAD~10..HEAD", group=SIGNATURE):
        command = [BIN / "capsize", "bisect", revisions, "--suite", self.folder / "night.json", "--group", group,
                   "--repository", self.repository, "--store", self.store, "--jobs", "1"]
        command += [] if "--build" in options else ["--build", "sh build.sh"]
        return [str(each) for each in command + (["--seed", "1"] if "--seed" not in options else []) + list(options)]

    def start(self, *options, **more):
        return subprocess.Popen(self.command(*options, **more), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, env={**os.environ, "BUILDS": str(self.builds)})

    def __call__(self, *options, **more):
        process = self.start(*options, **more)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @property
    def directory(self):
        (found,) = (self.store / "bisect").iterdir()
        return found

    def log(self, event=None):
        path = self.directory / "log.jsonl"
        complete = path.read_bytes().rpartition(b"\n")[0]
        return [line for line in map(json.loads, complete.splitlines()) if event in (None, line.get("event"))]

    def built(self):
        return self.builds.read_text().split() if self.builds.exists() else []

    def reached(self, event, count):
        """Whether the log has that many lines of an event; it may not exist yet."""
        return (self.store / "bisect").exists() and (self.directory / "log.jsonl").exists() and \
            len(self.log(event)) >= count


@pytest.fixture
def bisection(tmp_path):
    return Bisection(tmp_path)


def field(done, label):
    return re.search(rf"^{label}: *(.*)$", done.stdout, re.M).group(1)


def test_the_culprit_is_claimed_with_its_confidence_and_evidence(bisection, tmp_path):
    bisection.history()
    done = bisection("--json", str(tmp_path / "out.json"))
    assert done.returncode == 0, done.stderr
    culprit = bisection.commits[5]
    assert f"culprit: {culprit} Change 6" in done.stdout
    assert float(field(done, "confidence").split()[0]) >= 95
    low, high = map(float, re.search(r"95 %: ([\d.]+) to ([\d.]+)", field(done, "failure rate")).groups())
    assert low < 0.6 < high
    report = json.loads((tmp_path / "out.json").read_text())
    assert report["claims"] and [each["commit"] for each in report["culprit"]["revisions"]] == [culprit]
    assert sum(each["probability"] for each in report["revisions"]) == pytest.approx(1)
    failed = report["failing-runs"]
    assert len(failed) == report["runs"]["failed"] > 0
    for run in failed:
        results = json.loads((bisection.store / run["path"] / "results.json").read_text())
        assert results["failures"][0]["signature"] == SIGNATURE
    # Progress is on standard error, and says who leads.
    assert re.search(r"^bisect: run 1: \w{10} \(\d+ of 10\) (failed|passed); leading: ", done.stderr, re.M)


def test_a_bisection_builds_few_revisions_and_none_twice_and_leaves_the_repository_alone(bisection):
    bisection.history()
    before = bisection.git("rev-parse", "--abbrev-ref", "HEAD"), bisection.git("status", "--porcelain")
    assert bisection().returncode == 0
    built = bisection.built()
    assert len(built) == len(set(built)) < 10
    assert before == (bisection.git("rev-parse", "--abbrev-ref", "HEAD"), bisection.git("status", "--porcelain"))
    assert len(bisection.git("worktree", "list").splitlines()) == 1


def test_the_same_command_repeats_the_answer_and_a_higher_confidence_continues(bisection):
    bisection.history()
    first, again = bisection(), bisection()
    assert again.returncode == 0
    assert again.stdout.splitlines()[:2] == first.stdout.splitlines()[:2]
    assert field(again, "runs") == field(first, "runs")
    surer = bisection("--confidence", "0.9995")
    assert surer.returncode == 0, surer.stderr
    assert surer.stdout.splitlines()[0] == first.stdout.splitlines()[0]
    assert float(field(surer, "confidence").split()[0]) >= 99.9
    assert field(surer, "runs") != field(first, "runs")


def test_sigkill_loses_and_repeats_no_finished_run_and_no_build(bisection):
    bisection.history(share=30, each={"run": "sleep 0.02"})
    for runs in (1, 3, 6, 10, 15):
        process = bisection.start()
        wait_for(lambda: process.poll() is not None or bisection.reached("start", runs), 60, f"{runs} runs")
        process.kill()
        process.communicate()
    done = bisection()
    assert done.returncode == 0, done.stderr
    assert bisection.commits[5] in done.stdout
    finished = [line["run"] for line in bisection.log("run")]
    assert len(finished) == len(set(finished))
    # Each finished run is in the log, also one whose bisection was killed before it could write that.
    named = {line["path"] for line in bisection.log("run")}
    results = {str(path.parent.relative_to(bisection.directory))
               for path in bisection.directory.glob("runs/a/2*/results.json")}
    assert results == named
    assert len(bisection.log("resume")) >= 1
    assert len(bisection.built()) == len(set(bisection.built()))


def test_a_run_that_finished_before_its_line_was_written_is_not_repeated(bisection):
    bisection.history()
    assert bisection("--runs-max", "3").returncode == 2
    log = bisection.directory / "log.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    cut = next(i for i, line in enumerate(lines) if json.loads(line).get("run") == 3 and b'"event":"run"' in line)
    # As SIGKILL leaves it, in the middle of a line.
    log.write_bytes(b"".join(lines[:cut]) + lines[cut][:20])
    assert bisection("--runs-max", "3").returncode == 2
    assert [line["run"] for line in bisection.log("run")] == [1, 2, 3]
    assert len(list(bisection.directory.glob("runs/a/2*"))) == 3


def test_all_processes_of_a_build_end_with_a_killed_bisection(bisection):
    # Two levels, one in a session of its own: neither shell nor group leads to it.
    bisection.history(each={"first": 'setsid sh -c \'echo $$ >"$BUILDS.pid.new"; mv "$BUILDS.pid.new" "$BUILDS.pid"; '
                                     "sleep 600 & wait' & sleep 600"})
    process = bisection.start()
    pid = bisection.folder / "builds.txt.pid"
    wait_for(pid.exists, 30, "the build")
    started = int(pid.read_text())
    sleeper = wait_for(lambda: children(started), 10, "its child")[0]
    process.kill()
    process.communicate()
    wait_for(lambda: not alive(started) and not alive(sleeper), 10, "the processes of the build to end")


def test_an_interruption_ends_a_build_with_130_and_says_nothing_about_its_revision(bisection):
    bisection.history(each={"first": '[ -e "$BUILDS.go" ] || { touch "$BUILDS.here"; sleep 600; }'})
    process = bisection.start()
    wait_for((bisection.folder / "builds.txt.here").exists, 30, "the build")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130, err
    assert "interrupted; the same command continues" in out
    assert bisection.log("skipped") == []
    (bisection.folder / "builds.txt.go").touch()
    done = bisection()
    assert done.returncode == 0 and bisection.commits[5] in done.stdout


def test_an_interruption_during_a_run_loses_only_that_run(bisection):
    bisection.history(each={"run": '[ -e "$BUILDS.go" ] || { touch "$BUILDS.here"; exec sleep 600; }'})
    process = bisection.start()
    wait_for((bisection.folder / "builds.txt.here").exists, 30, "the run")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    assert process.returncode == 130
    assert [line["run"] for line in bisection.log("lost")] == [1]
    (bisection.folder / "builds.txt.go").touch()
    done = bisection()
    assert done.returncode == 0 and bisection.commits[5] in done.stdout
    assert 1 not in [line["run"] for line in bisection.log("run")]


def test_a_revision_that_cannot_be_built_makes_the_answer_a_range(bisection):
    bisection.history(r5={"first": "echo no such header; exit 7"})
    done = bisection()
    assert done.returncode == 0, done.stderr
    assert "culprit: one of 2 adjacent revisions" in done.stdout
    assert f"culprit: {bisection.commits[4]} Change 5 (not tested: exit code 7: no such header)" in done.stdout
    assert f"culprit: {bisection.commits[5]} Change 6\n" in done.stdout
    assert ", 1 failed" in field(done, "builds")


def test_a_revision_that_cannot_be_built_elsewhere_does_not_blur_the_answer(bisection):
    bisection.history(r2={"first": "exit 1"}, r9={"first": "exit 1"})
    done = bisection()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"culprit: {bisection.commits[5]} Change 6\n")


def test_a_build_without_the_program_is_a_build_that_failed(bisection):
    bisection.history(r5={"first": "rm -rf build/bin; exit 0"})  # ends build.sh, which sources it
    done = bisection()
    assert done.returncode == 0, done.stderr
    (skipped,) = bisection.log("skipped")
    assert skipped["cause"] == "build"
    assert "no program build/bin/capsize" in skipped["reason"] or "no directory build/bin" in skipped["reason"]


def test_a_build_that_hangs_is_stopped_at_its_limit(bisection):
    bisection.history(r5={"first": "sleep 600"})
    done = bisection("--build-limit", "1s")
    assert done.returncode == 0, done.stderr
    assert [line["reason"] for line in bisection.log("skipped")] == ["did not end within 1 s"]


def test_runs_without_evidence_skip_their_revision(bisection):
    bisection.history(r5={"run": 'verdict="harness error"; failures=""; '
                                 'extra=\',"cause":{"kind":"overload","text":"too slow"}\''})
    done = bisection()
    assert done.returncode == 0, done.stderr
    assert "one of 2 adjacent revisions" in done.stdout
    assert "3 gave no evidence" in field(done, "runs")
    assert field(done, "skipped").startswith("1 built revision")


def test_a_machine_on_which_no_run_works_is_a_harness_error(bisection):
    bisection.history(each={"run": "exit 3"})
    done = bisection()
    assert done.returncode == 255
    assert "12 runs in a row gave no evidence" in done.stderr


def test_another_failure_counts_as_passed_and_is_noted(bisection):
    bisection.history(each={"other": 50})
    done = bisection()
    assert done.returncode == 0, done.stderr
    assert bisection.commits[5] in done.stdout
    assert re.match(r"in \d+ runs, which count as passed", field(done, "other failures"))
    assert {each for line in bisection.log("run") for each in line["others"]} == {OTHER}


def test_a_bisection_that_reaches_its_bound_says_how_far_it_came(bisection):
    bisection.history(share=30)
    done = bisection("--runs-max", "4")
    assert done.returncode == 2, done.stderr
    assert "culprit: unknown: 4 runs were not enough (--runs-max)" in done.stdout
    assert len(bisection.log("run")) == 4
    more = bisection("--runs-max", "400")
    assert more.returncode == 0 and bisection.commits[5] in more.stdout


def test_runs_at_the_same_time(bisection):
    bisection.history()
    command = bisection.command()
    command[command.index("--jobs") + 1] = "4"
    done = subprocess.run(command, capture_output=True, text=True, check=False,
                          env={**os.environ, "BUILDS": str(bisection.builds)})
    assert done.returncode == 0, done.stderr
    assert bisection.commits[5] in done.stdout


def test_kept_builds_are_bounded(bisection):
    bisection.history()
    assert bisection("--builds-max", "2").returncode == 0
    assert len(list((bisection.directory / "builds").iterdir())) <= 2


def test_hooks_do_not_run_and_variables_of_git_do_not_redirect(bisection, tmp_path):
    bisection.history()
    hook = bisection.repository / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook-ran\n")
    hook.chmod(0o755)
    done = subprocess.run(bisection.command(), capture_output=True, text=True, check=False,
                          env={**os.environ, "BUILDS": str(bisection.builds), "GIT_DIR": str(tmp_path / "nowhere")})
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "hook-ran").exists()


def test_two_bisections_at_once_are_refused(bisection):
    bisection.history(each={"first": 'touch "$BUILDS.here"; sleep 600'})
    first = bisection.start()
    try:
        wait_for((bisection.folder / "builds.txt.here").exists, 30, "the build")
        second = bisection()
        assert second.returncode == 255
        assert "another process bisects here" in second.stderr
    finally:
        first.kill()
        first.communicate()


def test_another_question_is_refused_and_restart_begins_anew(bisection):
    bisection.history()
    assert bisection().returncode == 0
    other = bisection("--build", "true; sh build.sh")
    assert other.returncode == 255
    assert "key 'build' differs from this command" in other.stderr
    assert bisection("--seed", "2").returncode == 255
    runs = len(bisection.log("run"))
    anew = bisection("--restart", "--seed", "2")
    assert anew.returncode == 0
    assert len(bisection.log("begin")) == 1 and bisection.log("begin")[0]["seed"] == 2
    assert runs > 0 and bisection.commits[5] in anew.stdout


@pytest.mark.parametrize("options, revisions, group, said", [
    ([], "--output=x..HEAD", SIGNATURE, "range is required"),
    ([], "HEAD~3..--exec=x", SIGNATURE, "expected GOOD..BAD"),
    ([], "HEAD", SIGNATURE, "expected GOOD..BAD"),
    ([], "HEAD~3...HEAD", SIGNATURE, "expected GOOD..BAD"),
    ([], "nothing..HEAD", SIGNATURE, "found nothing, expected a revision"),
    ([], "HEAD..HEAD~3", SIGNATURE, "expected GOOD to be an ancestor of BAD"),
    ([], "HEAD~3..HEAD", "ffff", "--group: found ffff, expected the signature of a failure"),
    ([], "HEAD~3..HEAD", "00", "--group: found 00, expected a signature, or its first four digits"),
    (["--case", "b"], "HEAD~3..HEAD", SIGNATURE, "--case: found b, expected a case in which the group was seen: a"),
    (["--keep", "../x"], "HEAD~3..HEAD", SIGNATURE, "--keep: found ../x"),
    (["--program", "/bin/sh"], "HEAD~3..HEAD", SIGNATURE, "--program: found /bin/sh"),
    (["--name", "../x"], "HEAD~3..HEAD", SIGNATURE, "--name: found ../x"),
    (["--confidence", "1"], "HEAD~3..HEAD", SIGNATURE, "--confidence: found 1"),
    (["--background", "nan"], "HEAD~3..HEAD", SIGNATURE, "--background: found nan"),
    (["--build-limit", "0s"], "HEAD~3..HEAD", SIGNATURE, "--build-limit: found 0s"),
])
def test_mistakes_of_the_caller_are_one_line(bisection, options, revisions, group, said):
    bisection.history()
    done = bisection(*options, revisions=revisions, group=group)
    assert done.returncode == 254, done.stderr
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (bisection.store / "bisect").exists()


def test_a_directory_without_repository_is_a_usage_error(bisection, tmp_path):
    bisection.history()
    done = bisection("--repository", str(tmp_path))
    assert done.returncode == 254 and "--repository: " in done.stderr


def test_a_damaged_log_is_named_with_its_line(bisection):
    bisection.history(share=30)
    assert bisection("--runs-max", "2").returncode == 2
    log = bisection.directory / "log.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    lines[3] = lines[3].replace('"revision":"', '"revision":"x')
    log.write_text("".join(lines))
    done = bisection()
    assert done.returncode == 255
    assert "log.jsonl:4: key 'revision': found " in done.stderr
