// The part of ZeroMQ that the harness uses: a context, a DEALER, and requests with one reply. The
// headers of ZeroMQ stay in messaging.cpp.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace capsize::harness {

class Messaging {
 public:
  Messaging();
  ~Messaging();
  Messaging(const Messaging&) = delete;
  Messaging& operator=(const Messaging&) = delete;
  [[nodiscard]] void* context() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// One DEALER. Sends without blocking: a message to a peer that is not connected is never sent,
/// which is a definite failure (`fail`); a reply that does not come is indeterminate.
class Dealer {
 public:
  Dealer(const Messaging& messaging, const std::string& endpoint);
  ~Dealer();
  Dealer(Dealer&&) noexcept;
  Dealer& operator=(Dealer&&) noexcept;

  /// Returns false if no peer is connected or its queue is full; the message is then dropped and
  /// never sent.
  bool send(const std::string& frame);
  /// Returns the next frame if one has arrived.
  bool receive(std::string& frame);

  /// Waits until one of `dealers` has something to read, or the bound is over. Sets `ready`.
  static void poll(const std::vector<Dealer*>& dealers, std::vector<bool>& ready,
                   std::chrono::milliseconds bound);

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

/// Sends a request and waits for its reply, one at a time. After a time-out the socket is replaced,
/// so that a late reply is not taken for the reply to the next request.
class Requester {
 public:
  Requester(const Messaging& messaging, std::string endpoint);
  base::Result<std::string> request(const std::string& text, std::chrono::milliseconds bound);

 private:
  const Messaging* messaging_;
  std::string endpoint_;
  std::unique_ptr<Dealer> dealer_;
};

}  // namespace capsize::harness
