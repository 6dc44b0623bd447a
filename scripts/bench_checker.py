"""Times `capsize check` on histories from `capsize generate`. See scripts/bench-checker."""

import argparse
import json
import math
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

import hard_histories
import interruptible
from argument_types import positive

ROOT = pathlib.Path(__file__).resolve().parents[1]

# name, arguments of generate, arguments of check, expected verdict, target seconds (load and
# check), target MiB
HARD = "--operations 2000 --clients 10 --reads 0.4 --cas 0.3 --indeterminate 0.02"
CASES = [
    ("1e4 operations, 1 key", "--operations 10000 --clients 10", "", "valid", None, None),
    ("1e5 operations, 1 key", "--operations 100000 --clients 10", "", "valid", None, None),
    ("1e6 operations, 1000 keys", "--operations 1000000 --clients 10 --keys 1000", "", "valid",
     0.6, None),
    ("1e6 operations, 1 key, 50 clients, 1 % info",
     "--operations 1000000 --clients 50 --indeterminate 0.01", "", "valid", 0.8, None),
    ("1e6 operations, 1000 keys, followed",
     "--operations 1000000 --clients 10 --keys 1000 --indeterminate 0.01", "--follow", "valid",
     None, 256),
    ("1e7 operations, 1 key, 50 clients, 1 % info",
     "--operations 10000000 --clients 50 --indeterminate 0.01", "", "valid", 10.0, 2048),
    ("1e3 operations, 20 clients, a stale read",
     "--operations 1000 --clients 20 --anomaly stale-read", "", "invalid", 1.0, None),
    ("1e3 operations, 20 clients, 5 values",
     "--operations 1000 --clients 20 --values 5", "", "valid", 1.0, None),
    ("5e3 operations, 5 values, cas, 8 % info",
     "--operations 5000 --values 5 --cas 0.3 --reads 0.4 --indeterminate 0.12", "", "valid", 0.05,
     None),
    ("2e3 operations, 10 clients, 5 values, cas", HARD + " --values 5", "", "valid", 2.0, 512),
    ("2e3 operations, 10 clients, 3 values, cas", HARD + " --values 3", "", "valid", 2.0, 512),
    ("1e6 operations, a queue", "--model fifo-queue --operations 1000000 --clients 10", "", "valid",
     None, None),
    ("1e6 operations, a queue, 6 values",
     "--model fifo-queue --operations 1000000 --clients 10 --values 6", "", "valid", None, None),
    ("1e6 operations, a stack", "--model stack --operations 1000000 --clients 10", "", "valid",
     None, None),
    ("1e5 operations, 80 clients, 3 values, cas",
     "--operations 100000 --clients 80 --values 3 --cas 0.2 --indeterminate 0.01", "", "valid",
     None, None),
    ("1e5 operations, 80 clients, 20 values: bounds",
     "--operations 100000 --clients 80 --values 20 --cas 0.3 --indeterminate 0.05",
     "--check-limit 2s --memory-limit 256MiB", None, 2.3, 256),
]
QUICK_OPERATIONS_MAX = "--operations 10000000"


def timed(command):
    """Seconds, peak MiB and the reports of one run."""
    begin = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - begin
    return seconds, usage.ru_maxrss / 1024, [json.loads(line) for line in output.splitlines()]


def row(name, command, runs, expected, aim, aim_mib=None):
    """The median of several runs of one command, as a table row."""
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
        "aim-MiB": aim_mib,
    }


def show(result):
    def of(aim, digits):
        return "" if aim is None else f"{aim:{digits}}"
    print(f"{result['name']:<48} {result['seconds']:>8.3f} {of(result['aim'], 'g'):>6} "
          f"{result['load']:>8.3f} {result['check']:>8.3f} {result['MiB']:>6} "
          f"{of(result['aim-MiB'], 'd'):>6} {result['verdict']}"
          f"{'' if result['as-expected'] else '  NOT AS EXPECTED'}", flush=True)


def compressed(history):
    """The same file compressed with gzip and zstd, if they are installed: (name, path)."""
    for tool, ending in (("gzip", ".gz"), ("zstd", ".zst")):
        packed = history.with_name(history.name + ending)
        try:
            with packed.open("wb") as out:
                subprocess.run([tool, "-q", "-c", str(history)], stdout=out, check=True)
        except FileNotFoundError:
            continue
        yield tool, packed


