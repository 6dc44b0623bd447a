"""How long a cluster is without a leader, by the model of the thesis (Ongaro, section 9.2).

All followers heard the last heartbeat at the same moment, and the leader crashed somewhere within the next interval.
Each of the s that are left waits a time drawn uniformly from [low, high]. Whoever waits the shortest asks for votes,
and that reaches the others after a one-way delay. Those that timed out meanwhile have voted for themselves: if fewer
are left than its majority needs, the vote is split, and everybody draws anew. The number of such rounds is geometric.

The thesis gives the first timeout as an order statistic and the rounds as a geometric series; here the same model is
played many times, because its distribution, and not its mean alone, is what a figure is compared with. What it leaves
out: timers that were reset at different moments, work that makes a process late, logs that are behind, pre-votes.
"""

import bisect
import math
import random

ROUNDS_MAX = 1000  # then nobody is ever elected: the range is not larger than the delay


def one_election(stream, nodes, low, high, heartbeat, delay):
    """Milliseconds from the crash until there is a leader; infinite when no round ends with one."""
    waiting = nodes - 1
    others_needed = nodes // 2  # beside the candidate itself
    at = -stream.uniform(0, heartbeat)
    for _ in range(ROUNDS_MAX):
        timeouts = sorted(stream.uniform(low, high) for _ in range(waiting))
        at += timeouts[0]
        candidates = bisect.bisect_right(timeouts, timeouts[0] + delay)
        if waiting - candidates >= others_needed:
            return at + 2 * delay  # the votes are counted
    return math.inf


def elections(nodes, low, high, heartbeat, delay, count=20_000, seed=1):
    """So many of them, sorted."""
    stream = random.Random(seed)
    return sorted(one_election(stream, nodes, low, high, heartbeat, delay) for _ in range(count))


def split_share(nodes, low, high, delay):
    """The probability that one round is split: that more than nodes - 1 - nodes // 2 of the timeouts lie within the
    delay of the first one. In closed form: the gaps above a minimum at u of the range are uniform in the rest of it."""
    if high <= low:
        return 1.0
    waiting, allowed = nodes - 1, nodes - 2 - nodes // 2  # beside the first, at most
    steps, share = 2000, 0.0
    for step in range(steps):
        u = (step + 0.5) / steps
        within = min(1.0, delay / (high - low) / (1 - u))
        good = sum(math.comb(waiting - 1, k) * within ** k * (1 - within) ** (waiting - 1 - k) for k in range(allowed + 1))
        share += waiting * (1 - u) ** (waiting - 1) * (1 - good) / steps
    return share


def distance(measured, model):
    """Kolmogorov and Smirnov's: the largest vertical distance of the two cumulative distributions. Both are sorted."""
    largest = 0.0
    for rank, value in enumerate(measured):
        below, upto = bisect.bisect_left(model, value) / len(model), bisect.bisect_right(model, value) / len(model)
        largest = max(largest, upto - rank / len(measured), (rank + 1) / len(measured) - below)
    return largest
