#include "harness/store/log.h"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>

#include <memory>

namespace capsize::harness {
namespace {

std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}

}  // namespace

void open_log(const std::filesystem::path& path) {
  auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
  logger() = std::make_shared<spdlog::logger>("harness", std::move(sink));
  logger()->flush_on(spdlog::level::info);
  // By default spdlog reports a failed write on standard error, at a full disk once a second.
  logger()->set_error_handler([](const std::string&) {});
}

void log_line(bool error, const std::string& text) {
  if (!logger()) return;
  logger()->log(error ? spdlog::level::err : spdlog::level::info, "{}", text);
}

}  // namespace capsize::harness
