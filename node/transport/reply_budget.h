// Bounds the bytes of replies that wait in a Router's sockets for clients that do not read them.
// libzmq bounds messages, not bytes, and 4,096 replies of 1 MiB are 4 GiB. Each reply is lent to
// libzmq with a callback, which libzmq calls when the reply was written to the connection or
// dropped with it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

namespace capsize::transport {

/// Unread bytes of one client, or, if `all` is null, of all clients together. The callback, in
/// libzmq's thread, subtracts from them.
struct BytesUnderWay {
  std::atomic<std::uint64_t> bytes{0};
  std::shared_ptr<BytesUnderWay> all;
};

/// A reply that is lent to libzmq, and the client whose budget it uses.
struct LentReply {
  std::string bytes;
  std::shared_ptr<BytesUnderWay> client;
};
/// The callback for libzmq, with a LentReply: returns the bytes to the budget and frees them.
void return_reply(void* bytes, void* lent);

/// Used by one thread; only return_reply() runs in libzmq's.
class ReplyBudget {
 public:
  ReplyBudget(std::uint64_t client_bytes_max, std::uint64_t bytes_max)
      : client_bytes_max_(client_bytes_max), bytes_max_(bytes_max) {}

  /// Charges the reply to the budget and returns it for lending. Null if the client, or all clients
  /// together, have too many unread bytes: the reply is dropped. A client without unread bytes may
  /// exceed its own bound with one reply, but not the bound of all.
  [[nodiscard]] std::unique_ptr<LentReply> lend(const std::string& client, std::string reply);
  [[nodiscard]] std::uint64_t bytes() const { return all_->bytes; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// The number of clients in the table; those without unread bytes are removed from time to time.
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
