"""Options of a run and kinds of faults, made by harness/python/generate.py: do not edit."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, TypedDict, Union

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from capsize.cluster import Fault

Duration = Union[str, int, float, datetime.timedelta]  # "500ms", or seconds
Target = Union[str, Dict[str, Any]]  # "leader", "n1", {"same-as": "label"}, ...: nemesis/README.md
Only = Union[str, Dict[str, Any]]  # a message type, or a filter: nemesis/proxy/PROTOCOL.md
Anchor = Union[str, Dict[str, Any]]  # "election", {"leader": {"count": 2}}, ...


class Options(TypedDict, total=False):
    """Options of `capsize run`."""

    bug: str
    """seeded bug of the nodes (capsize list bugs)"""
    check_limit: Duration
    """time limit of the check [60s]"""
    client_timeout: Duration
    """after this, an operation is indeterminate; longer than any pause [3s]"""
    concurrency: int
    """number of clients, 1 to 1000 [10]"""
    live_bound: Duration
    """after healing, each node must acknowledge a write within this time [5s]"""
    name: str
    """name of the scenario, and of its directory in the store [default]"""
    nemesis: Union[str, List[str]]
    """none, default, all (a mixture drawn from the seed), or strategies and fault kinds separated
    by commas"""
    node_arg: List[str]
    """argument for each node, repeatable"""
    nodes: int
    """number of nodes, 1 to 15 [5]"""
    rate: float
    """offered load of all clients together, 0.001 to 1000000 [2000]"""
    read_level: Literal["linearizable", "stale"]
    """stale reads return a node's local state, which the check must catch; one of: linearizable,
    stale [linearizable]"""
    repeat_phases: int
    """how many times all phases run, 1 to 1000000 [1]"""
    retries: int
    """how many times a client retries an operation, in a session; 0: never, 0 to 1000 [0]"""
    seed: int
    """64-bit seed of every random choice"""
    workload: Literal["append", "bank", "multi-register", "register", "set"]
    """operations of the clients; one of: append, bank, multi-register, register, set [register]"""


OPTIONS = frozenset({
    "bug",
    "check_limit",
    "client_timeout",
    "concurrency",
    "live_bound",
    "name",
    "nemesis",
    "node_arg",
    "nodes",
    "rate",
    "read_level",
    "repeat_phases",
    "retries",
    "seed",
    "workload",
})

# Parameters of faults that are durations.
DURATIONS = {
    "clock-bump": frozenset(["by"]),
    "clock-strobe": frozenset(["by", "period"]),
    "delay": frozenset(["max", "min"]),
    "reorder": frozenset(["max"]),
    "restart-storm": frozenset(["period"]),
    "rolling-restart": frozenset(["period"]),
    "slow": frozenset(["period"]),
    "slow-disk": frozenset(["delay"]),
}


class FaultKeys(TypedDict, total=False):
    """What every fault may have, by keyword (nemesis/README.md)."""

    only: Only
    hold: Duration
    label: str
    when: Anchor
    until: Anchor
    within: Duration


class Faults:
    """Every kind of fault of `capsize list faults` as a method."""

    def _begin(
        self, kind: str, target: Target, peers: Optional[Target], params: Dict[str, Any],
        keys: FaultKeys
    ) -> "Fault":
        raise NotImplementedError

    def bandwidth(self, target: Target = "one", peers: Optional[Target] = None, *,
                  bytes_per_second: Optional[int] = None,
                  direction: Optional[Literal["both", "inbound", "outbound"]] = None,
                  queue_bytes: Optional[int] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Limits the bytes per second of each link, with a bounded queue.

        bytes_per_second: bandwidth of each link in each direction, 1 to 1000000000 [200000]
        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        queue_bytes: size of the queue in front of each link, 1 to 1000000000 [65536]
        """
        params: Dict[str, Any] = {"bytes-per-second": bytes_per_second, "direction": direction,
                                  "queue-bytes": queue_bytes}
        return self._begin("bandwidth", target, peers, params, keys)

    def bit_flip(self, target: Target = "one", peers: Optional[Target] = None, *,
                 bits: Optional[int] = None, file: Optional[Literal["log", "snapshot"]] = None,
                 rejoin: Optional[bool] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Bits of the log or the snapshot of a killed node are flipped.

        bits: how many bits, anywhere in the file, 1 to 64 [1]
        file: which file; of the log, its newest segment; one of: log, snapshot [log]
        rejoin: unsafe: the damaged node takes part [False]
        """
        params: Dict[str, Any] = {"bits": bits, "file": file, "rejoin": rejoin}
        return self._begin("bit-flip", target, peers, params, keys)

    def bridge(self, target: Target = "one", peers: Optional[Target] = None, *,
               direction: Optional[Literal["both", "inbound", "outbound"]] = None,
               **keys: Unpack[FaultKeys]) -> "Fault":
        """Cuts the nodes off from all others but one, which stays connected to all.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        """
        params: Dict[str, Any] = {"direction": direction}
        return self._begin("bridge", target, peers, params, keys)

    def clock_bump(self, target: Target = "one", peers: Optional[Target] = None, *,
                   by: Optional[Duration] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """The node's clock jumps forward, or stops for a time.

        by: the jump; with "-500ms" the clock stops for 500 ms [500ms]
        """
        params: Dict[str, Any] = {"by": by}
        return self._begin("clock-bump", target, peers, params, keys)

    def clock_drift(self, target: Target = "one", peers: Optional[Target] = None, *,
                    rate: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """The node's clock runs at another rate.

        rate: 1 is correct, 2 is twice as fast, 0.01 to 100 [1.5]
        """
        params: Dict[str, Any] = {"rate": rate}
        return self._begin("clock-drift", target, peers, params, keys)

    def clock_strobe(self, target: Target = "one", peers: Optional[Target] = None, *,
                     by: Optional[Duration] = None, period: Optional[Duration] = None,
                     **keys: Unpack[FaultKeys]) -> "Fault":
        """The node's clock repeatedly jumps forward and back.

        by: the size of each jump [100ms]
        period: from one jump to the next [40ms]
        """
        params: Dict[str, Any] = {"by": by, "period": period}
        return self._begin("clock-strobe", target, peers, params, keys)

    def corrupt(self, target: Target = "one", peers: Optional[Target] = None, *,
                bits: Optional[int] = None,
                direction: Optional[Literal["both", "inbound", "outbound"]] = None,
                probability: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Flips bits of messages, which the receiver must reject.

        bits: how many bits of a message, 1 to 3 [1]
        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        probability: share of the messages, 0 to 1 [0.1]
        """
        params: Dict[str, Any] = {"bits": bits, "direction": direction, "probability": probability}
        return self._begin("corrupt", target, peers, params, keys)

    def crash_at_start(self, target: Target = "one", peers: Optional[Target] = None, *,
                       times: Optional[int] = None, within_ms: Optional[int] = None,
                       **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes are killed, and killed again at random times during startup.

        times: how many more starts are interrupted, at most, 1 to 1000 [3]
        within_ms: longest time from a start to the kill, 1 to 10000 [15]
        """
        params: Dict[str, Any] = {"times": times, "within-ms": within_ms}
        return self._begin("crash-at-start", target, peers, params, keys)

    def cut(self, target: Target = "one", peers: Optional[Target] = None, *,
            direction: Optional[Literal["both", "inbound", "outbound"]] = None,
            **keys: Unpack[FaultKeys]) -> "Fault":
        """Discards all messages between the nodes and the rest (or `peers`).

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        """
        params: Dict[str, Any] = {"direction": direction}
        return self._begin("cut", target, peers, params, keys)

    def cut_clients(self, target: Target = "one", peers: Optional[Target] = None,
                    **keys: Unpack[FaultKeys]) -> "Fault":
        """Loses all client requests to the nodes, and the replies."""
        params: Dict[str, Any] = {}
        return self._begin("cut-clients", target, peers, params, keys)

    def delay(self, target: Target = "one", peers: Optional[Target] = None, *,
              direction: Optional[Literal["both", "inbound", "outbound"]] = None,
              max: Optional[Duration] = None, min: Optional[Duration] = None,
              reorder: Optional[bool] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Delays each message by a time between min and max.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        max: longest delay [20ms]
        min: shortest delay [1ms]
        reorder: whether messages may overtake one another [False]
        """
        params: Dict[str, Any] = {"direction": direction, "max": max, "min": min, "reorder": reorder}
        return self._begin("delay", target, peers, params, keys)

    def disk_error(self, target: Target = "one", peers: Optional[Target] = None, *,
                   after: Optional[int] = None,
                   call: Optional[Literal["append", "sync", "reserve", "create", "rename", "sync-directory"]] = None,
                   error: Optional[Literal["EIO", "ENOSPC", "short"]] = None,
                   **keys: Unpack[FaultKeys]) -> "Fault":
        """A write, sync or rename fails; the node must exit (code 66).

        after: the n-th such call fails, 1 to 1000000 [1]
        call: which call fails; create, rename and sync-directory occur in snapshots; one of:
            append, sync, reserve, create, rename, sync-directory [append]
        error: short: an append writes only half; one of: EIO, ENOSPC, short [EIO]
        """
        params: Dict[str, Any] = {"after": after, "call": call, "error": error}
        return self._begin("disk-error", target, peers, params, keys)

    def disk_full(self, target: Target = "one", peers: Optional[Target] = None, *,
                  after: Optional[int] = None,
                  call: Optional[Literal["append", "sync", "reserve", "create", "rename", "sync-directory"]] = None,
                  error: Optional[Literal["EIO", "ENOSPC", "short"]] = None,
                  **keys: Unpack[FaultKeys]) -> "Fault":
        """The disk is full; the node must exit (code 66).

        after: the n-th such call fails, 1 to 1000000 [1]
        call: which call fails; create, rename and sync-directory occur in snapshots; one of:
            append, sync, reserve, create, rename, sync-directory [append]
        error: short: an append writes only half; one of: EIO, ENOSPC, short [ENOSPC]
        """
        params: Dict[str, Any] = {"after": after, "call": call, "error": error}
        return self._begin("disk-full", target, peers, params, keys)

    def drop(self, target: Target = "one", peers: Optional[Target] = None, *,
             direction: Optional[Literal["both", "inbound", "outbound"]] = None,
             probability: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Loses each message with the given probability.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        probability: share of the messages, 0 to 1 [0.2]
        """
        params: Dict[str, Any] = {"direction": direction, "probability": probability}
        return self._begin("drop", target, peers, params, keys)

    def duplicate(self, target: Target = "one", peers: Optional[Target] = None, *,
                  direction: Optional[Literal["both", "inbound", "outbound"]] = None,
                  probability: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Delivers each message twice with the given probability.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        probability: share of the messages, 0 to 1 [0.3]
        """
        params: Dict[str, Any] = {"direction": direction, "probability": probability}
        return self._begin("duplicate", target, peers, params, keys)

    def grow(self, target: Target = "one", peers: Optional[Target] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """A spare node becomes a member; later it is removed."""
        params: Dict[str, Any] = {}
        return self._begin("grow", target, peers, params, keys)

    def hold(self, target: Target = "one", peers: Optional[Target] = None, *,
             direction: Optional[Literal["both", "inbound", "outbound"]] = None,
             order: Optional[Literal["as-sent", "reverse", "shuffled"]] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """Holds all messages between the nodes and the rest, and delivers them at the end.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        order: of delivery at the end; one of: as-sent, reverse, shuffled [as-sent]
        """
        params: Dict[str, Any] = {"direction": direction, "order": order}
        return self._begin("hold", target, peers, params, keys)

    def kill(self, target: Target = "one", peers: Optional[Target] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes are killed (SIGKILL); later they restart from disk."""
        params: Dict[str, Any] = {}
        return self._begin("kill", target, peers, params, keys)

    def lose_unsynced(self, target: Target = "one", peers: Optional[Target] = None,
                      **keys: Unpack[FaultKeys]) -> "Fault":
        """A crash that loses everything written but not synced."""
        params: Dict[str, Any] = {}
        return self._begin("lose-unsynced", target, peers, params, keys)

    def lying_disk(self, target: Target = "one", peers: Optional[Target] = None, *,
                   kill: Optional[bool] = None, syncs: Optional[int] = None,
                   **keys: Unpack[FaultKeys]) -> "Fault":
        """Syncs report success without writing to disk.

        kill: unsafe: crash the node before the bytes are on disk [False]
        syncs: how many syncs lie, 1 to 1000000000 [1]
        """
        params: Dict[str, Any] = {"kill": kill, "syncs": syncs}
        return self._begin("lying-disk", target, peers, params, keys)

    def pause(self, target: Target = "one", peers: Optional[Target] = None,
              **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes are paused (SIGSTOP); later they resume (SIGCONT)."""
        params: Dict[str, Any] = {}
        return self._begin("pause", target, peers, params, keys)

    def reorder(self, target: Target = "one", peers: Optional[Target] = None, *,
                direction: Optional[Literal["both", "inbound", "outbound"]] = None,
                gap: Optional[int] = None, max: Optional[Duration] = None,
                probability: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Lets later messages overtake some messages of their link.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        gap: how many messages overtake a deferred one; with 1, neighbours swap, 1 to 1000 [1]
        max: longest time that a message is deferred [50ms]
        probability: share of the messages that are deferred, 0 to 1 [0.3]
        """
        params: Dict[str, Any] = {"direction": direction, "gap": gap, "max": max,
                                  "probability": probability}
        return self._begin("reorder", target, peers, params, keys)

    def replace(self, target: Target = "one", peers: Optional[Target] = None,
                **keys: Unpack[FaultKeys]) -> "Fault":
        """A spare node replaces a member; later the member replaces the spare."""
        params: Dict[str, Any] = {}
        return self._begin("replace", target, peers, params, keys)

    def replay(self, target: Target = "one", peers: Optional[Target] = None, *,
               direction: Optional[Literal["both", "inbound", "outbound"]] = None,
               keep: Optional[int] = None, probability: Optional[float] = None,
               **keys: Unpack[FaultKeys]) -> "Fault":
        """Replays old messages, including those of old terms.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        keep: how many messages of each link to sample, 1 to 1024 [256]
        probability: of a replay with each message, 0 to 1 [0.3]
        """
        params: Dict[str, Any] = {"direction": direction, "keep": keep, "probability": probability}
        return self._begin("replay", target, peers, params, keys)

    def restart_storm(self, target: Target = "one", peers: Optional[Target] = None, *,
                      period: Optional[Duration] = None, together: Optional[bool] = None,
                      **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes are killed and restarted repeatedly.

        period: from one kill to the next [150ms]
        together: all nodes at once; otherwise in turn [False]
        """
        params: Dict[str, Any] = {"period": period, "together": together}
        return self._begin("restart-storm", target, peers, params, keys)

    def ring(self, target: Target = "one", peers: Optional[Target] = None, *,
             direction: Optional[Literal["both", "inbound", "outbound"]] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """Connects each node to a majority, a different one for each node.

        direction: inbound: messages to the nodes; outbound: messages from them; one of: both,
            inbound, outbound [both]
        """
        params: Dict[str, Any] = {"direction": direction}
        return self._begin("ring", target, peers, params, keys)

    def rollback_log(self, target: Target = "one", peers: Optional[Target] = None, *,
                     entries: Optional[int] = None, rejoin: Optional[bool] = None,
                     **keys: Unpack[FaultKeys]) -> "Fault":
        """The log of a killed node is replaced by an older copy.

        entries: how many entries the log has grown since the copy, at least, 1 to 1000 [5]
        rejoin: unsafe: the damaged node takes part [False]
        """
        params: Dict[str, Any] = {"entries": entries, "rejoin": rejoin}
        return self._begin("rollback-log", target, peers, params, keys)

    def rolling_restart(self, target: Target = "one", peers: Optional[Target] = None, *,
                        period: Optional[Duration] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """One node after another shuts down gracefully and restarts.

        period: from one node to the next [300ms]
        """
        params: Dict[str, Any] = {"period": period}
        return self._begin("rolling-restart", target, peers, params, keys)

    def shrink(self, target: Target = "one", peers: Optional[Target] = None,
               **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes are removed from the cluster; later they are added again."""
        params: Dict[str, Any] = {}
        return self._begin("shrink", target, peers, params, keys)

    def slow(self, target: Target = "one", peers: Optional[Target] = None, *,
             period: Optional[Duration] = None, share: Optional[float] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes run in bursts: SIGSTOP and SIGCONT in turn.

        period: of one pause and one run [40ms]
        share: share of the period that it is paused, rounded to eighths (1/8 to 7/8), 0 to 1
            [0.5]
        """
        params: Dict[str, Any] = {"period": period, "share": share}
        return self._begin("slow", target, peers, params, keys)

    def slow_disk(self, target: Target = "one", peers: Optional[Target] = None, *,
                  delay: Optional[Duration] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """Each sync takes longer by `delay`.

        delay: added to each sync [20ms]
        """
        params: Dict[str, Any] = {"delay": delay}
        return self._begin("slow-disk", target, peers, params, keys)

    def snapshot(self, target: Target = "one", peers: Optional[Target] = None,
                 **keys: Unpack[FaultKeys]) -> "Fault":
        """The node takes a snapshot now."""
        params: Dict[str, Any] = {}
        return self._begin("snapshot", target, peers, params, keys)

    def stalled_disk(self, target: Target = "one", peers: Optional[Target] = None,
                     **keys: Unpack[FaultKeys]) -> "Fault":
        """No sync returns until the fault is healed."""
        params: Dict[str, Any] = {}
        return self._begin("stalled-disk", target, peers, params, keys)

    def stop(self, target: Target = "one", peers: Optional[Target] = None,
             **keys: Unpack[FaultKeys]) -> "Fault":
        """Nodes shut down gracefully (SIGTERM); later they restart."""
        params: Dict[str, Any] = {}
        return self._begin("stop", target, peers, params, keys)

    def torn_write(self, target: Target = "one", peers: Optional[Target] = None, *,
                   keep: Optional[float] = None, **keys: Unpack[FaultKeys]) -> "Fault":
        """A crash that keeps only a prefix of the last write.

        keep: share of the bytes that is on disk, 0 to 1 [0.5]
        """
        params: Dict[str, Any] = {"keep": keep}
        return self._begin("torn-write", target, peers, params, keys)

    def transfer(self, target: Target = "one", peers: Optional[Target] = None,
                 **keys: Unpack[FaultKeys]) -> "Fault":
        """The leader transfers leadership to a follower."""
        params: Dict[str, Any] = {}
        return self._begin("transfer", target, peers, params, keys)

    def truncate_log(self, target: Target = "one", peers: Optional[Target] = None, *,
                     rejoin: Optional[bool] = None, share: Optional[float] = None,
                     **keys: Unpack[FaultKeys]) -> "Fault":
        """The log of a killed node loses its end.

        rejoin: unsafe: the damaged node takes part [False]
        share: share of the newest segment that is lost, 0 to 1 [0.25]
        """
        params: Dict[str, Any] = {"rejoin": rejoin, "share": share}
        return self._begin("truncate-log", target, peers, params, keys)
