// JSON of bounded size: cuts texts and lists, and says how much is missing. What is cut stays valid
// JSON, whatever bytes were in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/json.h"

namespace capsize::harness {

/// Returns the value as text in which the first `depth` levels of objects and arrays have a line
/// for each element, and everything below is on one line: for people, and still compact.
[[nodiscard]] std::string in_lines(const base::Json& value, unsigned depth);

/// Upper bound of the bytes that a value needs on a line of its own in in_lines(), with its
/// indentation.
[[nodiscard]] std::size_t size_in_file(const base::Json& value);

/// Returns the text, cut after a whole character where it needs more than `bytes_max` in a file:
/// "…abc (1234567 bytes left out)". Precondition: bytes_max >= 64.
[[nodiscard]] base::Json bounded_text(std::string_view text, std::size_t bytes_max);
/// Returns the value if it fits, otherwise the beginning of its JSON text.
[[nodiscard]] base::Json bounded_value(const base::Json& value, std::size_t bytes_max);

/// A list that takes elements as long as there is room.
class BoundedList {
 public:
  BoundedList(std::size_t elements_max, std::size_t bytes_max)
      : elements_max_(elements_max), bytes_max_(bytes_max) {}
  /// The first element that does not fit ends the list; those after it are only counted.
  void add(base::Json element);
  void leave_out(std::uint64_t count) { left_out_ += count; }
  /// Sets `key` in the object, and `key-left-out`, the number of elements that are missing, if
  /// there are any.
  void store(base::Json& object, std::string_view key) &&;

 private:
  std::size_t elements_max_;
  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::uint64_t left_out_ = 0;
  base::Json list_ = base::Json::array();
};

}  // namespace capsize::harness
