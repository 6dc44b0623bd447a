// Result<T> and Status: errors as return values. An Error carries one line for people.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace capsize::base {

/// One line: what was found, where, and what was expected.
struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::move(error)) {}  // NOLINT: implicit on purpose

  [[nodiscard]] bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const T& value() const& {
    CHECK(ok(), "value() is called only when a Result holds a value");
    return std::get<0>(state_);
  }
  [[nodiscard]] T& value() & {
    CHECK(ok(), "value() is called only when a Result holds a value");
    return std::get<0>(state_);
  }
  [[nodiscard]] T&& value() && {
    CHECK(ok(), "value() is called only when a Result holds a value");
    return std::get<0>(std::move(state_));
  }
  [[nodiscard]] const Error& error() const {
    CHECK(!ok(), "error() is called only when there is one");
    return std::get<1>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

/// A Result without a value.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose
  [[nodiscard]] bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  [[nodiscard]] const Error& error() const {
    CHECK(!ok(), "error() is called only when there is one");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace capsize::base
