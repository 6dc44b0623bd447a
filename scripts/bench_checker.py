"""Times `capsize check` on histories from `capsize generate`. See scripts/bench-checker."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]

# name, arguments of generate, arguments of check, verdict, seconds aimed at (load and check)
CASES = [
    ("1e4 operations, 1 key", "--operations 10000 --clients 10", "", "valid", None),
    ("1e5 operations, 1 key", "--operations 100000 --clients 10", "", "valid", None),
    ("1e6 operations, 1000 keys", "--operations 1000000 --clients 10 --keys 1000", "", "valid", 0.6),
    ("1e6 operations, 1 key, 50 clients, 1 % info",
     "--operations 1000000 --clients 50 --indeterminate 0.01", "", "valid", 0.8),
    ("1e6 operations, 1000 keys, followed",
     "--operations 1000000 --clients 10 --keys 1000 --indeterminate 0.01", "--follow", "valid", None),
    ("1e3 operations, 20 clients, a stale read",
     "--operations 1000 --clients 20 --anomaly stale-read", "", "invalid", 1.0),
    ("5e3 operations, 5 values, cas, 8 % info",
     "--operations 5000 --values 5 --cas 0.3 --reads 0.4 --indeterminate 0.12", "", "valid", 0.05),
    ("2e3 operations, 10 clients, 5 values, cas",
     "--operations 2000 --clients 10 --values 5 --cas 0.3 --reads 0.4 --indeterminate 0.02", "",
     "valid", 2.0),
    ("1e5 operations, 80 clients, 3 values: bounds",
     "--operations 100000 --clients 80 --values 3 --cas 0.2 --indeterminate 0.01",
     "--check-limit 2s --memory-limit 256MiB", None, 2.3),
]


def timed(command):
    """Seconds, peak MiB and the reports of one run."""
    begin = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    return seconds, usage.ru_maxrss / 1024, [json.loads(line) for line in output.splitlines()]


def row(name, command, runs, expected, aim):
    """The median of some runs of one command, as it is printed."""
    results = [timed(command) for _ in range(runs)]
    reports = results[0][2]
    verdicts = sorted({report["verdict"] for report in reports})
    return {
        "name": name,
        "seconds": round(statistics.median(result[0] for result in results), 3),
        "load": round(statistics.median(
            sum(r["seconds"]["load"] for r in result[2]) for result in results), 3),
        "check": round(statistics.median(
            sum(r["seconds"]["check"] for r in result[2]) for result in results), 3),
        "MiB": round(max(result[1] for result in results)),
        "verdict": ",".join(verdicts),
        "as-expected": expected is None or verdicts == [expected],
        "aim": aim,
    }


def show(result):
    aim = "" if result["aim"] is None else f"{result['aim']:g}"
    print(f"{result['name']:<48} {result['seconds']:>8.3f} {result['load']:>8.3f} "
          f"{result['check']:>8.3f} {aim:>6} {result['MiB']:>6} {result['verdict']}"
          f"{'' if result['as-expected'] else '  NOT AS EXPECTED'}", flush=True)


def external(command, runs):
    """All files of CAPSIZE_HISTORIES in one call; their verdicts are compared with the index."""
    folder = pathlib.Path(os.environ["CAPSIZE_HISTORIES"])
    rows = [line.split("\t") for line in (folder / "index.tsv").read_text().splitlines()[1:]]
    result = row(f"{len(rows)} histories in one call",
                 command + [str(folder / columns[0]) for columns in rows], runs, None, 3.0)
    reports = timed(command + [str(folder / columns[0]) for columns in rows])[2]
    result["as-expected"] = all(
        report["verdict"] == ("valid" if columns[5] == "linearizable" else "invalid")
        for report, columns in zip(reports, rows, strict=True))
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    capsize = str(pathlib.Path(os.environ.get("CAPSIZE_BIN", ROOT / "build" / "bin")) / "capsize")
    print(f"{'':<48} {'seconds':>8} {'load':>8} {'check':>8} {'aim':>6} {'MiB':>6} verdict")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for name, generate, check, expected, aim in CASES:
            history = pathlib.Path(folder) / "history.jsonl"
            with history.open("wb") as out:
                subprocess.run([capsize, "generate", *generate.split()], stdout=out, check=True,
                               stderr=subprocess.DEVNULL)
            command = [capsize, "check", "--json", *check.split(), str(history)]
            results.append(row(name, command, arguments.runs, expected, aim))
            show(results[-1])
    if "CAPSIZE_HISTORIES" in os.environ:
        results.append(external([capsize, "check", "--json"], arguments.runs))
        show(results[-1])
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")
    return 0 if all(result["as-expected"] for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
