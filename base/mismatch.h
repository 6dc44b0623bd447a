// What was found in an input and what was expected there: the form of every error about input.
#pragma once

#include <string>
#include <string_view>

namespace capsize::base {

struct Mismatch {
  std::string found;  // fit to be shown: text from outside goes through excerpt()
  std::string expected;

  /// "found 3, expected a name".
  [[nodiscard]] std::string text() const { return "found " + found + ", expected " + expected; }
};

/// A piece of input made fit to be shown in one line: cut to 60 bytes, bytes other than printable
/// ASCII escaped as \xNN.
[[nodiscard]] std::string excerpt(std::string_view text);

/// The text of a mismatch whose `found` comes from outside.
[[nodiscard]] inline std::string mismatch(std::string_view found, std::string_view expected) {
  return Mismatch{excerpt(found), std::string(expected)}.text();
}

}  // namespace capsize::base
