// ZeroMQ as the harness needs it: a context, and a DEALER that asks and awaits JSON. The headers of
// ZeroMQ stay in messaging.cpp.
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

/// One DEALER. Sends without blocking: to a peer that is not connected nothing is ever sent, which
/// is certain knowledge (`fail`), unlike a reply that does not come.
class Dealer {
 public:
  Dealer(const Messaging& messaging, const std::string& endpoint);
  ~Dealer();
  Dealer(Dealer&&) noexcept;
  Dealer& operator=(Dealer&&) noexcept;

  /// False: no connected peer, or its queue is full; the message does not exist.
  bool send(const std::string& frame);
  /// Takes one frame if there is one.
  bool receive(std::string& frame);

  /// Waits until one of `dealers` has something to read, or the bound is over. Sets `ready`.
  static void poll(const std::vector<Dealer*>& dealers, std::vector<bool>& ready,
                   std::chrono::milliseconds bound);

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

/// Asks and awaits, one question at a time. After a time-out the socket is replaced, so that a late
/// answer cannot be taken for the next one's.
class Asker {
 public:
  Asker(const Messaging& messaging, std::string endpoint);
  base::Result<std::string> ask(const std::string& question, std::chrono::milliseconds bound);

 private:
  const Messaging* messaging_;
  std::string endpoint_;
  std::unique_ptr<Dealer> dealer_;
};

}  // namespace capsize::harness
