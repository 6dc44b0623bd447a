// The lines of a file that is still being written: each call delivers what was appended since the
// last one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/store/beneath.h"

namespace capsize::harness {

class GrowingLines {
 public:
  /// A line that is longer is left out.
  static constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

  explicit GrowingLines(std::string path) : path_(std::move(path)) {}

  struct Reading {
    bool anew = false;     ///< the file was replaced or became shorter: earlier lines do not count
    bool skipped = false;  ///< lines before these were left out (`from_end`)
    std::uint64_t bytes = 0;  ///< of the file
    std::uint64_t read = 0;   ///< of these, incomplete last line included
    std::string_view lines;   ///< whole lines with their line feeds; valid until the next call
  };
  /// Reads up to `bytes_max` new bytes of the file in `directory`; one that is missing, or no
  /// regular file, has none. `from_end`: if there is more, only its end.
  Reading read(const OpenDirectory& directory, std::size_t bytes_max, bool from_end = false);

 private:
  std::string path_;
  std::uint64_t inode_ = 0;
  std::uint64_t position_ = 0;
  std::string buffer_;         // whole lines, then the beginning of the next one
  std::size_t lines_end_ = 0;  // of the whole lines
  bool inside_long_line_ = false;
};

/// Calls `on_line` for each line, without its line feed.
void for_each_line(std::string_view lines, const std::function<void(std::string_view)>& on_line);

}  // namespace capsize::harness
