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

struct Group {
  std::string events;  // file with the counters
  std::string limit;   // file with the limit
};

/// Of the second version of control groups (`0::/path`), or of the first (`5:memory:/path`).
Group group_of_this_process() {
  std::istringstream groups(content("/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t path = line.rfind(':');
    if (path == std::string::npos) continue;
    const std::string where = line.substr(path + 1);
    if (line.starts_with("0::")) {
      return {"/sys/fs/cgroup" + where + "/memory.events",
              "/sys/fs/cgroup" + where + "/memory.max"};
    }
    if (line.find(":memory:") != std::string::npos) {
      const std::string directory = "/sys/fs/cgroup/memory" + where;
      return {directory + "/memory.oom_control", directory + "/memory.limit_in_bytes"};
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
  return std::max(number_of(content("/proc/vmstat"), "oom_kill"),
                  number_of(content(group_of_this_process().events), "oom_kill"));
}

std::uint64_t memory_available() {
  const std::uint64_t machine = number_of(content("/proc/meminfo"), "MemTotal") * 1024;
  const std::uint64_t group = number_of(content(group_of_this_process().limit), "");
  return group == 0 ? machine : std::min(machine, group);
}

}  // namespace capsize::harness
