"""The fixture `capsize_cluster`. pytest finds it without `-p` wherever the package is found: installed,
or with harness/python on PYTHONPATH (capsize-*.dist-info declares it).

    def test_a_deposed_leader_serves_no_stale_reads(capsize_cluster):
        cluster = capsize_cluster(nodes=5)
        with cluster.pause("leader"):
            cluster.wait("leader")

Each cluster is checked when the test ends, whether or not the test called verdict(). Any verdict but
valid fails the test, including vacuous and unknown, which prove nothing. A test that expects another
one declares it: `capsize_cluster(expect="invalid")`, or `expect=("valid", "vacuous")`.

The options --capsize-suite and --capsize-scenario run suites and scenarios as tests
(capsize/pytest_suite.py).
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

import pytest

from capsize.cluster import Cluster
from capsize.pytest_suite import (pytest_addoption, pytest_configure, pytest_configure_node,
                                  pytest_make_collect_report, pytest_report_header)

__all__ = ["capsize_cluster", "pytest_addoption", "pytest_configure", "pytest_configure_node",
           "pytest_make_collect_report", "pytest_report_header"]

VERDICTS = ("valid", "invalid", "unknown", "vacuous")


def expected_verdicts(expect: str | tuple[str, ...]) -> tuple[str, ...]:
    """Returns the verdicts that a test expects. Raises ValueError for an unknown one."""
    expected = (expect,) if isinstance(expect, str) else tuple(expect)
    for verdict in expected:
        if verdict not in VERDICTS:
            raise ValueError(f"expect: found {verdict!r}, expected some of: {', '.join(VERDICTS)}")
    return expected


@pytest.fixture
def capsize_cluster(tmp_path: Any) -> Iterator[Callable[..., Cluster]]:
    """Starts clusters. Options are those of `capsize run`, with underscores, and `expect`, the verdicts
    that the test expects."""
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
