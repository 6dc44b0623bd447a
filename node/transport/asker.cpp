#include "node/transport/asker.h"

#include <zmq.h>

#include <zmq.hpp>

#include "node/transport/frames.h"
#include "node/transport/poller.h"

namespace capsize::transport {

std::optional<std::string> ask(const std::string& endpoint, std::string_view question,
                               base::Duration within) {
  const Context context;
  Socket socket(context, ZMQ_DEALER);
  if (!socket.connect(endpoint)) return std::nullopt;
  if (zmq_send(socket.handle(), question.data(), question.size(), ZMQ_DONTWAIT) < 0) {
    return std::nullopt;
  }
  Poller poller;
  poller.watch(socket);
  const auto until = std::chrono::steady_clock::now() + within;
  zmq::message_t answer;
  while (!receive_frame(socket, answer)) {
    const base::Duration left = until - std::chrono::steady_clock::now();
    if (left <= base::Duration::zero()) return std::nullopt;
    poller.wait(left);
  }
  return answer.to_string();
}

}  // namespace capsize::transport
