// Writes the record of messages (message_record.h) to a file, from a thread of its own: the proxy
// must never wait for a disk, since that would delay the cluster that it serves.
//
//   proxy's thread: observe() ──> buffer ── full, or flush() ──> pending ──> own thread: write()
//
// observe() makes no system call unless a buffer is full. If the disk is so slow that the pending
// bytes reach their bound, events are dropped and a kGap record says how many. At `bytes_max` the
// file ends with a kEnd record. A write that fails ends the record, too: the proxy continues, and
// error() says why.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/result.h"
#include "nemesis/proxy/switchboard.h"

namespace capsize::nemesis::proxy {

class MessageLog : public MessageObserver {
 public:
  struct Options {
    std::string path;
    std::uint64_t run_id = 0;
    std::uint64_t bytes_max = kMessageFileBytesMax;
    std::size_t pending_bytes_max = std::size_t{8} * 1024 * 1024;
  };
  /// Creates or empties the file and writes its header. Error: names the file and why.
  [[nodiscard]] static base::Result<std::unique_ptr<MessageLog>> create(const Options& options);
  /// Writes what is pending, and waits for that.
  ~MessageLog() override;
  MessageLog(const MessageLog&) = delete;
  MessageLog& operator=(const MessageLog&) = delete;

  // The following only from the thread of the proxy.
  void observe(const MessageRecord& record) override;
  /// Passes what is buffered to the writing thread.
  void flush();
  /// Whether flush() has something to do.
  [[nodiscard]] bool has_buffered() const { return !buffer_.empty(); }

  /// Why the record ended before its time, once: "messages.bin: No space left on device". Any
  /// thread.
  [[nodiscard]] std::optional<std::string> take_error();

 private:
  MessageLog(const Options& options, int file);
  void append(const MessageRecord& record);
  void append_gap();
  void end(std::string why);
  void run();
  /// False: the file takes no more.
  [[nodiscard]] bool write_all(std::string_view bytes);

  const std::string path_;
  const std::uint64_t bytes_max_;
  const std::size_t pending_bytes_max_;
  const int file_;

  // Of the proxy's thread.
  std::string buffer_;
  std::uint64_t bytes_ = 0;    // of the file, with what is buffered and pending
  std::uint64_t dropped_ = 0;  // events since the last record that was kept
  std::int64_t last_time_ns_ = 0;
  bool ended_ = false;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string pending_;  // by mutex_, as all that follows
  bool closing_ = false;
  bool failed_ = false;
  std::optional<std::string> error_;

  std::thread writer_;  // last: it uses all of the above
};

}  // namespace capsize::nemesis::proxy
