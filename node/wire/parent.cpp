#include "node/wire/parent.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <optional>
#include <string_view>

namespace capsize::wire {
namespace {

std::optional<pid_t> parse_pid(std::string_view text) {
  pid_t pid = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, pid);
  if (error != std::errc{} || stop != end || pid <= 0) return std::nullopt;
  return pid;
}

std::optional<pid_t> find_parent(std::span<char* const> arguments) {
  constexpr std::string_view kFlag = "--parent";
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (argument == kFlag && i + 1 < arguments.size()) return parse_pid(arguments[i + 1]);
    if (argument.starts_with(kFlag) && argument.substr(kFlag.size()).starts_with('=')) {
      return parse_pid(argument.substr(kFlag.size() + 1));
    }
  }
  return std::nullopt;
}

}  // namespace

bool bind_to_parent(std::span<char* const> arguments) {
  const std::optional<pid_t> parent = find_parent(arguments);
  if (!parent) return true;
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return false;
  // Checked after the prctl: if the parent ended before it, the kernel sends no signal.
  return ::getppid() == *parent;
}

}  // namespace capsize::wire
