#include "tests/harness_bugs/harness_bugs.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace capsize::harness_bugs {
namespace {

/// What each does wrong. The branches are where the rule is implemented.
constexpr std::array<std::string_view, 8> kNames = {
    "checker-gives-up-valid",  // the checker says valid at its time limit
    "fault-not-applied",       // a fault is reported as begun that was never made
    "history-loses-block",     // the recorder drops a block in the middle
    "kill-misses",             // the kill hits a wrapper instead of the node
    "late-stamp",              // invocations are recorded up to 50 ms after the request was sent
    "process-reused",          // a process number continues after an indeterminate operation
    "proxy-leaks",             // a cut link lets one message in fifty through
    "timeout-as-fail",         // a timeout is recorded as a definite failure
};

std::string_view read_environment() {
  const char* name = std::getenv("CAPSIZE_HARNESS_BUG");
  if (name == nullptr || *name == '\0') return {};
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
    std::fprintf(stderr, "CAPSIZE_HARNESS_BUG: found '%s', expected one of ", name);
    for (const std::string_view known : kNames) {
      std::fprintf(stderr, "%s%s", known == kNames.front() ? "" : ", ", known.data());
    }
    std::fputs("\n", stderr);
    std::exit(64);
  }
  return name;
}

}  // namespace

std::string_view active() {
  static const std::string_view name = read_environment();
  return name;
}

bool is_active(std::string_view name) {
  return active() == name;
}

}  // namespace capsize::harness_bugs
