// The proxy's sockets: one PULL (bound) and one PUSH (connected) for each directed link, a ROUTER
// for control, one thread. Everything it decides, it asks the Switchboard.
//
// It never waits for a receiver: a copy that the receiver's socket does not take at once is lost
// and counted. It never stops reading a sender. Cutting is discarding, not disconnecting, so a heal
// takes effect with the next message and not after a reconnect.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nemesis/proxy/room.h"
#include "nemesis/proxy/rule_book.h"
#include "node/wire/control_secret.h"

namespace capsize::nemesis::proxy {

struct LinkEndpoints {
  LinkId link;
  std::string in;   // PULL, bound: the sender's node pushes here
  std::string out;  // PUSH, connected: the receiver's node pulls here
};

struct Settings {
  std::uint64_t run_id = 0;
  std::uint64_t seed = 0;
  std::string control;  // ROUTER, bound
  std::vector<LinkEndpoints> links;
  Limits limits = {};               // of what may wait
  wire::ControlSecret secret = {};  // that control requests must carry
};

class Proxy {
 public:
  /// Binds and connects. Error: the endpoint and why it cannot be bound.
  [[nodiscard]] static base::Result<std::unique_ptr<Proxy>> open(const Settings& settings);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  /// Forwards until `stop_fd` (an eventfd, a signalfd) becomes readable.
  void run(int stop_fd);

 private:
  struct Impl;
  explicit Proxy(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace capsize::nemesis::proxy
