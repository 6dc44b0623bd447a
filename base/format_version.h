// The version of a file format, as the file itself says it: {"capsize-faults":1,…}.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace capsize::base {

/// Error if `object` says another version than `known` under `key`: "found 2, expected 1". A
/// file without the key is of version 1, as files of releases are that did not write it.
[[nodiscard]] Status check_format_version(const Json& object, std::string_view key,
                                          std::uint64_t known);

}  // namespace capsize::base
