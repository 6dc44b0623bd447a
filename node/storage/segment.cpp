#include "node/storage/segment.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "node/bugs/seeded_bug.h"

namespace capsize::storage {
namespace {

constexpr std::string_view kPrefix = "log-";
constexpr std::uint64_t kReserveStep = std::uint64_t{1} * 1024 * 1024;

std::uint64_t rounded_up(std::uint64_t size, std::uint64_t step) {
  return (size + step - 1) / step * step;
}

}  // namespace

std::string segment_name(std::uint64_t number) {
  return fmt::format("{}{:08}", kPrefix, number);
}

std::optional<std::uint64_t> parse_segment_name(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::string_view digits = name.substr(kPrefix.size());
  std::uint64_t number = 0;
  const auto end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  if (segment_name(number) != name) return std::nullopt;
  return number;
}

base::Result<std::vector<std::uint64_t>> list_segments(FileSystem& files,
                                                       const std::string& directory) {
  const auto names = files.list(directory);
  if (!names) return names.error();
  std::vector<std::uint64_t> numbers;
  for (const std::string& name : names.value()) {
    if (const auto number = parse_segment_name(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

base::Result<SegmentWriter> SegmentWriter::create(FileSystem& files, const std::string& directory,
                                                  const SegmentHeader& header) {
  const std::string bytes = encode_segment_header(header);
  const std::string name = segment_name(header.number);
  if (auto status = write_atomically(files, directory, name, bytes); !status) {
    return status.error();
  }
  auto file = files.open_append(directory + "/" + name, bytes.size());
  if (!file) return file.error();
  return SegmentWriter(std::move(file).value(), bytes.size());
}

base::Result<SegmentWriter> SegmentWriter::open(FileSystem& files, const std::string& directory,
                                                std::uint64_t number, std::uint64_t end) {
  auto file = files.open_append(directory + "/" + segment_name(number), end);
  if (!file) return file.error();
  // Recovery has read the bytes, possibly from the page cache only, and the node is about to act on
  // them. The directory, too: the last incarnation may have been killed between rename and sync.
  if (auto status = file.value()->sync(); !status) return status.error();
  if (auto status = files.sync_directory(directory); !status) return status.error();
  return SegmentWriter(std::move(file).value(), end);
}

base::Status SegmentWriter::append(std::string_view records, std::uint64_t segment_bytes) {
  const std::uint64_t end = end_ + records.size();
  if (end > reserved_) {
    // Reserves nothing beyond segment_bytes, where the next segment begins, unless these records
    // need it.
    reserved_ = std::max(end, std::min(rounded_up(end, kReserveStep), segment_bytes));
    if (auto status = file_->reserve(reserved_); !status) return status;
  }
  if (auto status = file_->append(records); !status) return status;
  if (auto status = file_->sync(); !status && !SEEDED_BUG("fsync-error-ignored")) return status;
  end_ = end;
  return {};
}

}  // namespace capsize::storage
