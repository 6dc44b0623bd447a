#include "harness/recorder/history_writer.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include "base/harness_bug.h"
#include "base/json.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kBlockBytes = 64 * 1024;

}  // namespace

HistoryWriter::~HistoryWriter() {
  if (file_ < 0) return;
  flush();
  ::close(file_);
}

base::Status HistoryWriter::open(const std::filesystem::path& path, std::string_view header) {
  path_ = path.string();
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file_ < 0) {
    error_number_ = errno;
    return base::Error{fmt::format("{}: cannot be created: {}", path_, std::strerror(errno))};
  }
  buffer_.append(header).push_back('\n');
  flush();
  return status_;
}

void HistoryWriter::write(const HistoryEvent& event) {
  take_notes();
  const std::string process = std::to_string(event.process);
  const std::string key = base::Json(event.key).dump();  // a JSON string: a key may hold anything
  checker::append_event_line(buffer_, {.index = index_++,
                                       .time = event.time.count(),
                                       .process = process,
                                       .type = event.type,
                                       .f = event.f,
                                       .key = key,
                                       .value = event.value,
                                       .error = event.error});
  buffer_.push_back('\n');
  if (buffer_.size() >= kBlockBytes) flush();
}

void HistoryWriter::note(base::Duration time, std::string_view f, std::string_view value) {
  const std::lock_guard lock(notes_mutex_);
  notes_.push_back({.time = time, .f = std::string(f), .value = std::string(value)});
}

void HistoryWriter::take_notes() {
  std::vector<Note> notes;
  {
    const std::lock_guard lock(notes_mutex_);
    notes.swap(notes_);
  }
  for (const Note& note : notes) {
    checker::append_event_line(buffer_, {.index = index_++,
                                         .time = note.time.count(),
                                         .process = R"("nemesis")",
                                         .type = EventType::kInfo,
                                         .f = note.f,
                                         .value = note.value});
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
  if (!left.empty()) ++blocks_;
  if (HARNESS_BUG("history-loses-block") && blocks_ == 10) left = {};
  while (!left.empty() && status_.ok()) {
    const ssize_t written = ::write(file_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      error_number_ = errno;
      status_ = base::Error{fmt::format("{}: cannot be written: {}", path_, std::strerror(errno))};
      break;
    }
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
}

}  // namespace capsize::harness
