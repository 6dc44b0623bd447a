// The version, revision and build type of a binary.
#pragma once

#include <string_view>

namespace capsize::base {

/// The project's version: "0.1.0".
[[nodiscard]] std::string_view version();
/// The commit, with "-modified" if the tree differed from it; "unknown" outside a checkout.
[[nodiscard]] std::string_view revision();
/// CMake's name of the build type: "Release".
[[nodiscard]] std::string_view build_type();

}  // namespace capsize::base
