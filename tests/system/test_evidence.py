"""Failures with signatures in results.json, and evidence.json beside it."""

import json
import os
import signal

from conftest import children, command_line, wait_for

EVIDENCE_BYTES_MAX = 64 * 1024


def test_a_failed_run_has_a_signature_and_evidence(capsize):
    done = capsize("run", "--bug", "read-without-quorum", "--nemesis", "partition", "--time-limit", "4s", "--seed", "2")
    assert done.returncode == 1, done.stdout + done.stderr
    main = capsize.results()["failures"][0]
    assert main["check"] == "linearizable" and main["faults"] == ["cut"]
    assert main["meaning"]["served-by"] == "leader of an older term"
    assert f"signature     {main['signature']}  {main['label']}\n" in done.stdout
    text = (capsize.run_directory() / "evidence.json").read_bytes()
    assert len(text) <= EVIDENCE_BYTES_MAX
    evidence = json.loads(text)
    assert evidence["capsize-evidence"] == 1 and evidence["signature"] == main["signature"]
    late = next(one for one in evidence["explanation"]["operations"] if one["f"] == "read" and one.get("named"))
    served, newest = late["served-by"], late["newest-leader"]
    assert served["term"] < newest["term"] and served["node"] != newest["node"]
    assert any(fault["kind"] == "cut" and fault["active"] and fault["proof"] for fault in evidence["faults"])
    roles = [line for line in evidence["transitions"][served["node"]] if line["event"] == "role"]
    assert roles, "why it believed to lead"


def test_a_valid_run_has_neither(capsize):
    done = capsize("run", "--nemesis", "none", "--time-limit", "1s")
    assert done.returncode == 0, done.stdout + done.stderr
    assert capsize.results()["failures"] == []
    assert "signature" not in done.stdout
    assert not (capsize.run_directory() / "evidence.json").exists()


def test_an_acknowledgement_before_the_commit_is_proven_from_the_traces(capsize):
    done = capsize("run", "--bug", "ack-before-commit", "--nemesis", "kill,partition", "--time-limit", "5s", "--seed", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    main = capsize.results()["failures"][0]
    assert main["meaning"] == {"check": "linearizable", "acknowledged": "before commit"}


def test_a_violation_beside_a_failure_of_the_harness_is_not_lost(capsize, started):
    process = capsize.start("run", "--read-level", "stale", "--nemesis", "none", "--time-limit", "60s")
    started.append(process)
    history = capsize.store / "latest" / "history.jsonl"
    wait_for(lambda: history.exists() and sum('"type":"ok"' in line for line in open(history)) > 3000, 30, "operations")
    proxy = next(pid for pid in children(process.pid) if "capsize-proxy" in command_line(pid)[0])
    os.kill(proxy, signal.SIGKILL)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 1, output
    failures = capsize.results()["failures"]
    assert [one["check"] for one in failures][:1] == ["linearizable"], output
    evidence = json.loads((capsize.run_directory() / "evidence.json").read_text())
    assert evidence["verdict"] == "invalid" and evidence["cause"]["kind"] == "proxy"
    assert evidence["signature"] == failures[0]["signature"] and evidence["explanation"]["operations"]


def test_a_run_whose_nodes_never_start_has_its_reason_as_evidence(capsize):
    done = capsize("run", "--node-arg=--no-such-argument", "--nemesis", "none", "--time-limit", "1s")
    assert done.returncode == 255, done.stdout + done.stderr
    evidence = json.loads((capsize.run_directory() / "evidence.json").read_text())
    assert evidence["verdict"] == "harness error" and evidence["cause"]["kind"] == "start"
    assert evidence["failures"] == []
    assert any("no-such-argument" in line for line in evidence["logs"]["n1"])
