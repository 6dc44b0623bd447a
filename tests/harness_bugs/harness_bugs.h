// Bugs of the harness itself, in the test-only programs (base/harness_bug.h).
#pragma once

#include <string_view>

namespace capsize::harness_bugs {

/// From the environment variable CAPSIZE_HARNESS_BUG; empty: none. An unknown name ends the
/// process with a message: a test that mistypes it would test the correct harness.
[[nodiscard]] std::string_view active();
[[nodiscard]] bool is_active(std::string_view name);

}  // namespace capsize::harness_bugs
