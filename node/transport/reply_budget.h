// How many bytes of replies wait in a Router's sockets for clients that do not read them. libzmq
// bounds messages, not bytes, and 4,096 replies of 1 MiB are 4 GiB. Each reply is lent to libzmq
// with a callback, which comes when it is written to the connection or dropped with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace capsize::transport {

/// Bytes that are on their way to one client, or, without `all`, to all of them; the callback, in
/// libzmq's thread, takes them off.
struct BytesUnderWay {
  std::atomic<std::uint64_t> bytes{0};
  std::shared_ptr<BytesUnderWay> all;
};

/// A reply that is lent to libzmq, and what it counts against.
struct LentReply {
  std::string bytes;
  std::shared_ptr<BytesUnderWay> client;
};
/// What libzmq calls, with a LentReply: the bytes no longer wait, and are freed.
void return_reply(void* bytes, void* lent);

/// Of one thread.
class ReplyBudget {
 public:
  ReplyBudget(std::uint64_t client_bytes_max, std::uint64_t bytes_max)
      : client_bytes_max_(client_bytes_max), bytes_max_(bytes_max) {}

  /// The reply to be lent, counted already; null if the client, or all of them together, have too
  /// many unread bytes: it is dropped. A client with nothing unread gets any reply for which there
  /// is room in all.
  [[nodiscard]] std::unique_ptr<LentReply> lend(const std::string& client, std::string reply);
  [[nodiscard]] std::uint64_t bytes() const { return all_->bytes; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// Clients that are remembered; those without unread bytes are forgotten now and then.
  [[nodiscard]] std::size_t clients() const { return clients_.size(); }

 private:
  void forget_idle_clients();

  const std::uint64_t client_bytes_max_, bytes_max_;
  std::shared_ptr<BytesUnderWay> all_ = std::make_shared<BytesUnderWay>();
  std::unordered_map<std::string, std::shared_ptr<BytesUnderWay>> clients_;
  std::size_t sweep_at_ = 1024;  // clients
  std::uint64_t dropped_ = 0;
};

}  // namespace capsize::transport
