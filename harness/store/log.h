// harness.log: what the harness did during a run, for debugging. Only log.cpp includes spdlog.
#pragma once

#include <fmt/core.h>

#include <filesystem>
#include <string>

namespace capsize::harness {

/// Sends all further lines to this file, and nowhere else.
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
