// OperationView: one operation of a history in explanations and messages.
//
// It owns its text, so it outlives the history.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "checker/history/history.h"

namespace capsize::checker {

/// One operation, with text for people.
struct OperationView {
  std::int64_t process = 0;
  std::string process_name;  ///< the client's name in the file, or its number
  std::string function;
  std::string value;                     ///< JSON text: what was asked, or what a read returned
  std::int64_t invoke_time = kNoTime;    ///< nanoseconds, kNoTime if the file has none
  std::int64_t complete_time = kNoTime;  ///< kNoTime if it never completed
  std::uint64_t index = 0;               ///< of the invocation, as in the file
  std::optional<std::uint64_t> complete_index;  ///< of the completion, if it was ok or fail
  Outcome outcome = Outcome::kInfo;
  /// Included only so that the explanation is complete: the sentence says all that matters about it
  /// (one of a hundred elements that a set was right to return).
  bool background = false;
  /// The sentence names this operation.
  bool named = false;
};

/// Returns the view of one operation of the history.
[[nodiscard]] OperationView view(const History& history, const Operation& operation);

/// Returns an operation for a message: "cas with [1,2,3] at index 4".
[[nodiscard]] std::string described(const History& history, const Operation& operation);

/// Returns the client's name, safe to print, or its number.
[[nodiscard]] std::string client_text(const OperationView& operation);

/// Whether the one completed before the other began.
[[nodiscard]] bool precedes(const OperationView& first, const OperationView& second);

}  // namespace capsize::checker
