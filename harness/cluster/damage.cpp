#include "harness/cluster/damage.h"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "harness/cluster/process_cluster.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using base::Json;

// Far above what a run writes; beyond it a fault would be slow, not wrong.
constexpr std::uintmax_t kBytesMax = std::uintmax_t{256} * 1024 * 1024;
constexpr std::size_t kFilesMax = 1000;
constexpr std::string_view kSegmentPrefix = "log-";
// Up to where the log is synced (node/storage/sync_mark.h): it belongs to the log.
constexpr std::string_view kMark = "synced";
// Stays when a disk is replaced: the harness must not take a new process for an old one.
constexpr std::string_view kIncarnation = "incarnation";

struct Refused {
  std::string why;
};

bool is_segment(const fs::path& file) {
  return file.filename().string().starts_with(kSegmentPrefix);
}

/// Regular files only, and within the bounds.
std::vector<fs::path> files_of(const fs::path& directory) {
  std::vector<fs::path> files;
  std::uintmax_t bytes = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_symlink() || !entry.is_regular_file()) {
      throw Refused{entry.path().string() + " is not a regular file"};
    }
    bytes += entry.file_size();
    files.push_back(entry.path());
  }
  if (bytes > kBytesMax || files.size() > kFilesMax) {
    throw Refused{fmt::format("{} has {} files of {} bytes, more than {} or {}", directory.string(),
                              files.size(), bytes, kFilesMax, kBytesMax)};
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_of_the_log(const fs::path& file) {
  return is_segment(file) || file.filename() == kMark;
}

void copy_files(const fs::path& from, const fs::path& to, bool log_only) {
  fs::remove_all(to);
  fs::create_directories(to);
  // The mark first: the node may write meanwhile, and a mark must not be newer than its log.
  if (fs::exists(from / kMark)) fs::copy_file(from / kMark, to / kMark);
  for (const fs::path& file : files_of(from)) {
    if (file.filename() == kMark || (log_only && !is_segment(file))) continue;
    fs::copy_file(file, to / file.filename());
  }
}

std::string read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(in), {});
  if (in.bad() || !in.is_open()) throw Refused{file.string() + " cannot be read"};
  return bytes;
}

void write(const fs::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw Refused{file.string() + " cannot be written"};
}

/// Where the written part ends: after it is preallocated space, which is zeros.
std::size_t used(std::string_view bytes) {
  const auto last = bytes.find_last_not_of('\0');
  return last == std::string_view::npos ? 0 : last + 1;
}

/// What file system calls throw becomes an error.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Refused& refused) {
    return base::Error{refused.why};
  } catch (const fs::filesystem_error& error) {
    return base::Error{error.what()};
  }
}

}  // namespace

fs::path DataDirectory::newest_segment() const {
  fs::path newest;
  for (const fs::path& file : files_of(data())) {
    if (is_segment(file)) newest = file;  // sorted, and the numbers have leading zeros
  }
  if (newest.empty()) throw Refused{data().string() + " has no segment of a log"};
  return newest;
}

base::Status DataDirectory::copy() {
  return guarded([&]() -> base::Status {
    copy_files(data(), home_ / "data-older", /*log_only=*/true);
    return {};
  });
}

base::Status DataDirectory::keep() {
  if (!fs::exists(home_ / "data-intact")) {
    copy_files(data(), home_ / "data-intact", /*log_only=*/false);
  }
  return {};
}

base::Result<Json> DataDirectory::damage(const Json& how) {
  return guarded([&]() -> base::Result<Json> {
    const auto kind = how.value("kind", "");
    if (auto kept = keep(); !kept) return kept.error();
    if (kind == "truncate") return truncate(how.value("share", 0.0));
    if (kind == "rollback") return roll_back();
    if (kind == "wipe") return wipe();
    if (kind != "bit-flip") {
      return base::Error{"found kind " + kind + ", expected bit-flip, truncate, rollback or wipe"};
    }
    const bool snapshot = how.value("file", "") == "snapshot";
    return flip(snapshot ? data() / "snapshot" : newest_segment(), how.value("bits", 1U));
  });
}

