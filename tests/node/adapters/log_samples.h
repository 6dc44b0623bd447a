// Batches for log tests, and their expected state, replayed by a simple reference implementation.
#pragma once

#include <fmt/core.h>

#include <algorithm>
#include <string>
#include <vector>

#include "node/raft/raft.h"
#include "node/storage/log_format.h"
#include "node/storage/sync_mark.h"

namespace capsize::storage {

inline raft::Entry entry(std::uint64_t term, std::uint64_t index, std::string payload) {
  return {raft::Term(term), raft::Index(index), raft::EntryType::kNormal,
          std::make_shared<const std::string>(std::move(payload))};
}

inline raft::PersistBatch batch(std::uint64_t token, std::optional<raft::HardState> hard_state,
                                std::vector<raft::Entry> entries) {
  return {raft::SyncToken(token), hard_state, std::move(entries)};
}

inline raft::HardState hard_state(std::uint64_t term, std::uint32_t vote) {
  return {raft::Term(term), raft::NodeId(vote)};
}

/// Votes, entries, one batch of several records, a superseding suffix, payloads of odd sizes.
inline std::vector<raft::PersistBatch> sample_batches() {
  return {batch(1, hard_state(1, 2), {}),
          batch(2, std::nullopt, {entry(1, 1, ""), entry(1, 2, "a"), entry(1, 3, "bcdefgh")}),
          batch(3, hard_state(2, 0), {entry(2, 2, "supersedes two and three")}),
          batch(4, hard_state(3, 1), {entry(3, 3, std::string(40, 'x')), entry(3, 4, "y")})};
}

/// A snapshot of the log up to this entry; its content is derived from the entry.
inline raft::PersistBatch with_snapshot(raft::PersistBatch item, std::uint64_t term,
                                        std::uint64_t index) {
  item.snapshot = {{{raft::Term(term), raft::Index(index)}, index * 1000 + term},
                   std::make_shared<const std::string>(fmt::format("state up to {}", index))};
  return item;
}

/// Own snapshots, alone in a batch and between a hard state and entries; another node's snapshot
/// that replaces a conflicting log, and one beyond the end of the log.
inline std::vector<raft::PersistBatch> snapshot_batches() {
  return {batch(1, hard_state(1, 2), {entry(1, 1, ""), entry(1, 2, "a"), entry(1, 3, "b")}),
          with_snapshot(batch(2, std::nullopt, {}), 1, 2),
          batch(3, hard_state(2, 0), {entry(2, 3, "supersedes"), entry(2, 4, "c")}),
          with_snapshot(batch(4, hard_state(3, 1), {entry(3, 5, "d")}), 2, 4),
          with_snapshot(batch(5, hard_state(4, 0), {entry(4, 6, "e")}), 4, 5),
          with_snapshot(batch(6, std::nullopt, {}), 4, 9),
          batch(7, std::nullopt, {entry(4, 10, "f")})};
}

/// A complete description of a recovered state in one line.
inline std::string show(const raft::Recovered& state) {
  std::string text =
      fmt::format("{}/{}", state.hard_state.term.value(), state.hard_state.vote.value());
  if (state.snapshot) {
    text += fmt::format(" [{}:{}:{} {}]", state.snapshot.last.id.term.value(),
                        state.snapshot.last.id.index.value(), state.snapshot.last.hash,
                        *state.snapshot.state);
  }
  for (const raft::Entry& item : state.entries) {
    text += fmt::format(" {}:{}:{}={}", item.term.value(), item.index.value(),
                        static_cast<int>(item.type), *item.payload);
  }
  return text;
}

/// The states after each single record of the batches, the empty one first.
inline std::vector<std::string> states_after_each_record(
    const std::vector<raft::PersistBatch>& batches) {
  raft::Recovered state;
  std::vector<std::string> states = {show(state)};
  for (const raft::PersistBatch& item : batches) {
    if (item.hard_state) {
      state.hard_state = *item.hard_state;
      states.push_back(show(state));
    }
    if (item.snapshot) {
      // Keep the entries with a higher index if the log has the snapshot's last entry.
      const auto at_end = [&](const raft::Entry& e) { return e.id() == item.snapshot.last.id; };
      const bool matches = std::any_of(state.entries.begin(), state.entries.end(), at_end);
      std::erase_if(state.entries, [&](const raft::Entry& e) {
        return !matches || e.index <= item.snapshot.last.id.index;
      });
      state.snapshot = item.snapshot;
      states.push_back(show(state));
    }
    for (const raft::Entry& added : item.entries) {
      std::erase_if(state.entries, [&](const raft::Entry& e) { return e.index >= added.index; });
      state.entries.push_back(added);
      states.push_back(show(state));
    }
  }
  return states;
}

/// The content of the file `synced` when only the first segment's header was synced: the mark that
/// a power loss may leave, above which every record may be torn.
inline std::string old_marks() {
  return encode_sync_marks({.segment = 1, .offset = kSegmentHeaderBytes});
}

inline std::size_t records_in(const raft::PersistBatch& item) {
  return item.entries.size() + (item.hard_state ? 1 : 0) + (item.snapshot ? 1 : 0);
}

}  // namespace capsize::storage
