// Which messages a fault on links is about: `only`, as scenarios, strategies and the proxy's
// control requests write it. One definition, so that what the nemesis accepts the proxy accepts
// too.
//
//   {"types":["AppendEntries"],"term":[3,9],"index":[1,50],
//    "every":3,"skip":10,"count":5,"probability":0.3}
//
// All keys are optional, and hold together in this order: of the messages of these types, terms and
// indices every third, of those not the first ten, of those at most five, and each of those with
// this probability. Pure: what it draws, it draws from the stream it is handed.
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

/// Both ends belong to it.
struct Range {
  std::uint64_t least = 0;
  std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  [[nodiscard]] bool contains(std::uint64_t value) const { return value >= least && value <= most; }
  friend bool operator==(const Range&, const Range&) = default;
};

/// What depends on the message alone.
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

  /// To be asked once for each message: it counts.
  [[nodiscard]] bool passes(const wire::Header& header, base::Prng& random);
  [[nodiscard]] const Scope& scope() const { return options_.scope; }
  /// Whether the message alone decides, not its place among others nor a draw.
  [[nodiscard]] bool is_scope() const;

 private:
  Options options_ = {};
  std::uint64_t in_scope_ = 0;
  std::uint64_t chosen_ = 0;  // every n-th of those
};

/// Error: one line that names the key, what was found and what was expected.
[[nodiscard]] base::Result<Filter> parse_filter(const base::Json& only);

/// Whether the proxy will take this `only` of a fault on links; checked before any proxy is asked.
/// The error names key, found, expected.
[[nodiscard]] base::Status check_only(const base::Json& only);

}  // namespace capsize::nemesis
