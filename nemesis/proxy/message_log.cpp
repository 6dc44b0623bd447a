#include "nemesis/proxy/message_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace capsize::nemesis::proxy {
namespace {

// A thousand records: at ten thousand messages a second, ten hand-overs.
constexpr std::size_t kBufferBytes = 1024 * kMessageRecordBytes;

std::string why(int error) {
  return std::strerror(error);
}

}  // namespace

base::Result<std::unique_ptr<MessageLog>> MessageLog::create(const Options& options) {
  const int file = ::open(options.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return base::Error{options.path + ": cannot be created: " + why(errno)};
  std::unique_ptr<MessageLog> log(new MessageLog(options, file));
  std::array<char, kMessageRecordBytes> header;
  encode_message_file_header(options.run_id, header.data());
  log->buffer_.assign(header.data(), header.size());
  log->bytes_ = header.size();
  log->flush();
  return log;
}

MessageLog::MessageLog(const Options& options, int file)
    : path_(options.path),
      bytes_max_(options.bytes_max),
      pending_bytes_max_(options.pending_bytes_max),
      file_(file),
      writer_([this] { run(); }) {}

MessageLog::~MessageLog() {
  if (!ended_) append_gap();
  {
    const std::lock_guard lock(mutex_);
    pending_ += buffer_;
    closing_ = true;
  }
  changed_.notify_one();
  writer_.join();
  ::close(file_);
}

void MessageLog::observe(const MessageRecord& record) {
  if (ended_) return;
  last_time_ns_ = record.time_ns;
  // A gap, this record and the last one: all have room.
  if (bytes_ + 3 * kMessageRecordBytes > bytes_max_) {
    return end("reached its size of " + std::to_string(bytes_max_) + " bytes (--messages-max)");
  }
  if (buffer_.size() >= kBufferBytes) flush();
  if (buffer_.size() >= kBufferBytes) {  // the writer is too slow
    ++dropped_;
    return;
  }
  append_gap();
  append(record);
}

void MessageLog::append_gap() {
  if (dropped_ == 0) return;
  append(
      {.time_ns = last_time_ns_, .index = std::exchange(dropped_, 0), .event = MessageEvent::kGap});
}

void MessageLog::end(std::string why) {
  ended_ = true;
  append_gap();
  append({.time_ns = last_time_ns_, .event = MessageEvent::kEnd});
  flush();
  const std::lock_guard lock(mutex_);
  if (!failed_) error_ = path_ + ": " + std::move(why) + "; no further messages are recorded";
}

void MessageLog::append(const MessageRecord& record) {
  const std::size_t at = buffer_.size();
  buffer_.resize(at + kMessageRecordBytes);
  encode(record, buffer_.data() + at);
  bytes_ += kMessageRecordBytes;
}

void MessageLog::flush() {
  if (buffer_.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (failed_) {
      ended_ = true;
      buffer_.clear();
      return;
    }
    if (pending_.size() + buffer_.size() > pending_bytes_max_) return;
    pending_ += buffer_;
  }
  buffer_.clear();
  changed_.notify_one();
}

std::optional<std::string> MessageLog::take_error() {
  const std::lock_guard lock(mutex_);
  return std::exchange(error_, std::nullopt);
}

void MessageLog::run() {
  std::string bytes;
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closing_ || !pending_.empty(); });
    if (pending_.empty()) return;  // closing, and everything is written
    bytes.clear();
    bytes.swap(pending_);
    lock.unlock();
    const bool written = write_all(bytes);
    const int error = errno;
    lock.lock();
    if (written) continue;
    failed_ = true;
    error_ = path_ + ": " + why(error) + "; no further messages are recorded";
    return;
  }
}

bool MessageLog::write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace capsize::nemesis::proxy