base::Result<Json> DataDirectory::flip(const fs::path& file, std::uint64_t bits) {
  std::string bytes = read(file);
  const std::string before = bytes;
  const std::size_t end = used(bytes);
  if (end == 0) return base::Error{file.string() + " is empty"};
  for (std::uint64_t n = 0; n < bits; ++n) {
    auto& byte = bytes[prng_.below(end)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << prng_.below(8)));
  }
  std::size_t changed = 0, first = 0;
  for (std::size_t at = end; at-- > 0;) {
    if (bytes[at] == before[at]) continue;
    ++changed;
    first = at;
  }
  write(file, bytes);
  return Json{{"file", file.filename().string()},
              {"offset", first},
              {"bytes", changed},
              {"was", static_cast<unsigned char>(before[first])},
              {"is", static_cast<unsigned char>(bytes[first])},
              {"of", end}};
}

base::Result<Json> DataDirectory::truncate(double share) {
  const fs::path file = newest_segment();
  const std::size_t end = used(read(file));
  const auto lost = std::min(
      end, static_cast<std::size_t>(static_cast<double>(end) * std::clamp(share, 0.0, 1.0)));
  fs::resize_file(file, end - lost);
  return Json{
      {"file", file.filename().string()}, {"offset", end - lost}, {"bytes", lost}, {"of", end}};
}

base::Result<Json> DataDirectory::roll_back() {
  const fs::path older = home_ / "data-older";
  if (!fs::exists(older)) return base::Error{"no older copy was made"};
  std::size_t had = 0, has = 0;
  for (const fs::path& file : files_of(data())) {
    if (!is_of_the_log(file)) continue;
    if (is_segment(file)) had += used(read(file));
    fs::remove(file);
  }
  std::string newest;
  std::size_t end = 0;
  for (const fs::path& file : files_of(older)) {
    fs::copy_file(file, data() / file.filename());
    if (!is_segment(file)) continue;
    newest = file.filename().string();
    end = used(read(file));
    has += end;
  }
  return Json{{"file", newest}, {"offset", end}, {"bytes", had > has ? had - has : 0}, {"of", had}};
}

base::Result<Json> DataDirectory::wipe() {
  const std::string newest = newest_segment().filename().string();
  std::size_t had = 0;
  for (const fs::path& file : files_of(data())) {
    if (file.filename() == kIncarnation) continue;
    if (is_segment(file)) had += used(read(file));
    fs::remove(file);
  }
  return Json{{"file", newest}, {"offset", 0}, {"bytes", had}, {"of", had}};
}

base::Status DataDirectory::repair() {
  return guarded([&]() -> base::Status {
    const fs::path intact = home_ / "data-intact";
    const fs::path damaged = home_ / "data-damaged";
    if (!fs::exists(intact)) return {};
    fs::remove_all(damaged);
    fs::rename(data(), damaged);
    fs::rename(intact, data());
    const fs::path newest = damaged / "incarnation";
    if (fs::exists(newest)) {
      fs::copy_file(newest, data() / "incarnation", fs::copy_options::overwrite_existing);
    }
    return {};
  });
}

nemesis::ActionResult ProcessCluster::damage(nemesis::Node node, const Json& how) {
  if (how.value("kind", "") == "copy") {
    const auto copied = data_[node].copy();
    if (!copied) return {.done = false, .reason = copied.error().message};
    return {.done = true};
  }
  const auto found = data_[node].damage(how);
  if (!found) return {.done = false, .reason = found.error().message};
  return {.done = true, .evidence = found.value()};
}

nemesis::ActionResult ProcessCluster::repair(const std::vector<nemesis::Node>& nodes) {
  nemesis::ActionResult result{.done = true};
  for (const nemesis::Node node : nodes) {
    const auto repaired = data_[node].repair();
    if (repaired) continue;
    result.done = false;
    result.reason = nemesis::node_name(node) + ": " + repaired.error().message;
  }
  return result;
}

}  // namespace capsize::harness
