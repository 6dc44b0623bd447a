// What a rule does to the messages it matches. An action is one file here (action_*.cpp) that
// registers itself; nothing else names it.
//
// Actions are pure: they are handed the header, the time and the rule's own random stream, and they
// edit the message's fate. They see no socket, so the same action runs in a simulated network.
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

/// Copies of one message, all rules together: a stack of duplicating rules stays bounded.
inline constexpr std::size_t kCopiesMax = 8;
/// Messages that a rule may keep of a link, to send them again.
inline constexpr std::size_t kKeptMax = 1024;

/// For how long each copy is held: from one to kCopiesMax of them, without a heap.
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

/// A message waits until `gap` later ones of its link went by, but not longer than `longest`.
struct Overtake {
  std::uint64_t gap = 1;
  base::Duration longest{};
};

/// The message joins an even sample of `keep` among those seen so far; `again`: one of those that
/// are kept is sent once more.
struct Replay {
  std::size_t keep = 0;
  bool again = false;
};

/// So many bits are flipped; the seed says which.
struct Corruption {
  std::uint64_t bits = 1;
  std::uint64_t seed = 0;
};

/// What becomes of one message. Rules stack: each edits what those installed before it decided.
struct Fate {
  bool discard = false;  // whatever else was said; no rule takes it back
  Copies copies;
  bool reorder = false;                  // it may overtake others of its link
  std::optional<Corruption> corruption;  // of all copies
  std::optional<Overtake> overtake;
  std::optional<Replay> replay;  // of the rule that is being asked
};

/// For the evidence: what an action did to this very message.
enum class Effect : std::uint8_t {
  kNone,
  kDiscarded,
  kDelayed,
  kDuplicated,
  kCorrupted,
  kThrottled,  // waits for the link to be free, not longer than the rule is there
  kHeld,       // until the rule is removed
};

/// In which order a rule gives out, when it is removed, what it held.
enum class ReleaseOrder : std::uint8_t { kAsSent, kReverse, kShuffled };

struct Message {
  const wire::Header& header;
  std::size_t bytes = 0;  // both frames
  base::Instant now;
};

class Action {
 public:
  virtual ~Action();
  virtual Effect apply(const Message& message, base::Prng& random, Fate& fate) = 0;
  /// A strict cut: what the proxy holds for the link is discarded when it begins, and what was sent
  /// before its end never arrives.
  [[nodiscard]] virtual bool is_cut() const { return false; }
  /// What matches waits until the rule is removed.
  [[nodiscard]] virtual bool is_hold() const { return false; }
  [[nodiscard]] virtual ReleaseOrder release_order() const { return ReleaseOrder::kAsSent; }
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
  /// A whole number; required.
  [[nodiscard]] std::uint64_t count(const std::string& key, std::uint64_t least,
                                    std::uint64_t most);
  /// One of `words`, by its place; the first one when the key is missing.
  [[nodiscard]] std::size_t word(const std::string& key, std::initializer_list<const char*> words);
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
  virtual ~ActionKind();
  [[nodiscard]] virtual std::string_view name() const = 0;
  [[nodiscard]] virtual std::unique_ptr<Action> make(Parameters& parameters) const = 0;
};
/// Error: no such kind (the known ones are listed), or parameters that it does not take.
[[nodiscard]] base::Result<std::unique_ptr<Action>> make_action(std::string_view kind,
                                                                Parameters parameters);

}  // namespace capsize::nemesis::proxy
