// Wording: the text for operations, values and times in sentences.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/specification/key_problem.h"

namespace capsize::checker {

class Wording {
 public:
  explicit Wording(const KeyProblem& problem) : problem_(problem) {}

  /// "7"; long values are shortened to the part in which the values of the key differ.
  [[nodiscard]] std::string value(ValueId value) const;
  /// " of x" and " to x"; empty for histories without keys.
  [[nodiscard]] std::string of_key() const;
  [[nodiscard]] std::string to_key() const;
  /// "write 9 to x", "cas [1,2] of x", "read of x".
  [[nodiscard]] std::string operation(const KeyOperation& operation) const;
  /// "read of x by process 4"; a client with a name is called by it.
  [[nodiscard]] std::string by_process(const KeyOperation& operation) const;
  [[nodiscard]] std::string process(const KeyOperation& operation) const;
  /// "write 9 to x had been acknowledged to process 2"; `tense` is "had been" or "was".
  [[nodiscard]] std::string acknowledged(const KeyOperation& operation,
                                         std::string_view tense) const;
  /// "read of x by process 4 returned 7", "cas [7,8] of x by process 4 succeeded on 7", "contains 7
  /// by process 4 returned [7,true]", "cas [7,8] of x by process 4 failed".
  [[nodiscard]] std::string saw(const KeyOperation& observer) const;
  /// From the completion of one operation to the invocation of the other: "31 ms after", or "after"
  /// if times are missing or contradict the order of events.
  [[nodiscard]] std::string after(const KeyOperation& earlier, const KeyOperation& later) const;

 private:
  [[nodiscard]] ValueId asked(const Operation& source) const;

  [[nodiscard]] const std::vector<std::string>& long_values() const;

  const KeyProblem& problem_;
  mutable std::optional<std::vector<std::string>> long_values_ = {};  // some of the key's
};

/// Returns a text shortened to about `bytes` bytes, never inside a character. If another text of
/// `others` has the same beginning, the part where they differ is kept.
[[nodiscard]] std::string distinct_excerpt(std::string_view text,
                                           std::span<const std::string> others, std::size_t bytes);

/// "31 ms", "1.25 s", "640 us".
[[nodiscard]] std::string duration_text(std::int64_t nanoseconds);

}  // namespace capsize::checker
