"""A cluster as a fixture: `pytest -p capsize.pytest_plugin`, with harness/python on PYTHONPATH.

    def test_a_deposed_leader_serves_no_stale_reads(capsize_cluster):
        cluster = capsize_cluster(nodes=5)
        with cluster.pause("leader"):
            cluster.wait("leader")
        assert cluster.verdict()

A test that does not ask for the verdict gets it anyway: an invalid run fails it when it is over.
"""

import pytest

from capsize.cluster import Cluster


@pytest.fixture
def capsize_cluster(tmp_path):
    """Starts clusters. Options: those of `capsize run`, with underscores."""
    clusters = []

    def start(**options):
        clusters.append(Cluster(store=tmp_path / "store", **options))
        return clusters[-1]

    yield start
    try:
        for cluster in clusters:
            verdict = cluster.verdict()
            assert verdict.verdict != "invalid", repr(verdict)
    finally:
        for cluster in clusters:
            cluster.close()
