"""Clocks that jump, race and crawl, under load."""

import pytest

from faults_alone import assert_gone, run_kind


@pytest.mark.parametrize("kind", ["clock-bump", "clock-drift", "clock-strobe"])
def test_clocks_are_wrong_and_the_cluster_is_not(capsize, kind):
    for evidence in run_kind(capsize, kind):
        before = evidence["begin"]["before"]
        readings = [evidence["begin"]["after"], evidence["end"]]
        for node, reading in before.items():
            moved = [later[node]["offset-ns"] - reading["offset-ns"] for later in readings]
            assert any(abs(offset) >= 1_000_000 for offset in moved), evidence
    assert_gone(capsize)
