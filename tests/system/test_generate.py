"""capsize generate: histories of every model, whose verdict capsize check confirms."""

import re
import subprocess

import pytest

from conftest import BIN

ANOMALIES = {
    "register": ["stale-read", "unwritten-read", "aborted-read", "lost-write", "lagging-reads"],
    "cas-register": ["unwritten-read", "lost-update"],
    "kv": ["stale-read", "lost-update"],
    "list": ["stale-read", "reordered-append"],
    "set": ["aborted-read", "lost-write", "resurrected-element"],
    "counter": ["stale-read", "unwritten-read", "lost-write"],
    "bag": ["duplicate-element", "unwritten-element"],
    "stack": ["duplicate-element", "lost-element", "unwritten-element"],
    "fifo-queue": ["duplicate-element", "lost-element", "unwritten-element", "reordered-element"],
    "mutex": ["two-holders"],
    "multi-register": ["stale-read", "fractured-read", "intermediate-read", "internal"],
}


def generate(*arguments):
    return subprocess.run([BIN / "capsize", "generate", *arguments], capture_output=True, text=True, timeout=60)


def check(history):
    return subprocess.run([BIN / "capsize", "check", "-"], input=history, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("model", ANOMALIES)
def test_every_model_makes_valid_histories(model):
    made = generate("--model", model, "--operations", "150", "--indeterminate", "0.05", "--failed", "0.05")
    assert made.returncode == 0, made.stderr
    checked = check(made.stdout)
    assert checked.returncode == 0 and f"model {model}" in checked.stdout, checked.stdout


@pytest.mark.parametrize("model, anomaly", [(model, anomaly) for model in ANOMALIES for anomaly in ANOMALIES[model]])
def test_every_anomaly_is_found_and_its_counterexamples_are_named(model, anomaly):
    made = generate("--model", model, "--operations", "200", "--failed", "0.1", "--anomaly", anomaly)
    assert made.returncode == 0, made.stderr
    assert re.fullmatch(rf"{anomaly}: the operations with index \d+(, \d+)*\n", made.stderr)
    assert check(made.stdout).returncode == 1


@pytest.mark.parametrize("arguments, says", [
    (["--model", "heap"], "--model: found 'heap', expected one of bag, cas-register, counter"),
    (["--model", "counter", "--anomaly", "lost-element"], "--anomaly: found 'lost-element', expected for counter one of"),
    (["--model", "set", "--cas", "0.1"], "--cas: set has none"),
    (["--model", "list", "--operations", "10001"], "--operations: at most 10000 a key"),
    (["--reads", "2"], "--reads"),
])
def test_wrong_options_are_one_line_and_254(arguments, says):
    made = generate(*arguments)
    assert made.returncode == 254
    assert says in made.stderr and made.stderr.count("\n") == 1 and made.stdout == ""
