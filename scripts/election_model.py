"""The time without a leader, according to the model of the thesis (Ongaro, section 9.2).

All followers received the last heartbeat at the same moment, and the leader crashed at a random time within the next
interval. Each of the s remaining nodes draws a timeout uniformly from [low, high]. The node with the shortest timeout
requests votes, which reach the others after a one-way delay. Nodes that have timed out by then have voted for themselves:
if too few others are left for a majority, the vote is split, and all nodes draw again. The number of such rounds is
geometric.

The thesis gives the first timeout as an order statistic and the rounds as a geometric series; here the same model is
simulated many times, because measurements are compared with its distribution and not only with its mean. The model does
not cover timers that were reset at different moments, processes delayed by other work, lagging logs, and pre-votes.
"""

import bisect
import math
import random

ROUNDS_MAX = 1000  # a limit for ranges that are not larger than the delay: no leader is ever elected


def one_election(stream, nodes, low, high, heartbeat, delay):
    """Milliseconds from the crash until there is a leader; infinite if no round elects one."""
    waiting = nodes - 1
    others_needed = nodes // 2  # besides the candidate itself
    at = -stream.uniform(0, heartbeat)
    for _ in range(ROUNDS_MAX):
        timeouts = sorted(stream.uniform(low, high) for _ in range(waiting))
        at += timeouts[0]
        candidates = bisect.bisect_right(timeouts, timeouts[0] + delay)
        if waiting - candidates >= others_needed:
            return at + 2 * delay  # the votes are counted
    return math.inf


def elections(nodes, low, high, heartbeat, delay, count=20_000, seed=1):
    """The durations of this many simulated elections, sorted."""
    stream = random.Random(seed)
    return sorted(one_election(stream, nodes, low, high, heartbeat, delay) for _ in range(count))


def split_share(nodes, low, high, delay):
    """The probability of a split vote in one round: more than nodes - 1 - nodes // 2 of the timeouts are within the
    delay of the first one. In closed form: given a minimum at u, the other timeouts are uniform in the rest of the range."""
    if high <= low:
        return 1.0
    waiting, allowed = nodes - 1, nodes - 2 - nodes // 2  # besides the first, at most
    steps, share = 2000, 0.0
    for step in range(steps):
        u = (step + 0.5) / steps
        within = min(1.0, delay / (high - low) / (1 - u))
        good = sum(math.comb(waiting - 1, k) * within ** k * (1 - within) ** (waiting - 1 - k) for k in range(allowed + 1))
        share += waiting * (1 - u) ** (waiting - 1) * (1 - good) / steps
    return share


def distance(measured, model):
    """The Kolmogorov-Smirnov statistic: the largest distance of the two cumulative distributions. Both lists are sorted."""
    largest = 0.0
    for rank, value in enumerate(measured):
        below, upto = bisect.bisect_left(model, value) / len(model), bisect.bisect_right(model, value) / len(model)
        largest = max(largest, upto - rank / len(measured), (rank + 1) / len(measured) - below)
    return largest
