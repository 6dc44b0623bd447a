// The proxy's sockets: one PULL (bound) and one PUSH (connected) for each directed link, and a
// ROUTER for control, on one thread. The Switchboard makes all decisions.
//
// It never waits for a receiver: a copy that the receiver's socket does not accept at once is lost
// and counted. It never stops reading from a sender. A cut discards messages and does not
// disconnect, so healing takes effect with the next message and not after a reconnect.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "nemesis/proxy/byte_budget.h"
#include "nemesis/proxy/message_record.h"
#include "nemesis/proxy/rule_book.h"
#include "node/wire/control_secret.h"

namespace capsize::nemesis::proxy {

struct LinkEndpoints {
  LinkId link;
  std::string in;   // PULL, bound: the sending node pushes here
  std::string out;  // PUSH, connected: the receiving node pulls here
};

struct Settings {
  std::uint64_t run_id = 0;
  std::uint64_t seed = 0;
  std::string control;  // ROUTER, bound
  std::vector<LinkEndpoints> links;
  Limits limits = {};               // on the bytes that wait
  wire::ControlSecret secret = {};  // required in control requests
  std::string messages = {};        // the file of the record of messages; empty: none
  std::uint64_t messages_bytes_max = kMessageFileBytesMax;
};

class Proxy {
 public:
  /// Binds and connects all sockets. Error: the endpoint that cannot be bound, or the file that
  /// cannot be created, and why.
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
