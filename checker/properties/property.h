// Properties: invariants of a cluster, independent of what its clients see (Raft paper, figure 3).
//
// check_traces merges the traces of all nodes by time and passes every event, once and in order, to
// every registered property. A property keeps the state that it needs and returns a sentence when
// it is violated. Only its first violation is reported, because later ones usually follow from it.
//
// A new property is one new file in this folder: derive from Property, and pass a PropertyKind to a
// `PropertyRegistrar`.
//
// How it fails: an unreadable or malformed trace gives one report with a usage error; a bound that
// is reached gives `unknown` for all properties that are not violated by then; traces without
// events give `vacuous`.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/registry.h"
#include "checker/core/verdict.h"
#include "checker/properties/node_log.h"
#include "checker/properties/trace.h"

namespace capsize::checker {

/// The state of the nodes according to the events before the current one.
class ClusterView {
 public:
  /// Empty for a node whose trace has not mentioned its log yet.
  [[nodiscard]] const NodeLog& log(NodeNumber node) const;
  [[nodiscard]] const std::string& name(NodeNumber node) const { return names_.name(node); }
  void follow(const TraceEvent& event);
  NodeNames& names() { return names_; }

 private:
  NodeNames names_;
  std::vector<NodeLog> logs_;
};

class Property {
 public:
  virtual ~Property() = default;
  /// Returns a sentence if this event violates the property.
  virtual std::optional<std::string> observe(const TraceEvent& event,
                                             const ClusterView& cluster) = 0;
};

struct PropertyKind {
  std::string_view name;
  std::string_view summary;
  std::unique_ptr<Property> (*make)();
};

struct PropertyReport {
  Verdict verdict = Verdict::kValid;
  std::string name;      ///< of the property; "trace" if a trace is malformed
  std::string sentence;  ///< what violated it: nodes, terms, indexes, times; empty if valid
  std::optional<TraceEvent> event = {};  ///< the one that violated it; none if it is valid
};

struct TraceLimits {
  std::chrono::nanoseconds time_limit = std::chrono::seconds(60);
  std::uint64_t events_max = 200'000'000;
};

/// Returns one report for each property, ordered by name. O(events · log(events)).
[[nodiscard]] std::vector<PropertyReport> check_traces(
    const std::vector<std::filesystem::path>& files, const TraceLimits& limits = {});
/// The same for traces in memory, each with a name for messages.
[[nodiscard]] std::vector<PropertyReport> check_trace_texts(
    const std::vector<std::pair<std::string, std::string_view>>& traces,
    const TraceLimits& limits = {});

/// Returns all properties, ordered by name.
[[nodiscard]] std::vector<const PropertyKind*> list_properties();

/// Registers a property when the program starts.
using PropertyRegistrar = base::Registrar<PropertyKind>;

/// Returns "1.234 s" for a time of a trace.
[[nodiscard]] std::string time_text(std::int64_t nanoseconds);

}  // namespace capsize::checker
