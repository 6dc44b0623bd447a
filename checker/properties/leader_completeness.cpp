// Leader completeness: if a log entry is committed in a given term, then that entry will be present
// in the logs of the leaders for all higher-numbered terms.
//
// The trace does not say in which term an entry was committed. The term of the node that reports
// the commit is never lower, so the check with that term is weaker than the property, never
// stronger. Each leader is checked against the highest commit of the lower terms only, because the
// chain hash at that index covers all earlier entries.
//
// A commit can be traced after the election of a leader of a higher term, when the old leader
// counts late replies. So each election record keeps the part of its leader's log above the highest
// commit known at that time.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <vector>

#include "checker/properties/property.h"

namespace capsize::checker {
namespace {

struct Commit {
  std::uint64_t index = 0;
  std::uint64_t entry_term = 0;
  std::uint64_t hash = 0;
  std::int64_t time = 0;
  std::uint64_t term = 0;
  NodeNumber node = 0;
  bool has_hash = false;
};

struct Election {
  std::int64_t time = 0;
  NodeNumber node = 0;
  std::uint64_t last_index = 0;
  std::uint64_t tail_begin = 0;  // `tail` has the known log from this index on
  std::vector<NodeLog::Point> tail;
};

class LeaderCompleteness : public Property {
 public:
  std::optional<std::string> observe(const TraceEvent& event, const ClusterView& cluster) override {
    if (!event.has_index) return std::nullopt;
    if (event.kind == TraceKind::kCommit) return commit(event, cluster);
    if (event.kind == TraceKind::kRole && event.role == Role::kLeader) {
      return election(event, cluster);
    }
    return std::nullopt;
  }

 private:
  std::optional<std::string> commit(const TraceEvent& event, const ClusterView& cluster) {
    const Commit committed{event.index, event.entry_term, event.hash,    event.time,
                           event.term,  event.node,       event.has_hash};
    Commit& highest = highest_[event.term];
    if (committed.index > highest.index) highest = committed;
    for (auto later = elections_.upper_bound(event.term); later != elections_.end(); ++later) {
      if (auto broken = check(committed, later->first, later->second, cluster)) return broken;
    }
    return std::nullopt;
  }

  std::optional<std::string> election(const TraceEvent& event, const ClusterView& cluster) {
    const NodeLog& log = cluster.log(event.node);
    Commit highest;
    for (auto known = highest_.begin(); known != highest_.end() && known->first < event.term;
         ++known) {
      if (known->second.index > highest.index) highest = known->second;
    }
    Election election{event.time, event.node, event.index, highest.index, {}};
    election.tail.assign(log.at_or_above(highest.index), log.points().end());
    if (event.has_hash && event.index > 0) {
      // The leader's own statement about its last entry counts even if its trace has gaps.
      std::erase_if(election.tail, [&](const auto& point) { return point.index >= event.index; });
      election.tail.push_back({event.index, event.index, event.entry_term, event.hash, true});
      const auto own = log.at_or_above(event.index);
      if (own != log.points().end() && own->index == event.index) {
        election.tail.back().first = own->first;
      }
    }
    const Election& kept = elections_[event.term] = std::move(election);
    if (highest.index == 0) return std::nullopt;
    return check(highest, event.term, kept, cluster);
  }

  // Whether the leader's log held the committed entry; nothing if the traces do not show it.
  static std::optional<std::string> check(const Commit& commit, std::uint64_t term,
                                          const Election& election, const ClusterView& cluster) {
    if (commit.index < election.tail_begin) return std::nullopt;
    std::string instead;
    if (commit.index > election.last_index) {
      instead = fmt::format("its log ended at index {}", election.last_index);
    } else {
      const auto point =
          std::partition_point(election.tail.begin(), election.tail.end(),
                               [&](const NodeLog::Point& one) { return one.index < commit.index; });
      if (point == election.tail.end() || point->first > commit.index) return std::nullopt;
      const bool other_term = commit.entry_term != 0 && point->entry_term != 0 &&
                              point->entry_term != commit.entry_term;
      const bool other_hash = commit.has_hash && point->has_hash && point->index == commit.index &&
                              point->hash != commit.hash;
      if (!other_term && !other_hash) return std::nullopt;
      instead = fmt::format("it had another one of term {} there", point->entry_term);
    }
    return fmt::format(
        "{} became leader of term {} at {} without the entry at index {} (entry term "
        "{}) that {} reported committed in term {} at {}: {}",
        cluster.name(election.node), term, time_text(election.time), commit.index,
        commit.entry_term, cluster.name(commit.node), commit.term, time_text(commit.time), instead);
  }

  std::map<std::uint64_t, Commit> highest_;      // by the term in which it was reported
  std::map<std::uint64_t, Election> elections_;  // by term
};

const PropertyRegistrar kRegistrar(
    {"leader-completeness", "committed entries are in the logs of all later leaders",
     []() -> std::unique_ptr<Property> { return std::make_unique<LeaderCompleteness>(); }});

}  // namespace
}  // namespace capsize::checker
