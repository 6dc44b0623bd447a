"""A cluster as a fixture. pytest finds it without `-p` wherever the package is found: installed, or with
harness/python on PYTHONPATH (capsize-*.dist-info names it).

    def test_a_deposed_leader_serves_no_stale_reads(capsize_cluster):
        cluster = capsize_cluster(nodes=5)
        with cluster.pause("leader"):
            cluster.wait("leader")

Each cluster is judged when the test is over, whether the test asked for the verdict or not. Any
verdict but valid fails it, also vacuous and unknown, which have shown nothing: a test that is about
another one says so, `capsize_cluster(expect="invalid")`, or `expect=("valid", "vacuous")`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pytest

from capsize.cluster import Cluster

VERDICTS = ("valid", "invalid", "unknown", "vacuous")


def expected_verdicts(expect: str | tuple[str, ...]) -> tuple[str, ...]:
    """The verdicts that a test expects; a mistyped one is an error of the test."""
    expected = (expect,) if isinstance(expect, str) else tuple(expect)
    for verdict in expected:
        if verdict not in VERDICTS:
            raise ValueError(f"expect: found {verdict!r}, expected some of: {', '.join(VERDICTS)}")
    return expected


@pytest.fixture
def capsize_cluster(tmp_path: Any) -> Iterator[Callable[..., Cluster]]:
    """Starts clusters. Options: those of `capsize run`, with underscores, and the verdicts that the test
    expects."""
    clusters: list[tuple[Cluster, tuple[str, ...]]] = []

    def start(expect: str | tuple[str, ...] = "valid", **options: Any) -> Cluster:
        expected = expected_verdicts(expect)
        clusters.append((Cluster(store=tmp_path / "store", **options), expected))
        return clusters[-1][0]

    yield start
    try:
        for cluster, expected in clusters:
            verdict = cluster.verdict()
            if verdict.verdict not in expected:
                pytest.fail(f"expected {' or '.join(expected)}, found:\n{verdict!r}", pytrace=False)
    finally:
        for cluster, _ in clusters:
            cluster.close()
