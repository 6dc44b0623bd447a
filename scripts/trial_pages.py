"""Runs the directed scenarios of seeded bugs and compares each failed run's page with its evidence, history and traces.

Prints a line for each run. Exits with 1 if a page says something else than the files of its run, or if fewer runs
fail than are wanted.
"""

import argparse
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

import interruptible
from argument_types import positive
from bare_cluster import BIN, ROOT

sys.path.insert(0, str(ROOT / "tests" / "system"))
from page_facts import disagreements, page_data  # noqa: E402

JOBS = 2


def bugs():
    listed = subprocess.run([BIN / "capsize-node-with-bugs", "--list-bugs"], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in listed.stdout.splitlines()]
    return sorted((bug["name"] for bug in lines), key=lambda name: name not in {b["name"] for b in lines if b["core"]})


def run_once(bug, store):
    directory = store / bug
    done = subprocess.run([BIN / "capsize", "run", f"bugs/{bug}", "--bug", bug, "--seed", "1", "--quiet", "--store", directory],
                          capture_output=True, text=True)
    run = (directory / "latest").resolve()
    if done.returncode != 1 or not (run / "evidence.json").exists():
        return bug, None, f"exit code {done.returncode}"
    html = (run / "report.html").read_text()
    answers = page_data(html)["answers"]
    return bug, disagreements(run, html), f"{answers['broke']}; {answers['fault']}; led: {answers['leader']}; answered: {answers['answered']}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=positive, default=24, help="failed runs that are wanted [24]")
    arguments = parser.parse_args()
    failed = wrong = 0
    with tempfile.TemporaryDirectory() as store, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        waiting = [pool.submit(run_once, bug, pathlib.Path(store)) for bug in bugs()[:arguments.runs + 4]]
        for done in concurrent.futures.as_completed(waiting):
            bug, different, text = done.result()
            if different is None:
                print(f"did not fail  {bug:28} {text}", flush=True)
                continue
            failed += 1
            wrong += bool(different)
            print(f"{'DIFFERS' if different else 'agrees':13} {bug:28} {text}", flush=True)
            for line in different:
                print(f"              {line}", flush=True)
    print(f"{failed} failed runs, {failed - wrong} pages agree with evidence, history and traces")
    return 0 if failed >= arguments.runs and wrong == 0 else 1


if __name__ == "__main__":
    interruptible.run(main)
