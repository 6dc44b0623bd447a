#include "node/transport/asker.h"

#include <zmq.h>

#include <zmq.hpp>

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
  const std::size_t answered = poller.watch(socket);
  poller.wait(within);
  zmq::message_t answer;
  if (!poller.ready(answered) || zmq_msg_recv(answer.handle(), socket.handle(), ZMQ_DONTWAIT) < 0) {
    return std::nullopt;
  }
  return answer.to_string();
}

}  // namespace capsize::transport
