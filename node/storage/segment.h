// The segment files of the log: their names, and the writer of the last one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/storage/file_system.h"
#include "node/storage/log_format.h"

namespace capsize::storage {

/// 7 is "log-00000007".
[[nodiscard]] std::string segment_name(std::uint64_t number);
/// nullopt for any name that segment_name() does not produce.
[[nodiscard]] std::optional<std::uint64_t> parse_segment_name(std::string_view name);
/// The numbers of the segments in a directory, ascending.
[[nodiscard]] base::Result<std::vector<std::uint64_t>> list_segments(FileSystem& files,
                                                                     const std::string& directory);

/// The last segment of a log, open for writing. Reserves disk space ahead in steps.
class SegmentWriter {
 public:
  /// Creates a segment. The header is written to a temporary file, synced and renamed, and the
  /// directory is synced, so no crash leaves a segment with half a header.
  [[nodiscard]] static base::Result<SegmentWriter> create(FileSystem& files,
                                                          const std::string& directory,
                                                          const SegmentHeader& header);
  /// Opens a segment whose records end at `end`, and syncs it: the last incarnation may have been
  /// killed between its write and its sync.
  [[nodiscard]] static base::Result<SegmentWriter> open(FileSystem& files,
                                                        const std::string& directory,
                                                        std::uint64_t number, std::uint64_t end);

  /// One write, one sync.
  [[nodiscard]] base::Status append(std::string_view records, std::uint64_t segment_bytes);
  [[nodiscard]] std::uint64_t size() const { return end_; }

 private:
  SegmentWriter(std::unique_ptr<WritableFile> file, std::uint64_t end)
      : file_(std::move(file)), end_(end), reserved_(end) {}

  std::unique_ptr<WritableFile> file_;
  std::uint64_t end_;
  std::uint64_t reserved_;  // the file is at least this long
};

}  // namespace capsize::storage
