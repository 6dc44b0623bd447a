// Log matching: if two logs contain an entry with the same index and term, then the logs are
// identical in all entries up through that index.
//
// The chain hash at an index covers all entries up to it, so it must be a function of (index,
// term). Hashes are compared where the traces have them: at the ends of appended batches. Logs that
// differ at an entry differ in every later hash, so a difference inside a batch is detected at the
// next batch end that two nodes have in common.
#include <fmt/core.h>

#include <unordered_map>

#include "checker/properties/property.h"

namespace capsize::checker {
namespace {

struct Entry {
  std::uint64_t index;
  std::uint64_t term;
  bool operator==(const Entry&) const = default;
};

struct EntryHash {
  std::size_t operator()(const Entry& entry) const {
    return (entry.index * 0x9E3779B97F4A7C15u) ^ (entry.term * 0xD6E8FEB86659FD93u);
  }
};

struct FirstHash {
  std::uint64_t hash;
  std::int64_t time;
  NodeNumber node;
};

class LogMatching : public Property {
 public:
  std::optional<std::string> observe(const TraceEvent& event, const ClusterView& cluster) override {
    const bool tells_log = event.kind == TraceKind::kAppendEntries ||
                           event.kind == TraceKind::kStart || event.kind == TraceKind::kCommit ||
                           event.kind == TraceKind::kSnapshot ||
                           event.kind == TraceKind::kInstall || event.kind == TraceKind::kRole;
    if (!tells_log || !event.has_hash || !event.has_index || event.index == 0) return std::nullopt;
    if (event.entry_term == 0) return std::nullopt;
    const auto [first, added] = known_.try_emplace(Entry{event.index, event.entry_term},
                                                   FirstHash{event.hash, event.time, event.node});
    const FirstHash& known = first->second;
    if (added || known.hash == event.hash) return std::nullopt;
    return fmt::format(
        "{} and {} both hold an entry of term {} at index {}, but their logs up to "
        "there differ (hash {:016x} at {}, hash {:016x} at {})",
        cluster.name(known.node), cluster.name(event.node), event.entry_term, event.index,
        known.hash, time_text(known.time), event.hash, time_text(event.time));
  }

 private:
  std::unordered_map<Entry, FirstHash, EntryHash> known_;
};

const PropertyRegistrar kRegistrar(
    {"log-matching", "entries with the same index and term have the same history",
     []() -> std::unique_ptr<Property> { return std::make_unique<LogMatching>(); }});

}  // namespace
}  // namespace capsize::checker
