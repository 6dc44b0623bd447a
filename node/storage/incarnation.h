// The number of starts of one data directory. It is in every frame and trace line, so a reply to an
// earlier life is recognised; it must never be used twice.
#pragma once

#include <cstdint>
#include <variant>

#include "node/storage/log.h"

namespace capsize::storage {

/// Reads the last number (0 if there is none), writes the next one and returns it. It is on disk,
/// name and all, before this returns. A crash in between at worst skips numbers. Other content than
/// this function writes is CorruptLog: guessing could repeat a number.
[[nodiscard]] std::variant<std::uint64_t, CorruptLog, IoFailure> next_incarnation(
    FileSystem& files, const std::string& directory);

}  // namespace capsize::storage