def growth(binary):
    """Loading and checking over four orders of magnitude, with Google Benchmark and a fit of n log n."""
    run = subprocess.run([binary, "--benchmark_format=json"], capture_output=True, text=True,
                         check=True)
    results = json.loads(run.stdout)["benchmarks"]
    print("\nfrom 100 to 1,000,000 operations; ns for each operation and level of a sort (n log2 n)")
    for part in ("load", "check"):
        cells = []
        for result in results:
            if result["name"].startswith(part + "/") and "aggregate_name" not in result:
                size = int(result["name"].split("/")[1])
                cells.append(f"{size}: {result['real_time'] / (size * math.log2(size)):.2f}")
        rms = [r["rms"] for r in results if r["name"].startswith(part) and "rms" in r]
        print(f"{part:<6} {'  '.join(cells)}   (off the fit by {100 * rms[0]:.0f} %)")
    return results


def external(command, runs):
    """All files of CAPSIZE_HISTORIES in one call; their verdicts are compared with the index."""
    folder = pathlib.Path(os.environ["CAPSIZE_HISTORIES"])
    rows = [line.split("\t") for line in (folder / "index.tsv").read_text().splitlines()[1:]]
    result = row(f"{len(rows)} histories in one call",
                 command + [str(folder / columns[0]) for columns in rows], runs, None, 3.0, 512)
    reports = timed(command + [str(folder / columns[0]) for columns in rows])[2]
    result["as-expected"] = all(
        report["verdict"] == ("valid" if columns[5] == "linearizable" else "invalid")
        for report, columns in zip(reports, rows, strict=True))
    return result


def hard_cells(command, folder):
    """The maximal time and memory of all cells; each must be decided, whatever the verdict."""
    path = pathlib.Path(folder) / "hard.jsonl"
    seconds, mib, verdicts = [], [], []
    for cell in hard_histories.CELLS:
        hard_histories.write_history(path, cell, seed=1)
        took, peak, reports = timed([*command, "--check-limit", "10s", "--memory-limit", "512MiB",
                                     str(path)])
        seconds.append(took)
        mib.append(peak)
        verdicts.append(reports[0]["verdict"])
    summary = ", ".join(f"{verdicts.count(one)} {one}" for one in sorted(set(verdicts)))
    return {"name": f"the slowest of {len(seconds)} hard cells", "seconds": round(max(seconds), 3),
            "load": 0, "check": round(max(seconds), 3), "MiB": round(max(mib)), "verdict": summary,
            "as-expected": "unknown" not in verdicts, "aim": 2.0, "aim-MiB": 512}


def measure_cases(capsize, arguments, folder):
    history = pathlib.Path(folder) / "history.jsonl"
    for name, generate, check, expected, aim, aim_mib in CASES:
        if arguments.quick and QUICK_OPERATIONS_MAX in generate:
            continue
        with history.open("wb") as out:
            subprocess.run([capsize, "generate", *generate.split()], stdout=out, check=True,
                           stderr=subprocess.DEVNULL)
        command = [capsize, "check", "--json", *check.split()]
        yield row(name, [*command, str(history)], arguments.runs, expected, aim, aim_mib)
        if name.startswith("1e6 operations, 1000 keys"):
            for tool, packed in compressed(history):
                yield row(f"  the same, {tool}", [*command, str(packed)], arguments.runs, expected,
                          None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=positive, default=5)
    parser.add_argument("--quick", action="store_true", help="skip the history of ten million operations")
    parser.add_argument("--json", type=pathlib.Path)
    arguments = parser.parse_args()
    binaries = pathlib.Path(os.environ.get("CAPSIZE_BIN", ROOT / "build" / "bin"))
    capsize = str(binaries / "capsize")
    print(f"{'':<48} {'seconds':>8} {'aim':>6} {'load':>8} {'check':>8} {'MiB':>6} {'aim':>6} verdict")
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for result in measure_cases(capsize, arguments, folder):
            results.append(result)
            show(result)
        results.append(hard_cells([capsize, "check", "--json", "--model", "cas-register"], folder))
        show(results[-1])
    if "CAPSIZE_HISTORIES" in os.environ:
        results.append(external([capsize, "check", "--json"], arguments.runs))
        show(results[-1])
    grown = growth(str(binaries / "checker_bench"))
    if arguments.json:
        arguments.json.write_text(json.dumps({"cases": results, "growth": grown}, indent=1) + "\n")
    return 0 if all(result["as-expected"] for result in results) else 1


if __name__ == "__main__":
    interruptible.run(main)
