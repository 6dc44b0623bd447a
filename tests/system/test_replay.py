"""capsize replay: injects the recorded faults again, without the strategy."""

import json
import re


def test_a_violation_is_reproduced(capsize):
    run = capsize("run", "--bug", "ack-before-commit", "--time-limit", "10s", "--seed", 3)
    assert run.returncode == 1, run.stdout + run.stderr
    recorded = capsize.run_directory()
    planned = [line for line in capsize.faults()
               if line["stage"] == "begin" and line["state"] == "installed"]
    replay = capsize("replay", recorded, "--times", 2, "--store", capsize.store, "--quiet")
    assert replay.returncode == 1, replay.stdout + replay.stderr
    assert re.search(r"reproduced in [12] of 2 replays \(95 % interval \d+ to \d+ %\)", replay.stdout)
    assert f"{len(planned)} faults of" in replay.stdout
    assert capsize.results()["reproduce"].split()[1:3] == ["replay", str(recorded)]
    begun = [line for line in capsize.faults()
             if line["stage"] == "begin" and line["state"] == "installed"]
    assert [line["kind"] for line in begun] == [line["kind"] for line in planned]
    # A fault that hit the leader hits the leader again, whichever node that is.
    for before, after in zip(planned, begun):
        if before["target"]["nodes"] == [before.get("leader")]:
            assert after["target"]["nodes"] == [after["leader"]]


def test_a_directory_without_a_run_is_refused_in_one_line(capsize, tmp_path):
    run = capsize("replay", tmp_path)
    assert run.returncode == 254
    assert "scenario.json: cannot be read: No such file or directory" in run.stderr
    scenario = tmp_path / "scenario.json"
    scenario.write_text(json.dumps({"seed": 1}))
    (tmp_path / "faults.jsonl").write_text('{"id":1,"stage":"begin","state":"installed"}\n')
    run = capsize("replay", tmp_path)
    assert run.returncode == 254
    assert "faults.jsonl:1: found no anchor" in run.stderr
