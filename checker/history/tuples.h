// Tuples: [key value] in place of a value, where a test has several independent keys (Jepsen).
//
// Such a file has no field for the key, and nothing in it says what its pairs are: a register may
// well hold pairs. What gives it away is what a plain value cannot be: a read that was invoked with
// [k nil], a cas of [k [expected new]], a transaction of [k [steps]].
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "checker/history/builder.h"
#include "checker/history/chunked.h"

namespace capsize::checker {

struct TupleShape {
  std::uint64_t invocations = 0;
  std::uint64_t tuples = 0;  ///< invocations that look like [key value]
  std::uint64_t proofs = 0;  ///< those that cannot be plain values
  bool disproved = false;    ///< some invocation is no tuple for certain, such as cas [1 2]
  std::uint32_t first_other_line = 0;  ///< of an invocation that does not look like one

  [[nodiscard]] bool are_tuples() const { return proofs > 0 && !disproved; }
};

/// What the invocations look like, up to the first that is no tuple for certain. O(events).
[[nodiscard]] TupleShape shape_of_tuples(const Chunked<Event>& events, const ValueTable& values,
                                         std::span<const std::string> functions);

/// Key and value of an event without a key of its own, if its value is a pair whose first element
/// can be a key.
[[nodiscard]] std::optional<std::pair<ValueId, ValueId>> tuple_of(const Event& event,
                                                                  const ValueTable& values);

}  // namespace capsize::checker
