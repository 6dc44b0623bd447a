#include "harness/cluster/out_of_memory.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

namespace capsize::harness {
namespace {

std::string content(const std::string& path) {
  std::ostringstream text;
  std::ifstream file(path);
  if (file) text << file.rdbuf();
  return text.str();
}

/// A control group of this process, and the names of its files.
struct Group {
  std::string root;  // where groups are mounted
  std::string path;  // of the group in there
  const char* events = "";
  const char* limit = "";
};

/// Of the second version of control groups (`0::/path`), or of the first (`5:memory:/path`).
Group group_of_this_process() {
  std::istringstream groups(content("/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t path = line.rfind(':');
    if (path == std::string::npos) continue;
    const std::string where = line.substr(path + 1);
    if (line.starts_with("0::")) return {"/sys/fs/cgroup", where, "/memory.events", "/memory.max"};
    if (line.find(":memory:") != std::string::npos) {
      return {"/sys/fs/cgroup/memory", where, "/memory.oom_control", "/memory.limit_in_bytes"};
    }
  }
  return {};
}

}  // namespace

std::uint64_t number_of(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.starts_with(name)) continue;
    line.remove_prefix(name.size());
    const std::size_t digits = line.find_first_of("0123456789");
    if (digits == std::string_view::npos || line.find_first_not_of(": \t") != digits) continue;
    std::uint64_t number = 0;
    std::from_chars(line.data() + digits, line.data() + line.size(), number);
    return number;
  }
  return 0;
}

std::uint64_t out_of_memory_kills() {
  const Group group = group_of_this_process();
  return std::max(number_of(content("/proc/vmstat"), "oom_kill"),
                  number_of(content(group.root + group.path + group.events), "oom_kill"));
}

std::uint64_t memory_available() {
  std::uint64_t least = number_of(content("/proc/meminfo"), "MemTotal") * 1024;
  // The limit may be on a group above: a service's, a pod's.
  const Group group = group_of_this_process();
  for (std::string path = group.path;; path.resize(path.rfind('/'))) {
    const std::uint64_t limit = number_of(content(group.root + path + group.limit), "");
    if (limit > 0) least = std::min(least, limit);
    if (path.find('/') == std::string::npos) return least;
  }
}

}  // namespace capsize::harness
