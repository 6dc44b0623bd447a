#include "harness/cluster/messaging.h"

#include <fmt/core.h>

#include <thread>
#include <zmq.hpp>

namespace capsize::harness {
namespace {

constexpr int kQueueMax = 16;    // a client has one request open; more is a mistake
constexpr int kReconnectMs = 5;  // a restarted node is found at once
constexpr int kReconnectMaxMs = 50;

}  // namespace

struct Messaging::Context {
  Context() {
    // A socket a client and node: the 1023 of the default are soon used up.
    zmq.set(zmq::ctxopt::max_sockets, zmq.get(zmq::ctxopt::socket_limit));
  }
  zmq::context_t zmq{1};
};

Messaging::Messaging() : context_(std::make_unique<Context>()) {}
Messaging::~Messaging() = default;
void* Messaging::context() const {
  return &context_->zmq;
}

struct Dealer::Socket {
  Socket(zmq::context_t& context, const std::string& endpoint)
      : zmq(context, zmq::socket_type::dealer) {
    zmq.set(zmq::sockopt::linger, 0);
    zmq.set(zmq::sockopt::immediate, true);  // queue for a connected peer only
    zmq.set(zmq::sockopt::sndhwm, kQueueMax);
    zmq.set(zmq::sockopt::rcvhwm, kQueueMax);
    zmq.set(zmq::sockopt::reconnect_ivl, kReconnectMs);
    zmq.set(zmq::sockopt::reconnect_ivl_max, kReconnectMaxMs);
    zmq.connect(endpoint);
  }
  zmq::socket_t zmq;
};

Dealer::Dealer(const Messaging& messaging, const std::string& endpoint)
    : socket_(
          std::make_unique<Socket>(*static_cast<zmq::context_t*>(messaging.context()), endpoint)) {}
Dealer::~Dealer() = default;
Dealer::Dealer(Dealer&&) noexcept = default;
Dealer& Dealer::operator=(Dealer&&) noexcept = default;

bool Dealer::send(const std::string& frame) {
  return socket_->zmq.send(zmq::buffer(frame), zmq::send_flags::dontwait).has_value();
}

bool Dealer::receive(std::string& frame) {
  zmq::message_t message;
  if (!socket_->zmq.recv(message, zmq::recv_flags::dontwait)) return false;
  frame.assign(static_cast<const char*>(message.data()), message.size());
  return true;
}

void Dealer::poll(const std::vector<Dealer*>& dealers, std::vector<bool>& ready,
                  std::chrono::milliseconds bound) {
  ready.assign(dealers.size(), false);
  if (dealers.empty()) {
    std::this_thread::sleep_for(bound);
    return;
  }
  std::vector<zmq_pollitem_t> items;
  items.reserve(dealers.size());
  for (Dealer* dealer : dealers) {
    items.push_back({dealer->socket_->zmq.handle(), 0, ZMQ_POLLIN, 0});
  }
  ::zmq_poll(items.data(), static_cast<int>(items.size()), bound.count());
  for (std::size_t i = 0; i < items.size(); ++i) ready[i] = (items[i].revents & ZMQ_POLLIN) != 0;
}

Requester::Requester(const Messaging& messaging, std::string endpoint)
    : messaging_(&messaging), endpoint_(std::move(endpoint)) {}

base::Result<std::string> Requester::request(const std::string& question,
                                             std::chrono::milliseconds bound) {
  if (!dealer_) dealer_ = std::make_unique<Dealer>(*messaging_, endpoint_);
  const auto until = std::chrono::steady_clock::now() + bound;
  const auto left = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(until -
                                                                 std::chrono::steady_clock::now());
  };
  while (!dealer_->send(question)) {
    if (left().count() <= 0) {
      return base::Error{fmt::format("{}: not connected after {} ms", endpoint_, bound.count())};
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::string answer;
  std::vector<bool> ready;
  while (left().count() > 0) {
    Dealer::poll({dealer_.get()}, ready, left());
    if (dealer_->receive(answer)) return answer;
  }
  dealer_.reset();
  return base::Error{fmt::format("{}: no answer within {} ms", endpoint_, bound.count())};
}

}  // namespace capsize::harness
