// What a rule does to the messages that its filter selects. Each file in this folder defines one
// action and registers it; nothing else names it.
//
// Actions are pure: they get the header, the time and the rule's own random stream, and edit the
// message's fate. They see no socket, so the same action runs in a simulated network.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/prng.h"
#include "base/registry.h"
#include "base/result.h"
#include "base/time.h"
#include "node/wire/header.h"

namespace capsize::nemesis::proxy {

/// The most copies of one message by all rules together: bounds a stack of duplicating rules.
inline constexpr std::size_t kCopiesMax = 8;
/// The most messages of a link that a rule keeps for replay.
inline constexpr std::size_t kKeptMax = 1024;

/// The delay of each copy of a message; from one to kCopiesMax copies, without heap allocation.
class Copies {
 public:
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] base::Duration front() const { return held_.front(); }
  base::Duration* begin() { return held_.data(); }
  base::Duration* end() { return held_.data() + size_; }
  /// Precondition: size() < kCopiesMax.
  void add(base::Duration held) {
    CHECK(size_ < kCopiesMax, "a message has at most kCopiesMax copies");
    held_[size_++] = held;
  }

 private:
  std::array<base::Duration, kCopiesMax> held_{};
  std::size_t size_ = 1;
};

/// A message is deferred until `gap` later ones of its link have overtaken it, but no longer than
/// `longest`.
struct Overtake {
  std::uint64_t gap = 1;
  base::Duration longest{};
};

/// The message is offered to a uniform sample of `keep` messages; `send`: one message of the
/// sample is replayed.
struct Replay {
  std::size_t keep = 0;
  bool send = false;
};

/// How many bits are flipped; the seed selects which.
struct Corruption {
  std::uint64_t bits = 1;
  std::uint64_t seed = 0;
};

/// What happens to one message. Rules stack: each edits the decision of those installed before it.
struct Fate {
  bool discard = false;  // overrides all else; no rule resets it
  Copies copies;
  bool reorder = false;                  // it may overtake others of its link
  std::optional<Corruption> corruption;  // applies to all copies
  std::optional<Overtake> overtake;
  std::optional<Replay> replay;  // of the rule that is being applied
};

/// What an action did to this message, for the evidence.
enum class Effect : std::uint8_t {
  kNone,
  kDiscarded,
  kDelayed,
  kDuplicated,
  kCorrupted,
  kThrottled,  // waits for bandwidth, at most until the rule is removed
  kHeld,       // waits until the rule is removed
};

/// The order in which the messages of a hold leave when it is removed.
enum class ReleaseOrder : std::uint8_t { kAsSent, kReverse, kShuffled };

struct Message {
  const wire::Header& header;
  std::size_t bytes = 0;  // both frames
  base::Instant now;
};

class Action {
 public:
  virtual ~Action();
  /// Edits `fate` and returns the effect. Called for every message that passes the rule's filter,
  /// in order of arrival, even if another rule has discarded it.
  virtual Effect apply(const Message& message, base::Prng& random, Fate& fate) = 0;
  /// Whether it is a strict cut: what waits on the link is discarded when it begins, and what was
  /// sent before its end never arrives.
  [[nodiscard]] virtual bool is_cut() const { return false; }
  /// Whether matching messages wait until the rule is removed.
  [[nodiscard]] virtual bool is_hold() const { return false; }
  [[nodiscard]] virtual ReleaseOrder release_order() const { return ReleaseOrder::kAsSent; }
};

/// The parameters of an action: the values of a flat JSON object. The getters record the first
/// value that is missing, has another type or is out of range; status() returns that error, or else
/// the first key that no getter has read.
class Parameters {
 public:
  using Value = std::variant<bool, double, std::string>;
  Parameters() = default;
  explicit Parameters(std::map<std::string, Value> values) : values_(std::move(values)) {}

  /// A number in [0, 1]; required.
  [[nodiscard]] double probability(const std::string& key);
  /// Text such as "20ms", up to an hour; required.
  [[nodiscard]] base::Duration duration(const std::string& key);
  [[nodiscard]] bool flag(const std::string& key, bool default_value);
  /// A whole number; required.
  [[nodiscard]] std::uint64_t count(const std::string& key, std::uint64_t min, std::uint64_t max);
  /// Returns the index of the value in `choices`; 0 if the key is missing.
  [[nodiscard]] std::size_t choice(const std::string& key,
                                   std::initializer_list<const char*> choices);
  void refuse(std::string why);
  [[nodiscard]] base::Status status() const;

 private:
  std::optional<Value> take(const std::string& key);
  std::map<std::string, Value> values_;
  std::optional<base::Error> error_;
};

/// Makes actions of one kind; registered under its name.
class ActionKind {
 public:
  virtual ~ActionKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Action> make(Parameters& parameters) const = 0;
};
/// Error: the kind is unknown (lists the known ones), or the parameters are invalid.
[[nodiscard]] base::Result<std::unique_ptr<Action>> make_action(std::string_view kind,
                                                                Parameters parameters);

}  // namespace capsize::nemesis::proxy
