// harness.log: what the harness itself did, for whoever wonders afterwards. spdlog stays in
// log.cpp.
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <string>

namespace capsize::harness {

/// From now on lines go to this file (and nowhere else).
void open_log(const std::filesystem::path& path);
void log_line(bool error, const std::string& text);

template <class... Arguments>
void log_info(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log_line(false, fmt::format(format, std::forward<Arguments>(arguments)...));
}
template <class... Arguments>
void log_error(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
  log_line(true, fmt::format(format, std::forward<Arguments>(arguments)...));
}

}  // namespace capsize::harness
