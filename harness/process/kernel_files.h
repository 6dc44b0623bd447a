// What the kernel says in its text files (/proc, /sys/fs/cgroup).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace capsize::harness {

/// The whole file; empty if it cannot be read.
[[nodiscard]] std::string kernel_file(const std::string& path);

/// The number after `name` at the beginning of a line of `text`: "oom_kill 3", "MemTotal:  8 kB". 0
/// if there is none.
[[nodiscard]] std::uint64_t number_of(std::string_view text, std::string_view name);

/// The control group that bounds the memory of this process, and the names of its files.
struct MemoryGroup {
  std::string root;  // where groups are mounted
  std::string path;  // of the group in there
  const char* events = "";
  const char* limit = "";
  const char* usage = "";
};

/// Of the second version of control groups (`0::/path`), or of the first (`5:memory:/path`).
[[nodiscard]] MemoryGroup memory_group();

}  // namespace capsize::harness
