// The operations of a run as columns of its page: one row an operation, in the order of invocation,
// in arrays that are touched once and sent as they are.
//
// Times are ticks: the smallest whole number of nanoseconds with which the whole run fits into 32
// bits (5 ns for 20 s, 20 us for a day).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/history/history.h"

namespace capsize::harness {

/// The client threads of a run: an indeterminate operation ends its process, and the thread
/// continues as process + threads.
struct ClientThreads {
  std::uint64_t count = 0;  ///< 0: unknown, each process is a thread of its own
  /// The node that serves a thread; empty where that is unknown.
  std::function<std::string(std::uint64_t thread)> node_of;
};

struct RunOperations {
  static constexpr std::uint32_t kNoDuration = 0xFFFFFFFF;  ///< never completed
  static constexpr std::size_t kLanesMax = 1'024;           ///< further threads share the last lane
  static constexpr std::size_t kKeysMax = 20'000;           ///< further keys share the last name

  struct Lane {
    std::string thread;
    std::string node;
    std::uint64_t operations = 0;
  };

  std::int64_t tick_ns = 1;
  std::uint32_t span = 0;  ///< ticks from 0 to the last event
  std::vector<std::string> functions;
  std::vector<std::string> keys;
  std::uint64_t keys_left_out = 0;
  std::vector<Lane> lanes;
  std::vector<std::uint32_t> invoke, duration, process, lane, key, index;
  std::vector<std::uint8_t> function, outcome;  ///< outcome: 0 ok, 1 fail, 2 info
  /// Where the row is in History::operations, which has its values.
  std::vector<std::uint32_t> row;

  [[nodiscard]] std::size_t size() const { return invoke.size(); }
  /// The tick at which an operation ended; `span` if it never did.
  [[nodiscard]] std::uint32_t end_of(std::size_t operation) const {
    return duration[operation] == kNoDuration ? span : invoke[operation] + duration[operation];
  }
};

/// Times that are missing or contradict the order of events are those of the event before.
/// O(n log n).
[[nodiscard]] RunOperations operations_of(const checker::History& history,
                                          const ClientThreads& threads);

/// The values of the operations [first, last) as texts of at most kValueBytes each: what an
/// acknowledged operation returned, otherwise what was asked.
inline constexpr std::size_t kPageValueBytes = 200;
[[nodiscard]] std::vector<std::string> value_texts(const checker::History& history,
                                                   const RunOperations& operations,
                                                   std::size_t first, std::size_t last);

}  // namespace capsize::harness
