// CHECK(condition, rule): what cannot happen, stays on in release and names the broken rule.
//
// A broken CHECK is a bug of Capsize itself. It prints file, line and rule and ends the process
// with kInvariantExit, so that a harness can tell it from every other death.
#pragma once

#include <string_view>

namespace capsize::base {

/// Exit code of a process whose own invariant broke (node/PROTOCOL.md, exit codes).
inline constexpr int kInvariantExit = 70;

[[noreturn]] void check_failed(std::string_view file, int line, std::string_view condition,
                               std::string_view rule);

}  // namespace capsize::base

#define CHECK(condition, rule)                                             \
  do {                                                                     \
    if (!(condition)) [[unlikely]]                                         \
      ::capsize::base::check_failed(__FILE__, __LINE__, #condition, rule); \
  } while (false)
