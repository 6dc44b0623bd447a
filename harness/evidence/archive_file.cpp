#include "harness/evidence/archive_file.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace capsize::harness {
namespace fs = std::filesystem;

struct ArchiveFile::State {
  fs::path path;
  fs::path temporary;
  struct archive* archive = archive_write_new();
  bool finished = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    archive_write_free(archive);
    std::error_code ignored;
    if (!finished && !temporary.empty()) fs::remove(temporary, ignored);
  }
};

namespace {

constexpr std::size_t kBlock = std::size_t{256} * 1024;

base::Error error_of(struct archive* archive, const fs::path& path) {
  const char* reason = archive_error_string(archive);
  return base::Error{fmt::format("{}: cannot be written: {}", path.string(),
                                 reason != nullptr ? reason : "unknown reason")};
}

base::Error error_of_file(const fs::path& path) {
  return base::Error{fmt::format("{}: cannot be read: {}", path.string(), std::strerror(errno))};
}

/// False: no archive has such a name.
bool choose_compression(struct archive* archive, const std::string& name, bool& possible) {
  if (name.ends_with(".tar.zst")) {
    possible = archive_write_add_filter_zstd(archive) == ARCHIVE_OK;
  } else if (name.ends_with(".tar.gz")) {
    possible = archive_write_add_filter_gzip(archive) == ARCHIVE_OK &&
               archive_write_set_filter_option(archive, "gzip", "timestamp", nullptr) == ARCHIVE_OK;
  } else {
    return false;
  }
  return true;
}

base::Status begin_entry(struct archive* archive, const fs::path& path, const std::string& name,
                         std::uint64_t bytes, std::int64_t modified) {
  struct archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, name.c_str());
  archive_entry_set_size(entry, static_cast<la_int64_t>(bytes));
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_perm(entry, 0644);
  archive_entry_set_mtime(entry, modified, 0);
  const int written = archive_write_header(archive, entry);
  archive_entry_free(entry);
  if (written != ARCHIVE_OK) return error_of(archive, path);
  return {};
}

/// A descriptor that is closed at the end of its scope.
struct Descriptor {
  int number;
  explicit Descriptor(int opened) : number(opened) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace

ArchiveFile::ArchiveFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveFile::~ArchiveFile() = default;
ArchiveFile::ArchiveFile(ArchiveFile&&) noexcept = default;
ArchiveFile& ArchiveFile::operator=(ArchiveFile&&) noexcept = default;

base::Result<ArchiveFile> ArchiveFile::create(const fs::path& path) {
  auto state = std::make_unique<State>();
  state->path = path;
  bool possible = false;
  if (!choose_compression(state->archive, path.string(), possible)) {
    return base::Error{
        fmt::format("{}: expected a name that ends in .tar.zst or .tar.gz", path.string())};
  }
  if (!possible || archive_write_set_format_pax_restricted(state->archive) != ARCHIVE_OK) {
    return error_of(state->archive, path);
  }
  state->temporary = path.string() + ".new";
  if (archive_write_open_filename(state->archive, state->temporary.c_str()) != ARCHIVE_OK) {
    return error_of(state->archive, path);
  }
  return ArchiveFile(std::move(state));
}

base::Status ArchiveFile::add_text(const std::string& name, std::string_view text,
                                   std::int64_t modified) {
  auto begun = begin_entry(state_->archive, state_->path, name, text.size(), modified);
  if (!begun) return begun;
  const auto written = archive_write_data(state_->archive, text.data(), text.size());
  if (written != static_cast<la_ssize_t>(text.size())) {
    return error_of(state_->archive, state_->path);
  }
  return {};
}

base::Result<std::optional<std::string>> ArchiveFile::add_file(
    const std::string& name, const fs::path& file, const std::function<void(std::uint64_t)>& read) {
  // NONBLOCK: opening a pipe that took the file's place must not wait for a writer.
  const Descriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (source.number < 0 || ::fstat(source.number, &status) != 0) {
    return std::optional(error_of_file(file).message);
  }
  if (!S_ISREG(status.st_mode)) return std::optional(file.string() + ": no regular file any more");
  auto rest = static_cast<std::uint64_t>(status.st_size);
  auto begun = begin_entry(state_->archive, state_->path, name, rest, status.st_mtime);
  if (!begun) return begun.error();
  std::vector<char> block(kBlock);
  while (rest > 0) {
    const auto wanted = std::min<std::uint64_t>(rest, block.size());
    const ssize_t got = ::read(source.number, block.data(), wanted);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_of_file(file);
    if (got == 0) break;
    if (archive_write_data(state_->archive, block.data(), static_cast<std::size_t>(got)) != got) {
      return error_of(state_->archive, state_->path);
    }
    rest -= static_cast<std::uint64_t>(got);
    if (read) read(static_cast<std::uint64_t>(got));
  }
  return std::optional<std::string>();
}

base::Status ArchiveFile::finish() {
  if (archive_write_close(state_->archive) != ARCHIVE_OK) {
    return error_of(state_->archive, state_->path);
  }
  std::error_code error;
  fs::rename(state_->temporary, state_->path, error);
  if (error) {
    return base::Error{
        fmt::format("{}: cannot be written: {}", state_->path.string(), error.message())};
  }
  state_->finished = true;
  return {};
}

}  // namespace capsize::harness
