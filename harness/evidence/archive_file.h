// ArchiveFile: writes a tar archive, compressed as its name says. The only place that uses
// libarchive.
//
// The archive appears under its name once it is complete: until then it has a temporary name, which
// is removed if anything fails.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace capsize::harness {

class ArchiveFile {
 public:
  /// Error: the name does not end in .tar.zst or .tar.gz, or the file cannot be created.
  static base::Result<ArchiveFile> create(const std::filesystem::path& path);
  ~ArchiveFile();
  ArchiveFile(ArchiveFile&&) noexcept;
  ArchiveFile& operator=(ArchiveFile&&) noexcept;

  /// `modified`: seconds since 1970.
  base::Status add_text(const std::string& name, std::string_view text, std::int64_t modified);
  /// Adds a regular file, without following a link. `read` is called with the number of bytes
  /// after each block. A file that becomes shorter meanwhile is filled up with zeros. Returns why
  /// the file is not part of the archive, if it cannot be opened; otherwise nothing. Error: it
  /// cannot be read to its end, or the archive cannot be written.
  base::Result<std::optional<std::string>> add_file(const std::string& name,
                                                    const std::filesystem::path& file,
                                                    const std::function<void(std::uint64_t)>& read);
  /// Completes the archive and gives it its name.
  base::Status finish();

 private:
  struct State;
  explicit ArchiveFile(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace capsize::harness
