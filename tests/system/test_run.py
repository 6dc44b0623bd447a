"""capsize run: verdicts of end-to-end runs."""

import json


def test_clean_run_is_valid_and_shows_what_it_tested(capsize):
    run = capsize("run", "--time-limit", "8s", "--seed", 11)
    assert run.returncode == 0, run.stdout + run.stderr
    results = capsize.results()
    assert results["verdict"] == "valid"
    assert {check["name"] for check in results["checks"]} == {
        "linearizable", "invariants", "live", "crash", "coverage"}
    assert all(line["holds"] for line in results["expectations"])
    assert results["counts"]["all"]["ok"] > 1000
    assert results["linearizable"]["verdict"] == "valid"
    assert "--seed 11" in results["reproduce"]
    assert "took effect" in run.stdout and "ok/s" in run.stdout
    installed = [line for line in capsize.faults()
                 if line["stage"] == "end" and line["state"] == "installed"]
    assert installed and all(line["evidence"] and line["anchor"] for line in installed)


def test_healthy_cluster_without_nemesis_is_valid(capsize):
    run = capsize("run", "--nemesis", "none", "--time-limit", "2s")
    assert run.returncode == 0, run.stdout + run.stderr
    assert capsize.faults() == []
    # The line that runs it again can be pasted: it names the program as it was called.
    assert capsize.results()["reproduce"].split()[:2] == capsize.command()[:1] + ["run"]


def test_append_workload_is_valid(capsize):
    run = capsize("run", "--workload", "append", "--nemesis", "kill,partition", "--time-limit", "6s",
                  "--seed", 5)
    assert run.returncode == 0, run.stdout + run.stderr
    assert capsize.results()["linearizable"]["model"] == "list"


def test_one_and_three_nodes_are_valid(capsize):
    for nodes in (1, 3):
        run = capsize("run", "--nodes", nodes, "--time-limit", "4s", "--nemesis", "kill,pause")
        assert run.returncode == 0, run.stdout + run.stderr


def test_stale_reads_of_a_leader_alone_are_caught(capsize):
    run = capsize("run", "--bug", "read-without-quorum", "--seed", 3)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "stale read" in run.stdout
    results = capsize.results()
    assert results["bug"] == "read-without-quorum"
    assert capsize.check_verdict("linearizable")["verdict"] == "invalid"


def test_writes_acknowledged_too_early_are_caught(capsize):
    run = capsize("run", "--bug", "ack-before-commit", "--seed", 3)
    assert run.returncode == 1, run.stdout + run.stderr
    # On hot keys other writes hide which of the two it was (checker/explain/lost_or_stale.h).
    assert "stale read" in run.stdout or "lost write" in run.stdout


def test_promised_faults_that_never_happen_are_vacuous(capsize, tmp_path):
    scenario = tmp_path / "promises.json"
    scenario.write_text('{ // promises what it does not plan\n'
                        '"nemesis": [], "time-limit": "2s", "expect": {"faults": {"kill": 1}}}')
    run = capsize("run", scenario)
    assert run.returncode == 3, run.stdout + run.stderr
    assert capsize.check_verdict("coverage")["verdict"] == "vacuous"
    assert "kill" in capsize.check_verdict("coverage")["explanation"]


def test_clients_that_never_succeed_are_vacuous(capsize):
    run = capsize("run", "--nemesis", "none", "--time-limit", "1s", "--client-timeout", "1ns",
                  "--live-bound", "500ms")
    assert run.returncode == 3, run.stdout + run.stderr


def test_an_outage_beyond_its_bound_is_invalid(capsize, tmp_path):
    scenario = tmp_path / "outage.json"
    scenario.write_text(json.dumps({
        "time-limit": "5s",
        "phases": [{"when": {"acknowledged": {"count": 50}},
                    "faults": [{"kind": "pause", "target": "majority", "beyond-minority": True,
                                "hold": "2s"}]}]}))
    run = capsize("run", scenario, "--outage-bound", "1500ms")
    assert run.returncode == 1, run.stdout + run.stderr
    assert "no write was acknowledged for" in capsize.check_verdict("live")["explanation"]
    assert [failure["label"] for failure in capsize.results()["failures"]] == ["outage during faults"]
    assert 1900 < capsize.results()["longest-outage-ms"] < 5000
    run = capsize("run", scenario, "--outage-bound", "30s")
    assert run.returncode == 0, run.stdout + run.stderr


def test_same_seed_gives_the_same_plan(capsize):
    plans = [capsize("plan", "--seed", 9, "--json").stdout for _ in range(2)]
    assert plans[0] == plans[1] and len(plans[0].splitlines()) >= 15
    assert capsize("plan", "--seed", 10, "--json").stdout != plans[0]
    capsize("run", "--seed", 9, "--time-limit", "3s", "--nemesis", "kill")
    planned = [line for line in capsize.faults() if line["stage"] == "planned"]
    printed = capsize("plan", "--seed", 9, "--time-limit", "3s", "--nemesis", "kill", "--json")
    assert [line["anchor"] for line in planned] == [
        json.loads(line)["anchor"] for line in printed.stdout.splitlines()]
