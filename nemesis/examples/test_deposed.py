"""The leader is paused until another node leads, then it resumes. Three times."""


def test_deposed_leaders_do_no_harm(capsize_cluster):
    cluster = capsize_cluster(nodes=5)
    for _ in range(3):
        cluster.wait("acknowledged", count=100)
        with cluster.pause("leader"):
            cluster.wait("leader")
    assert cluster.verdict()
