"""Retries in sessions: nothing is carried out twice, and less stays open."""

RUN = ("run", "--workload", "append", "--nemesis", "kill,partition", "--time-limit", "8s",
       "--client-timeout", "1s", "--rate", "500", "--seed", 5)


def test_retries_in_sessions_are_valid_and_leave_less_open(capsize):
    without = capsize(*RUN)
    assert without.returncode == 0, without.stdout + without.stderr
    open_without = capsize.results()["counts"]["all"]["info"]
    retried = capsize(*RUN, "--retries", 8)
    assert retried.returncode == 0, retried.stdout + retried.stderr
    results = capsize.results()
    assert "--retries 8" in results["reproduce"]
    assert results["linearizable"]["verdict"] == "valid"
    # The faults hit nodes with open operations in both runs.
    assert open_without > results["counts"]["all"]["info"]


def test_a_retry_that_is_carried_out_again_is_caught(capsize):
    # Many clients at full rate, so that each death finds writes under way; whether one of them had
    # been carried out already is up to the moment, hence the bounded number of runs.
    for seed in range(5, 10):
        run = capsize(*RUN[:-4], "--rate", 2000, "--concurrency", 40, "--seed", seed,
                      "--retries", 8, "--bug", "no-dedup")
        if run.returncode != 0:
            break
    assert run.returncode == 1, run.stdout + run.stderr
    assert capsize.check_verdict("linearizable")["verdict"] == "invalid"
    assert "duplicate append" in run.stdout


def test_too_many_retries_are_a_usage_error(capsize):
    run = capsize("run", "--retries", 1001)
    assert run.returncode == 254
    assert "retries" in run.stderr
