#include "harness/process/kernel_files.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace capsize::harness {

std::string kernel_file(const std::string& path) {
  std::ostringstream text;
  std::ifstream file(path);
  if (file) text << file.rdbuf();
  return text.str();
}

MemoryGroup memory_group() {
  std::istringstream groups(kernel_file("/proc/self/cgroup"));
  for (std::string line; std::getline(groups, line);) {
    const std::size_t path = line.rfind(':');
    if (path == std::string::npos) continue;
    const std::string where = line.substr(path + 1);
    if (line.starts_with("0::")) {
      return {"/sys/fs/cgroup", where, "/memory.events", "/memory.max", "/memory.current"};
    }
    if (line.find(":memory:") != std::string::npos) {
      return {"/sys/fs/cgroup/memory", where, "/memory.oom_control", "/memory.limit_in_bytes",
              "/memory.usage_in_bytes"};
    }
  }
  return {};
}

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

}  // namespace capsize::harness
