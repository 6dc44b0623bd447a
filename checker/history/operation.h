// Operation: what one client requested, and the answer that it got.
//
// Flat and without pointers: a million of them are one array, sorted by key, so that the operations
// of a key are contiguous. Functions, keys and values are stored as small numbers; the History has
// their names for output.
//
// Order: `invoke` and `complete` are positions in the history's one total order of events.
// Operation a precedes b iff a.complete < b.invoke; all others are concurrent, equal positions
// included. An indeterminate operation completes at kNever and so precedes nothing: it may take
// effect at any later moment, and no event of the history can rule that out.
#pragma once

#include <cstdint>
#include <string_view>

#include "checker/history/values.h"

namespace capsize::checker {

using KeyId = std::uint32_t;
using FunctionId = std::uint16_t;
using Position = std::uint32_t;

inline constexpr Position kNever = 0xFFFFFFFFu;
inline constexpr std::int64_t kNoTime = -1;

enum class Outcome : std::uint8_t {
  kOk,    ///< took effect
  kFail,  ///< certainly had no effect and never will have
  kInfo,  ///< indeterminate: may take effect at any later moment, or never
};
/// "ok", "fail", "info".
[[nodiscard]] constexpr std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kFail:
      return "fail";
    case Outcome::kInfo:
      break;
  }
  return "info";
}

/// Functions with the same number in every history; others are numbered in order of appearance.
inline constexpr FunctionId kRead = 0;
inline constexpr FunctionId kWrite = 1;
inline constexpr FunctionId kCas = 2;
inline constexpr FunctionId kAppend = 3;
inline constexpr FunctionId kDelete = 4;

struct Operation {
  std::int64_t invoke_time = kNoTime;  ///< nanoseconds since the start; for people, decides nothing
  std::int64_t complete_time = kNoTime;  ///< kNoTime where the file has no completion
  std::int64_t process = 0;
  KeyId key = 0;
  ValueId argument = kNullValue;  ///< value of the invocation
  ValueId result = kNullValue;    ///< value of the completion
  Position invoke = 0;
  Position complete = kNever;  ///< kNever unless ok or fail
  FunctionId function = 0;
  Outcome outcome = Outcome::kInfo;
  bool mismatch = false;  ///< a cas that failed because it saw another value than the expected one
};

}  // namespace capsize::checker
