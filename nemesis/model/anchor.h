// An anchor: a condition on the cluster's state that a fault waits for, instead of a second. What
// each event means is one file in anchors/, which registers itself as an AnchorKind.
//
// An anchor is armed when the fault that waits for it is due, and counts from then on: what
// happened before does not fire it. The state comes from the traces as they are written, from the
// proxy's view of the messages, and from the other faults.
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
  base::Json params = base::Json::object();  // checked

  friend bool operator==(const Anchor&, const Anchor&) = default;
};

/// "leader" or {"leader":{"term-above":4}}. Errors name what was found and what was expected.
[[nodiscard]] base::Result<Anchor> parse_anchor(const base::Json& value);
[[nodiscard]] base::Json to_json(const Anchor& anchor);

/// An armed anchor.
class Watch {
 public:
  virtual ~Watch();
  virtual void traced(const TraceEvent& /*event*/) {}
  /// A fault of this label and kind began, or ended.
  virtual void fault(const std::string& /*label*/, const std::string& /*kind*/, bool /*began*/) {}
  /// The program that controls the run sent this trigger (Nemesis::trigger).
  virtual void triggered(const std::string& /*name*/) {}
  /// Asked again and again until it says true. `since`: since it was armed.
  virtual bool fired(Cluster& cluster, base::Duration since) = 0;
  /// Called once, whether it fired or not.
  virtual void disarm(Cluster& /*cluster*/) {}
};

class AnchorKind {
 public:
  virtual ~AnchorKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::string_view summary() const = 0;
  [[nodiscard]] virtual Declared parameters() const;
  /// `params` has the defaults filled in. `id` is unique among rules of the proxy.
  [[nodiscard]] virtual std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t id,
                                                   Cluster& cluster) const = 0;
};

using AnchorKinds = base::Registry<AnchorKind>;

}  // namespace capsize::nemesis
