// The seeded bug of this process. A bug is a property of the whole process, as a mistake in its
// source would be; so it is one variable instead of a parameter of each class that could err.
#pragma once

#include <string_view>

namespace capsize::bugs {

/// Empty: none.
[[nodiscard]] std::string_view active();
[[nodiscard]] bool is_active(std::string_view name);

/// Activates a bug for the lifetime of this object; an empty name activates none. Not thread-safe:
/// to be constructed before the threads that may err, and destroyed after them. Precondition
/// (CHECK): the bug is registered in this binary.
class ActiveBug {
 public:
  explicit ActiveBug(std::string_view name);
  ~ActiveBug();
  ActiveBug(const ActiveBug&) = delete;
  ActiveBug& operator=(const ActiveBug&) = delete;

 private:
  std::string_view before_;
};

}  // namespace capsize::bugs
