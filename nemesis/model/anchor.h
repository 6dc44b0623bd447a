// An anchor: a condition on the cluster's state that a fault waits for, instead of a fixed time.
// Each file in anchors/ defines one event and registers itself as an AnchorKind.
//
// An anchor is armed when the fault that waits for it becomes due, and counts from then on: earlier
// events do not fire it. It observes the nodes' traces as they are written, the proxy's count of
// messages, the clients' successful operations, and the other faults.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/registry.h"
#include "base/result.h"
#include "base/time.h"
#include "nemesis/model/cluster.h"
#include "nemesis/model/parameters.h"

namespace capsize::nemesis {

struct Anchor {
  std::string event;                         // name of an AnchorKind
  base::Json params = base::Json::object();  // validated by parse_anchor()

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// Parses "leader" or {"leader":{"term-above":4}}. The error says what was found and what was
/// expected.
[[nodiscard]] base::Result<Anchor> parse_anchor(const base::Json& value);
[[nodiscard]] base::Json to_json(const Anchor& anchor);

/// An armed anchor. One thread.
class Watch {
 public:
  virtual ~Watch();
  virtual void on_trace(const TraceEvent& /*event*/) {}
  /// A fault with this label and kind began (`began`) or ended.
  virtual void on_fault(const std::string& /*label*/, const std::string& /*kind*/, bool /*began*/) {
  }
  /// The program that controls the run interactively sent this trigger (Nemesis::trigger).
  virtual void on_trigger(const std::string& /*name*/) {}
  /// Whether the event has happened; polled until it returns true. `since`: the time since arming.
  virtual bool has_fired(Cluster& cluster, base::Duration since) = 0;
  /// Releases what arming took (a rule of the proxy). Called once, whether it has fired or not.
  virtual void disarm(Cluster& /*cluster*/) {}
};

class AnchorKind {
 public:
  virtual ~AnchorKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Declared parameters() const;
  /// Returns the armed anchor. `params` has the defaults filled in; `id` is unique among the rules
  /// of the proxy.
  [[nodiscard]] virtual std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t id,
                                                   Cluster& cluster) const = 0;
};

using AnchorKinds = base::Registry<AnchorKind>;

}  // namespace capsize::nemesis
