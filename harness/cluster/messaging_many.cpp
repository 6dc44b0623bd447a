#include "harness/cluster/messaging_many.h"

#include <fmt/core.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <deque>
#include <thread>
#include <zmq.hpp>

#include "base/check.h"
#include "harness/cluster/clock.h"

namespace capsize::harness {
namespace {

constexpr int kEventsMax = 256;

}  // namespace

base::Status check_connectable(const std::string& endpoint) {
  const base::Error wrong{fmt::format("found '{}', expected ipc://… or tcp://HOST:PORT", endpoint)};
  if (!endpoint.starts_with("ipc://") && !endpoint.starts_with("tcp://")) return wrong;
  try {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.connect(endpoint);
  } catch (const zmq::error_t&) {
    return wrong;
  }
  return {};
}

struct DealerSet::Impl {
  explicit Impl(zmq::context_t& context) : zmq(context), epoll(::epoll_create1(EPOLL_CLOEXEC)) {
    CHECK(epoll >= 0, "an epoll can be made");
  }
  ~Impl() { ::close(epoll); }

  void add(const std::string& endpoint) {
    zmq::socket_t& socket = sockets.emplace_back(zmq, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::immediate, true);
    socket.connect(endpoint);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;
    event.data.u64 = sockets.size() - 1;
    CHECK(::epoll_ctl(epoll, EPOLL_CTL_ADD, socket.get(zmq::sockopt::fd), &event) == 0,
          "a socket's descriptor can be watched");
  }

  zmq::context_t& zmq;
  int epoll;
  std::deque<zmq::socket_t> sockets;
  // A socket's descriptor signals changes only, and any call on the socket may consume one, so
  // sockets that were sent to are checked explicitly.
  std::vector<std::size_t> look_at;
};

DealerSet::DealerSet(const Messaging& messaging, const std::vector<std::string>& endpoints)
    : impl_(std::make_unique<Impl>(*static_cast<zmq::context_t*>(messaging.context()))) {
  for (const std::string& endpoint : endpoints) impl_->add(endpoint);
}
DealerSet::~DealerSet() = default;

bool DealerSet::send(std::size_t dealer, std::string_view frame) {
  const bool sent =
      impl_->sockets[dealer].send(zmq::buffer(frame), zmq::send_flags::dontwait).has_value();
  if ((impl_->sockets[dealer].get(zmq::sockopt::events) & ZMQ_POLLIN) != 0) {
    impl_->look_at.push_back(dealer);
  }
  return sent;
}

void DealerSet::receive(std::chrono::milliseconds bound,
                        const std::function<void(std::size_t, std::string_view)>& take) {
  std::vector<std::size_t> ready = std::exchange(impl_->look_at, {});
  epoll_event events[kEventsMax];
  const int timeout = ready.empty() ? static_cast<int>(bound.count()) : 0;
  const int count = ::epoll_wait(impl_->epoll, events, kEventsMax, timeout);
  for (int i = 0; i < count; ++i) ready.push_back(events[i].data.u64);
  zmq::message_t frame;
  for (const std::size_t dealer : ready) {
    while (impl_->sockets[dealer].recv(frame, zmq::recv_flags::dontwait)) {
      take(dealer, {static_cast<const char*>(frame.data()), frame.size()});
    }
  }
}

std::vector<base::Duration> measure_round_trips(const std::string& bind_to, std::size_t bytes,
                                                std::size_t times) {
  zmq::context_t here{1}, there{1};
  zmq::socket_t router(there, zmq::socket_type::router);
  router.bind(bind_to);
  const std::string endpoint = router.get(zmq::sockopt::last_endpoint);
  std::thread echo([&] {
    zmq::message_t peer, body;
    while (true) {
      (void)router.recv(peer);
      (void)router.recv(body);
      if (body.size() == 0) return;
      router.send(peer, zmq::send_flags::sndmore);
      router.send(body, zmq::send_flags::none);
    }
  });
  zmq::socket_t dealer(here, zmq::socket_type::dealer);
  dealer.connect(endpoint);
  const std::string frame(bytes, 'x');
  zmq::message_t answer;
  std::vector<base::Duration> round_trips;
  for (std::size_t i = 0; i < times; ++i) {
    const auto begin = monotonic_now();
    dealer.send(zmq::buffer(frame), zmq::send_flags::none);
    (void)dealer.recv(answer);
    round_trips.push_back(monotonic_now() - begin);
  }
  dealer.send(zmq::message_t(), zmq::send_flags::none);
  echo.join();
  return round_trips;
}

}  // namespace capsize::harness
