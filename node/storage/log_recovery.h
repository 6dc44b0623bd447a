// Reads a log file's bytes back. Pure and total: any bytes give a recovered state or CorruptLog.
#pragma once

#include "node/storage/log.h"

namespace capsize::storage {

struct LogScan {
  raft::Recovered recovered;        // its snapshot is the mark alone, without content
  std::uint64_t number = 1;         // of the file
  std::uint64_t valid_bytes = 0;    // behind the last good record; what follows is a torn tail
  std::uint32_t last_checksum = 0;  // of the last good record
};

/// `path` is only named in errors. Cost: one pass; after a bad record one checksum attempt at each
/// following multiple of 8 whose header is plausible.
[[nodiscard]] std::variant<LogScan, CorruptLog> scan_log(std::string_view bytes,
                                                         const std::string& path);

}  // namespace capsize::storage
