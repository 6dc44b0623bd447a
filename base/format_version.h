// The version of a file format, which the file itself contains: {"capsize-faults":1,…}.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace capsize::base {

/// Error if `object` has another version than `known` under `key`: "found 2, expected 1". A file
/// without the key has version 1: earlier releases did not write the key.
[[nodiscard]] Status check_format_version(const Json& object, std::string_view key,
                                          std::uint64_t known);

}  // namespace capsize::base
