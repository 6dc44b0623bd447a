// Receives frames from a socket; for the source files of this folder.
#pragma once

#include <zmq.hpp>

#include "node/transport/context.h"

namespace capsize::transport {

/// Never blocks. False if no frame is available; the socket is then marked as drained.
[[nodiscard]] inline bool receive_frame(Socket& socket, zmq::message_t& frame) {
  if (zmq_msg_recv(frame.handle(), socket.handle(), ZMQ_DONTWAIT) >= 0) {
    socket.set_drained(false);
    return true;
  }
  socket.set_drained(true);
  return false;
}

}  // namespace capsize::transport
