// Properties: what must hold inside a cluster, whatever its clients see (Raft paper, figure 3).
//
// check_traces merges the traces of all nodes by time and shows every event to every registered
// property, once, in order. A property remembers what it needs and says so when it is broken. The
// first violation of each is the one that is reported; what follows from it adds little.
//
// A new property is one new file in this folder: derive from Property, give a PropertyKind to a
// `PropertyRegistrar`.
//
// How it fails: unreadable or malformed traces give one report with a usage error, a bound gives
// `unknown` for all properties that are not broken already, no events at all give `vacuous`.
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

/// What the events so far say about the nodes, the current one not included.
class ClusterView {
 public:
  /// Empty for a node that has not said anything about its log yet.
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
  /// A sentence if this event breaks the property.
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
  std::string name;      ///< of the property; "trace" where the traces themselves are at fault
  std::string sentence;  ///< what broke it: nodes, terms, indexes, times; empty where valid
};

struct TraceLimits {
  std::chrono::nanoseconds time_limit = std::chrono::seconds(60);
  std::uint64_t events_max = 200'000'000;
};

/// One report for each property, by name. O(events · log(events)).
[[nodiscard]] std::vector<PropertyReport> check_traces(
    const std::vector<std::filesystem::path>& files, const TraceLimits& limits = {});
/// The same for traces in memory, each with a name for messages.
[[nodiscard]] std::vector<PropertyReport> check_trace_texts(
    const std::vector<std::pair<std::string, std::string_view>>& traces,
    const TraceLimits& limits = {});

/// All properties, by name.
[[nodiscard]] std::vector<const PropertyKind*> list_properties();

/// Registers a property when the program starts.
using PropertyRegistrar = base::Registrar<PropertyKind>;

/// "1.234 s" for a time of a trace.
[[nodiscard]] std::string time_text(std::int64_t nanoseconds);

}  // namespace capsize::checker
