// The HTTP side of `capsize serve`: connections and their bounds. Knows nothing of runs.
//
// One thread: requests are answered one after the other, so a handler needs no locks and has to be
// quick. What a client can take is bounded: the bytes of a request's head, no body, the time until
// a request is complete, the time without progress of an answer, and the number of connections. If
// there are too many, the one that has waited longest for its request is closed, so clients that
// only hold connections open cannot keep others out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "base/time.h"
#include "serve/gate/request.h"

namespace capsize::serve {

using Handler = std::function<Response(const Request&)>;

struct ServerLimits {
  std::size_t connections_max = 64;
  std::size_t head_bytes_max = 8192;
  base::Duration request_time_max = std::chrono::seconds(10);  ///< also of an idle connection
  base::Duration stalled_time_max = std::chrono::seconds(30);  ///< of an answer without progress
};

class HttpServer {
 public:
  /// Listens on 127.0.0.1 only; port 0 is any free one. From now on SIGINT, SIGTERM and SIGHUP end
  /// run(). Error: the port is in use.
  [[nodiscard]] static base::Result<HttpServer> listen(std::uint16_t port,
                                                       const ServerLimits& limits = {});
  ~HttpServer();
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;

  [[nodiscard]] std::uint16_t port() const;
  /// Answers requests until one of the signals arrives. What the handler throws is answered
  /// with status 500.
  void run(const Handler& handler);

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace capsize::serve
