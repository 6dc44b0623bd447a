"""Clock faults under load."""

import pytest

from faults_alone import assert_gone, run_kind


@pytest.mark.parametrize("kind", ["clock-bump", "clock-drift", "clock-strobe"])
def test_clock_faults_take_effect_and_the_run_is_valid(capsize, kind):
    for evidence in run_kind(capsize, kind):
        before = evidence["begin"]["before"]
        readings = [evidence["begin"]["after"], evidence["end"]]
        for node, reading in before.items():
            moved = [later[node]["offset-ns"] - reading["offset-ns"] for later in readings]
            assert any(abs(offset) >= 1_000_000 for offset in moved), evidence
    assert_gone(capsize)
