#include "harness/cluster/trace_tail.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string_view>

namespace capsize::harness {
namespace {

constexpr std::array<std::string_view, 7> kWanted = {
    "start", "role", "config", "snapshot-begin", "snapshot", "install", "transfer"};
constexpr std::string_view kKey = "\"event\":\"";
constexpr std::size_t kBlockBytes = std::size_t{64} * 1024;
// A trace line has about 200 bytes; a much longer one is no trace line.
constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;

bool wanted(std::string_view line) {
  const auto key = line.find(kKey);
  if (key == std::string_view::npos) return false;
  const auto value = line.substr(key + kKey.size());
  for (const auto event : kWanted) {
    if (value.starts_with(event) && value.substr(event.size()).starts_with('"')) return true;
  }
  return false;
}

}  // namespace

void TraceTail::read(std::vector<nemesis::TraceEvent>& events) {
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;  // not begun yet
  std::array<char, kBlockBytes> block{};
  while (true) {
    const auto bytes = ::pread(file, block.data(), block.size(), static_cast<::off_t>(position_));
    if (bytes <= 0) break;
    position_ += static_cast<std::uint64_t>(bytes);
    rest_.append(block.data(), static_cast<std::size_t>(bytes));
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
      take_line(std::string_view(rest_).substr(begin, end - begin), events);
      begin = end + 1;
    }
    rest_.erase(0, begin);
    if (rest_.size() > kLineBytesMax) rest_.clear();
  }
  ::close(file);
}

void TraceTail::take_line(std::string_view line, std::vector<nemesis::TraceEvent>& events) {
  if (!wanted(line)) return;
  const auto event = parser_.parse(line, names_);
  if (!event) return;  // a killed node may have left half a line
  events.push_back({.node = node_,
                    .event = std::string(checker::name(event->kind)),
                    .role = std::string(checker::name(event->role)),
                    .term = event->term,
                    .index = event->index});
}

}  // namespace capsize::harness
