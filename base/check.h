// CHECK(condition, rule): an assertion that stays on in release builds and names the broken rule.
//
// A failed CHECK is a bug in Capsize itself. It prints file, line and rule, and ends the process
// with kInvariantExit, so that a harness can distinguish it from every other exit.
#pragma once

#include <string_view>

namespace capsize::base {

/// Exit code of a process with a failed CHECK (node/PROTOCOL.md, Exit codes).
inline constexpr int kInvariantExit = 70;

[[noreturn]] void check_failed(std::string_view file, int line, std::string_view condition,
                               std::string_view rule);

}  // namespace capsize::base

#define CHECK(condition, rule)                                             \
  do {                                                                     \
    if (!(condition)) [[unlikely]]                                         \
      ::capsize::base::check_failed(__FILE__, __LINE__, #condition, rule); \
  } while (false)
