// How often leadership changed hands, counted from what the nodes traced of themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace capsize::harness {

/// Elections won, each term once, over all traces; a file that cannot be read counts as empty.
[[nodiscard]] std::uint64_t elections_won(const std::vector<std::filesystem::path>& traces);

}  // namespace capsize::harness
