"""Options of a run and kinds of faults, made by harness/python/generate.py: do not edit."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Dict, List, Literal, Optional, TypedDict, Union

if TYPE_CHECKING:
    from capsize.cluster import Fault

Duration = Union[str, int, float, datetime.timedelta]  # "500ms", or seconds
Target = Union[str, Dict[str, Any]]  # "leader", "n1", {"same-as": "label"}, ...: nemesis/README.md
Only = Union[str, Dict[str, Any]]  # a message type, or a filter: nemesis/proxy/PROTOCOL.md
Anchor = Union[str, Dict[str, Any]]  # "election", {"leader": {"count": 2}}, ...


class Options(TypedDict, total=False):
    """Options of `capsize run`."""

    bug: str
    """seeded bug for the nodes to make (capsize list bugs)"""
    check_limit: Duration
    """time for the check [60s]"""
    client_timeout: Duration
    """then an operation is indeterminate; longer than any pause [3s]"""
    concurrency: int
    """number of clients, 1 to 1000 [10]"""
    live_bound: Duration
    """after healing, a write through each node within this [5s]"""
    name: str
    """name of the scenario, and of its directory in the store [default]"""
    nemesis: Union[str, List[str]]
    """none, default, all (a mixture drawn from the seed), or a list of strategies and fault kinds
    with commas"""
    node_arg: List[str]
    """argument that each node gets, repeatable"""
    nodes: int
    """number of nodes, 1 to 15 [5]"""
    rate: float
    """offered load of all clients together, 0.001 to 1000000 [2000]"""
    read_level: Literal["linearizable", "stale"]
    """stale reads return what a node has, which the check must catch; one of: linearizable, stale
    [linearizable]"""
    repeat_phases: int
    """how often all phases are played, 1 to 1000000 [1]"""
    retries: int
    """how often a client sends an operation again, in a session; 0: never, 0 to 1000 [0]"""
    seed: int
    """64-bit seed of every random choice"""
    workload: Literal["append", "bank", "multi-register", "register", "set"]
    """what clients do; one of: append, bank, multi-register, register, set [register]"""


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


class Faults:
    """Every kind of fault of `capsize list faults` as a method."""

    def _begin(
        self, kind: str, target: Target, params: Dict[str, Any], keys: Dict[str, Any]
    ) -> "Fault":
        raise NotImplementedError

    def bandwidth(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        bytes_per_second: Optional[int] = None,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        queue_bytes: Optional[int] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Lets so many bytes a second through each link, with a queue in front.

        bytes_per_second: of each link, each way, 1 to 1000000000 [200000]
        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        queue_bytes: that wait in front of it, 1 to 1000000000 [65536]
        """
        return self._begin(
            "bandwidth",
            target,
            {"bytes-per-second": bytes_per_second, "direction": direction,
             "queue-bytes": queue_bytes},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def bit_flip(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        bits: Optional[int] = None,
        file: Optional[Literal["log", "snapshot"]] = None,
        rejoin: Optional[bool] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Bits of the log or the snapshot of a killed node are flipped.

        bits: how many, each anywhere in the file, 1 to 64 [1]
        file: of the log, its newest segment; one of: log, snapshot [log]
        rejoin: unsafe: the damaged node takes part [False]
        """
        return self._begin(
            "bit-flip",
            target,
            {"bits": bits, "file": file, "rejoin": rejoin},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def bridge(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Cuts the nodes off from all others but one, which sees both sides.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        """
        return self._begin(
            "bridge",
            target,
            {"direction": direction},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def clock_bump(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        by: Optional[Duration] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The node's clock jumps, or stands still for as long.

        by: "-500ms": it stands still for so long [500ms]
        """
        return self._begin(
            "clock-bump",
            target,
            {"by": by},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def clock_drift(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        rate: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The node's clock runs at another rate.

        rate: 1 is true, 2 twice as fast, 0.01 to 100 [1.5]
        """
        return self._begin(
            "clock-drift",
            target,
            {"rate": rate},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def clock_strobe(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        by: Optional[Duration] = None,
        period: Optional[Duration] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The node's clock jumps there and back all the time.

        by: how far [100ms]
        period: from one jump to the next [40ms]
        """
        return self._begin(
            "clock-strobe",
            target,
            {"by": by, "period": period},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def corrupt(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        bits: Optional[int] = None,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        probability: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Flips bits of messages, which the receiver must refuse.

        bits: that are flipped, 1 to 3 [1]
        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        probability: of each message, 0 to 1 [0.1]
        """
        return self._begin(
            "corrupt",
            target,
            {"bits": bits, "direction": direction, "probability": probability},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def crash_at_start(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        times: Optional[int] = None,
        within_ms: Optional[int] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Killed, and killed again while it starts, at drawn moments.

        times: how often more a start is cut short, at most, 1 to 1000 [3]
        within_ms: from a start to the kill, at most, 1 to 10000 [15]
        """
        return self._begin(
            "crash-at-start",
            target,
            {"times": times, "within-ms": within_ms},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def cut(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Discards all messages between the nodes and the rest, or some of the rest.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        """
        return self._begin(
            "cut",
            target,
            {"direction": direction},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def cut_clients(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Loses all requests of clients to the nodes, and their replies."""
        return self._begin(
            "cut-clients",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def delay(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        max: Optional[Duration] = None,
        min: Optional[Duration] = None,
        reorder: Optional[bool] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Holds each message back for a time between min and max.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        max: longest [20ms]
        min: shortest [1ms]
        reorder: whether a message may overtake others [False]
        """
        return self._begin(
            "delay",
            target,
            {"direction": direction, "max": max, "min": min, "reorder": reorder},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def disk_error(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        after: Optional[int] = None,
        call: Optional[Literal["append", "sync", "reserve", "create", "rename", "sync-directory"]] = None,
        error: Optional[Literal["EIO", "ENOSPC", "short"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """A write, sync or rename fails, and the node ends (exit 66).

        after: the n-th such call from now, 1 to 1000000 [1]
        call: which call fails; all but append, reserve and sync are of snapshots; one of:
            append, sync, reserve, create, rename, sync-directory [append]
        error: short, of an append: half is written; one of: EIO, ENOSPC, short [EIO]
        """
        return self._begin(
            "disk-error",
            target,
            {"after": after, "call": call, "error": error},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def disk_full(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        after: Optional[int] = None,
        call: Optional[Literal["append", "sync", "reserve", "create", "rename", "sync-directory"]] = None,
        error: Optional[Literal["EIO", "ENOSPC", "short"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """No room is left, and the node ends (exit 66).

        after: the n-th such call from now, 1 to 1000000 [1]
        call: which call fails; all but append, reserve and sync are of snapshots; one of:
            append, sync, reserve, create, rename, sync-directory [append]
        error: short, of an append: half is written; one of: EIO, ENOSPC, short [ENOSPC]
        """
        return self._begin(
            "disk-full",
            target,
            {"after": after, "call": call, "error": error},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def drop(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        probability: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Loses each message with the given probability.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        probability: of each message, 0 to 1 [0.2]
        """
        return self._begin(
            "drop",
            target,
            {"direction": direction, "probability": probability},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def duplicate(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        probability: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Delivers each message twice with the given probability.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        probability: of each message, 0 to 1 [0.3]
        """
        return self._begin(
            "duplicate",
            target,
            {"direction": direction, "probability": probability},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def grow(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """A spare node becomes a member, later it is removed."""
        return self._begin(
            "grow",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def hold(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        order: Optional[Literal["as-sent", "reverse", "shuffled"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Keeps all messages between the nodes and the rest back, and gives them out at the end.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        order: in which they come out; one of: as-sent, reverse, shuffled [as-sent]
        """
        return self._begin(
            "hold",
            target,
            {"direction": direction, "order": order},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def kill(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """SIGKILL, later a restart from disk."""
        return self._begin(
            "kill",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def lose_unsynced(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """A crash that loses all that was written and not synced."""
        return self._begin(
            "lose-unsynced",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def lying_disk(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        kill: Optional[bool] = None,
        syncs: Optional[int] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Syncs say that they are done, and are not.

        kill: unsafe: it crashes before the bytes are on disk [False]
        syncs: how many of them lie, 1 to 1000000000 [1]
        """
        return self._begin(
            "lying-disk",
            target,
            {"kill": kill, "syncs": syncs},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def pause(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """SIGSTOP, later SIGCONT."""
        return self._begin(
            "pause",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def reorder(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        gap: Optional[int] = None,
        max: Optional[Duration] = None,
        probability: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Lets later messages overtake some, on the same link.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        gap: so many overtake it; with 1 neighbours swap, 1 to 1000 [1]
        max: it waits no longer [50ms]
        probability: of each message to step aside, 0 to 1 [0.3]
        """
        return self._begin(
            "reorder",
            target,
            {"direction": direction, "gap": gap, "max": max, "probability": probability},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def replace(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """A spare node takes the place of a member, later they change back."""
        return self._begin(
            "replace",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def replay(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        keep: Optional[int] = None,
        probability: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Sends copies of old messages again, of terms long over too.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        keep: old messages of each link, 1 to 1024 [256]
        probability: with each message, 0 to 1 [0.3]
        """
        return self._begin(
            "replay",
            target,
            {"direction": direction, "keep": keep, "probability": probability},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def restart_storm(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        period: Optional[Duration] = None,
        together: Optional[bool] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Nodes are killed and started over and over.

        period: from one kill to the next [150ms]
        together: all of them at once; otherwise by turns [False]
        """
        return self._begin(
            "restart-storm",
            target,
            {"period": period, "together": together},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def ring(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        direction: Optional[Literal["both", "inbound", "outbound"]] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Leaves each of the nodes a majority in sight, no two the same one.

        direction: as the nodes see it: what others send them, what they send; one of: both,
            inbound, outbound [both]
        """
        return self._begin(
            "ring",
            target,
            {"direction": direction},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def rollback_log(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        entries: Optional[int] = None,
        rejoin: Optional[bool] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The log of a killed node is replaced by an older copy.

        entries: by which the log has grown since the copy, at least, 1 to 1000 [5]
        rejoin: unsafe: the damaged node takes part [False]
        """
        return self._begin(
            "rollback-log",
            target,
            {"entries": entries, "rejoin": rejoin},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def rolling_restart(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        period: Optional[Duration] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """One node after another ends in good order and restarts.

        period: from one node to the next [300ms]
        """
        return self._begin(
            "rolling-restart",
            target,
            {"period": period},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def shrink(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Nodes are removed from the cluster, later they are members again."""
        return self._begin(
            "shrink",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def slow(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        period: Optional[Duration] = None,
        share: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """SIGSTOP and SIGCONT by turns.

        period: of one stop and one go [40ms]
        share: of the time that it is stopped, in eighths, one to seven of them, 0 to 1 [0.5]
        """
        return self._begin(
            "slow",
            target,
            {"period": period, "share": share},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def slow_disk(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        delay: Optional[Duration] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Each sync takes longer by `delay`.

        delay: added to each sync [20ms]
        """
        return self._begin(
            "slow-disk",
            target,
            {"delay": delay},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def snapshot(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The node takes a snapshot now."""
        return self._begin(
            "snapshot",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def stalled_disk(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """No sync comes back, as long as it holds."""
        return self._begin(
            "stalled-disk",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def stop(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """Ends in good order, later a restart."""
        return self._begin(
            "stop",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def torn_write(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        keep: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """A crash that leaves the first part of the last write.

        keep: the share of the bytes that is on disk, 0 to 1 [0.5]
        """
        return self._begin(
            "torn-write",
            target,
            {"keep": keep},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def transfer(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The leader hands leadership to a follower."""
        return self._begin(
            "transfer",
            target,
            {},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )

    def truncate_log(
        self,
        target: Target = "one",
        peers: Optional[Target] = None,
        *,
        rejoin: Optional[bool] = None,
        share: Optional[float] = None,
        only: Optional[Only] = None,
        hold: Optional[Duration] = None,
        label: Optional[str] = None,
        when: Optional[Anchor] = None,
        until: Optional[Anchor] = None,
        within: Optional[Duration] = None,
    ) -> "Fault":
        """The end of the log of a killed node is gone.

        rejoin: unsafe: the damaged node takes part [False]
        share: how much of the newest segment goes, 0 to 1 [0.25]
        """
        return self._begin(
            "truncate-log",
            target,
            {"rejoin": rejoin, "share": share},
            {"peers": peers, "only": only, "hold": hold, "label": label, "when": when,
             "until": until, "within": within},
        )
