// What a rule does to the messages it matches. An action is one file here (action_*.cpp) that
// registers itself; nothing else names it.
//
// Actions are pure: they are handed the header, the time and the rule's own random stream, and they
// edit the message's fate. They see no socket, so the same action runs in a simulated network.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "node/base/prng.h"
#include "node/base/registry.h"
#include "node/base/result.h"
#include "node/base/time.h"
#include "node/wire/header.h"

namespace capsize::nemesis::proxy {

/// What becomes of one message. Rules stack: each edits what those installed before it decided.
struct Fate {
  bool discard = false;  // whatever else was said; no rule takes it back
  /// One element a copy: how long it is held. Never empty.
  std::vector<base::Duration> copies = {base::Duration::zero()};
  /// The message may overtake others of its link.
  bool reorder = false;
};
/// Copies of one message, all rules together: a stack of duplicating rules stays bounded.
inline constexpr std::size_t kCopiesMax = 8;

/// For the evidence: what an action did to this very message.
enum class Effect : std::uint8_t { kNone, kDiscarded, kDelayed, kDuplicated };

class Action {
 public:
  virtual ~Action() = default;
  virtual Effect apply(const wire::Header& header, base::Prng& random, Fate& fate) = 0;
  /// A strict cut: what the proxy holds for the link is discarded when it begins, and what was sent
  /// before its end never arrives.
  [[nodiscard]] virtual bool is_cut() const { return false; }
};

/// The flat JSON object that describes an action, without JSON. Getters remember the first thing
/// that is missing, of another type or out of range; status() tells it, and any key nobody asked
/// for.
class Parameters {
 public:
  using Value = std::variant<bool, double, std::string>;
  Parameters() = default;
  explicit Parameters(std::map<std::string, Value> values) : values_(std::move(values)) {}

  /// A number in [0, 1]; required.
  [[nodiscard]] double probability(const std::string& key);
  /// Text such as "20ms", up to an hour; required.
  [[nodiscard]] base::Duration duration(const std::string& key);
  [[nodiscard]] bool flag(const std::string& key, bool otherwise);
  void refuse(std::string why);
  [[nodiscard]] base::Status status() const;

 private:
  std::optional<Value> take(const std::string& key);
  std::map<std::string, Value> values_;
  std::optional<base::Error> error_;
};

/// A kind of action, as `capsize-proxy` knows it by name.
class ActionKind {
 public:
  virtual ~ActionKind() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Action> make(Parameters& parameters) const = 0;
};
/// Error: no such kind (the known ones are listed), or parameters that it does not take.
[[nodiscard]] base::Result<std::unique_ptr<Action>> make_action(std::string_view kind,
                                                                Parameters parameters);

}  // namespace capsize::nemesis::proxy
