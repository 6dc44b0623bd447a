// Which messages a fault on links affects: the key `only` of scenarios, strategies and the proxy's
// control requests. One definition for all three, so that the proxy accepts whatever the nemesis
// has accepted.
//
//   {"types":["AppendEntries"],"term":[3,9],"index":[1,50],
//    "every":3,"skip":10,"count":5,"probability":0.3}
//
// All keys are optional and apply in this order: of the messages with these types, terms and
// indices, take every third; of those, skip the first ten; of those, take at most five; and take
// each of those with this probability. Pure: random draws come from the stream that the caller
// passes.
#pragma once

#include <bitset>
#include <cstdint>
#include <limits>

#include "base/json.h"
#include "base/prng.h"
#include "base/result.h"
#include "node/wire/header.h"

namespace capsize::nemesis {

/// Indexed by MessageType.
using TypeSet = std::bitset<wire::kMessageTypeCount>;

/// Inclusive at both ends.
struct Range {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
  [[nodiscard]] bool contains(std::uint64_t value) const { return value >= min && value <= max; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// The part of a filter that depends on the message alone, not on earlier messages or chance.
struct Scope {
  TypeSet types = TypeSet().set();
  Range term = {};
  Range index = {};
  [[nodiscard]] bool contains(const wire::Header& header) const {
    return types[static_cast<std::size_t>(header.type)] && term.contains(header.term) &&
           index.contains(header.index);
  }
  friend bool operator==(const Scope&, const Scope&) = default;
};

class Filter {
 public:
  struct Options {
    Scope scope = {};
    std::uint64_t every = 1;
    std::uint64_t skip = 0;
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    double probability = 1;
  };
  Filter() = default;
  explicit Filter(Options options) : options_(options) {}

  /// Whether the message passes. Stateful: call it exactly once for each message.
  [[nodiscard]] bool passes(const wire::Header& header, base::Prng& random);
  [[nodiscard]] const Scope& scope() const { return options_.scope; }
  /// Whether the filter is nothing but its scope: no counting, no chance.
  [[nodiscard]] bool is_scope() const;

 private:
  Options options_ = {};
  std::uint64_t in_scope_ = 0;
  std::uint64_t chosen_ = 0;  // messages that passed `every`
};

/// Error: one line with the key, what was found and what was expected.
[[nodiscard]] base::Result<Filter> parse_filter(const base::Json& only);

/// Whether the proxy will accept this `only`; lets a plan be checked before a proxy runs. Error as
/// for parse_filter().
[[nodiscard]] base::Status check_only(const base::Json& only);

}  // namespace capsize::nemesis
