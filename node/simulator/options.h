// The command line of capsize-sim.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>

#include "base/result.h"
#include "base/time.h"

namespace capsize::simulator {

struct Options {
  std::uint64_t first = 1, last = 1000;  // seeds
  unsigned jobs = 1;
  base::Duration chaos = std::chrono::seconds(5);
  std::string bug;
  std::string history, trace;  // files, for one seed; empty: none
};
/// --help, --version, --list-bugs: print the text and exit with 0.
struct PrintText {
  std::string text;
};

/// Error: one line for people (exit code 254).
[[nodiscard]] base::Result<std::variant<Options, PrintText>> parse_options(
    std::span<char* const> arguments);

}  // namespace capsize::simulator
