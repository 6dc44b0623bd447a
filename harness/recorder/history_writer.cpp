#include "harness/recorder/history_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iterator>
#include "base/json.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;

/// A JSON string: keys and errors may hold anything.
std::string quoted(std::string_view text) {
  return base::Json(text).dump();
}

}  // namespace

std::string_view name(EventType type) {
  switch (type) {
    case EventType::kInvoke:
      return "invoke";
    case EventType::kOk:
      return "ok";
    case EventType::kFail:
      return "fail";
    case EventType::kInfo:
      return "info";
  }
  return "?";
}

HistoryWriter::~HistoryWriter() {
  if (file_ < 0) return;
  flush();
  ::close(file_);
}

base::Status HistoryWriter::open(const std::filesystem::path& path, std::string_view header) {
  path_ = path.string();
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file_ < 0) {
    return base::Error{fmt::format("{}: cannot be created: {}", path_, std::strerror(errno))};
  }
  buffer_.append(header).push_back('\n');
  flush();
  return status_;
}

void HistoryWriter::write(const HistoryEvent& event) {
  take_notes();
  auto out = std::back_inserter(buffer_);
  fmt::format_to(out,
                 R"({{"index":{},"time":{},"process":{},"type":"{}","f":"{}","key":{},"value":{})",
                 index_++, event.time.count(), event.process, name(event.type), event.f,
                 quoted(event.key), event.value);
  if (!event.error.empty()) fmt::format_to(out, R"(,"error":{})", quoted(event.error));
  buffer_.append("}\n");
  if (buffer_.size() >= kBlockBytes) flush();
}

void HistoryWriter::note(base::Duration time, std::string_view f, std::string_view value) {
  std::string line =
      fmt::format(R"("time":{},"process":"nemesis","type":"info","f":{},"value":{}}})",
                  time.count(), quoted(f), value);
  const std::lock_guard lock(notes_mutex_);
  notes_.push_back(std::move(line));
}

void HistoryWriter::take_notes() {
  std::vector<std::string> lines;
  {
    const std::lock_guard lock(notes_mutex_);
    lines.swap(notes_);
  }
  for (const auto& line : lines) {
    fmt::format_to(std::back_inserter(buffer_), R"({{"index":{},{})", index_++, line);
    buffer_.push_back('\n');
  }
}

void HistoryWriter::flush_if_due(base::Duration now) {
  if (now - flushed_ < kFlushInterval) return;
  flushed_ = now;
  take_notes();
  flush();
}

void HistoryWriter::flush() {
  std::string_view left = buffer_;
  while (!left.empty() && status_.ok()) {
    const ssize_t written = ::write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      status_ = base::Error{fmt::format("{}: cannot be written: {}", path_, std::strerror(errno))};
      break;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

}  // namespace capsize::harness
