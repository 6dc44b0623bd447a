#include "harness/behaviour/behaviour_record.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/format_version.h"
#include "base/json.h"
#include "base/mismatch.h"

namespace capsize::harness {
namespace {

using base::Json;

constexpr std::uint8_t kManyRuns = 3;

base::Error system_error(const std::filesystem::path& path, const char* what) {
  return {fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno))};
}

std::string text_of(Behaviour behaviour) {
  return fmt::format("{:016x}", behaviour);
}

std::optional<Behaviour> behaviour_of(const Json& value) {
  if (!value.is_string() || value.text().size() != 16) return std::nullopt;
  const std::string& text = value.text();
  Behaviour behaviour = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), behaviour, 16);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return behaviour;
}

/// Reads the lines of a record, and keeps count of who has shown what.
class RecordReader {
 public:
  explicit RecordReader(std::string file) : file_(std::move(file)) {}

  base::Status read(const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      if (end == std::string_view::npos) break;  // torn: its run was killed
      ++number_;
      if (auto status = read_line(rest.substr(0, end)); !status) return status;
      rest.remove_prefix(end + 1);
    }
    return {};
  }
  BehaviourRecord take() { return std::move(record_); }

 private:
  base::Status read_line(std::string_view text) {
    const Json line = Json::parse(text);
    if (!line.is_object()) return wrong(base::excerpt(text), "a JSON object");
    if (number_ == 1) {
      if (auto known = base::check_format_version(line, kBehaviourFormat, kBehaviourVersion);
          !known) {
        return base::Error{fmt::format("{}:1: {}", file_, known.error().message)};
      }
      return {};
    }
    BehaviourLine read;
    const auto run = line.find("run");
    const auto seen = line.find("seen");
    if (run == line.end() || !run->is_string()) return wrong("no run", "key 'run', a string");
    if (seen == line.end() || !seen->is_unsigned()) return wrong("no count", "key 'seen', a count");
    read.run = run->text();
    read.seen = seen->get<std::uint64_t>();
    std::vector<Behaviour>* const lists[] = {&read.first, &read.second, &read.third};
    const char* const names[] = {"first", "second", "third"};
    for (std::uint8_t i = 0; i < kManyRuns; ++i) {
      if (auto status = read_list(line, names[i], i, *lists[i]); !status) return status;
    }
    record_.lines.push_back(std::move(read));
    return {};
  }

  base::Status read_list(const Json& line, const char* name, std::uint8_t shown_before,
                         std::vector<Behaviour>& list) {
    const auto found = line.find(name);
    if (found == line.end() || !found->is_array()) return wrong("no list", name);
    for (const Json& value : *found) {
      const auto behaviour = behaviour_of(value);
      if (!behaviour) return wrong(base::excerpt(value.dump()), "16 hexadecimal digits");
      std::uint8_t& runs = record_.runs[*behaviour];
      if (runs != shown_before) {
        return wrong(fmt::format("{} under '{}'", value.text(), name),
                     fmt::format("a behaviour that {} runs before have shown", shown_before));
      }
      ++runs;
      list.push_back(*behaviour);
    }
    return {};
  }

  base::Error wrong(const std::string& found, const std::string& expected) const {
    return {fmt::format("{}:{}: found {}, expected {}", file_, number_, found, expected)};
  }

  std::string file_;
  std::uint64_t number_ = 0;
  BehaviourRecord record_;
};

base::Result<BehaviourRecord> parse_record(const std::string& text,
                                           const std::filesystem::path& path) {
  RecordReader reader(path.string());
  if (auto status = reader.read(text); !status) return status.error();
  return reader.take();
}

/// What a run adds to the record so far.
BehaviourLine line_of(const std::string& run, const Behaviours& behaviours,
                      const BehaviourRecord& record) {
  BehaviourLine line{.run = run, .seen = behaviours.times.size()};
  std::vector<Behaviour>* const lists[] = {&line.first, &line.second, &line.third};
  for (const auto& [behaviour, times] : behaviours.times) {
    const auto found = record.runs.find(behaviour);
    const std::uint8_t runs = found == record.runs.end() ? std::uint8_t{0} : found->second;
    if (runs < kManyRuns) lists[runs]->push_back(behaviour);
  }
  return line;
}

Json list_of(const std::vector<Behaviour>& behaviours) {
  Json list = Json::array();
  for (const Behaviour behaviour : behaviours) list.push_back(text_of(behaviour));
  return list;
}

std::string to_text(const BehaviourLine& line) {
  return Json({{"run", line.run},
               {"seen", line.seen},
               {"first", list_of(line.first)},
               {"second", list_of(line.second)},
               {"third", list_of(line.third)}})
             .dump() +
         "\n";
}

/// The file, open and locked until this object ends.
class LockedFile {
 public:
  static base::Result<LockedFile> open(const std::filesystem::path& path) {
    LockedFile file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644), path);
    if (file.descriptor_ < 0) return system_error(path, "cannot be opened");
    while (::flock(file.descriptor_, LOCK_EX) != 0) {
      if (errno != EINTR) return system_error(path, "cannot be locked");
    }
    return file;
  }
  LockedFile(LockedFile&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}
  LockedFile& operator=(LockedFile&&) = delete;
  ~LockedFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  base::Result<std::string> read() const {
    std::string text;
    char block[65536];
    for (;;) {
      const ssize_t got =
          ::pread(descriptor_, block, sizeof block, static_cast<off_t>(text.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return system_error(path_, "cannot be read");
      if (got == 0) return text;
      text.append(block, static_cast<std::size_t>(got));
    }
  }
  /// Cuts the file to `size` bytes and appends.
  base::Status replace_end(std::size_t size, std::string_view text) const {
    if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) {
      return system_error(path_, "cannot be written");
    }
    while (!text.empty()) {
      const ssize_t written = ::write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return system_error(path_, "cannot be written");
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

 private:
  LockedFile(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_;
  std::filesystem::path path_;
};

}  // namespace

base::Result<BehaviourRecord> read_behaviour_record(const std::filesystem::path& store) {
  const std::filesystem::path path = store / kBehaviourFile;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    if (!std::filesystem::exists(path)) return BehaviourRecord{};
    return system_error(path, "cannot be read");
  }
  std::stringstream text;
  text << file.rdbuf();
  return parse_record(text.str(), path);
}

base::Result<BehaviourNews> record_behaviours(const std::filesystem::path& store,
                                              const std::string& run,
                                              const Behaviours& behaviours) {
  const std::filesystem::path path = store / kBehaviourFile;
  auto file = LockedFile::open(path);
  if (!file) return file.error();
  auto text = file.value().read();
  if (!text) return text.error();
  auto record = parse_record(text.value(), path);
  if (!record) return record.error();
  const BehaviourLine line = line_of(run, behaviours, record.value());
  const std::size_t complete = text.value().rfind('\n') + 1;  // 0 without a line feed
  std::string added = to_text(line);
  if (complete == 0) added = Json({{kBehaviourFormat, kBehaviourVersion}}).dump() + "\n" + added;
  if (auto status = file.value().replace_end(complete, added); !status) return status.error();
  return BehaviourNews{
      .seen = line.seen, .fresh = line.first.size(), .runs_before = record.value().lines.size()};
}

}  // namespace capsize::harness
