#include "nemesis/proxy/proxy.h"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <map>
#include <zmq.hpp>

#include "nemesis/proxy/control.h"
#include "nemesis/proxy/frames.h"
#include "nemesis/proxy/message_log.h"
#include "nemesis/proxy/poller.h"
#include "nemesis/proxy/switchboard.h"
#include "node/wire/endpoint.h"

namespace capsize::nemesis::proxy {
namespace {

// Messages read from one link before the other links and control get their turn.
constexpr int kBatchMax = 64;
constexpr int kControlMessagesMax = 1000;
// The record of messages is at most this old in its file: a page shows it while the run lasts.
constexpr base::Duration kFlushInterval = std::chrono::milliseconds(100);

// Keys in the poller. Link i has kLinkKeys + 2 i for its messages and the next one for its monitor.
constexpr std::size_t kStopKey = 0;
constexpr std::size_t kControlKey = 1;
constexpr std::size_t kLinkKeys = 2;

base::Instant now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return base::Instant(std::chrono::seconds(time.tv_sec) + base::Duration(time.tv_nsec));
}

std::string_view view(const zmq::message_t& message) {
  return {message.data<char>(), message.size()};
}

struct ZmqFrames : Frames {
  [[nodiscard]] std::size_t bytes() const override { return header.size() + payload.size(); }
  [[nodiscard]] std::shared_ptr<const Frames> keep() const override {
    auto kept = std::make_shared<ZmqFrames>();
    kept->header.copy(header);
    kept->payload.copy(payload);
    return kept;
  }
  [[nodiscard]] std::shared_ptr<const Frames> corrupted(const Corruption& how) const override {
    // Copies the bytes: other queues may share the originals.
    auto copy = std::make_shared<ZmqFrames>();
    copy->header.rebuild(header.data(), header.size());
    copy->payload.rebuild(payload.data(), payload.size());
    flip_bits(how, {copy->header.data<char>(), copy->header.size()},
              {copy->payload.data<char>(), copy->payload.size()});
    return copy;
  }
  mutable zmq::message_t header, payload;  // mutable: zmq_msg_copy takes no const source
};

void set_link_options(zmq::socket_t& socket) {
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::sndhwm, wire::kLinkMessagesMax);
  socket.set(zmq::sockopt::rcvhwm, wire::kLinkMessagesMax);
  socket.set(zmq::sockopt::sndbuf, wire::kLinkBufferBytes);
  socket.set(zmq::sockopt::rcvbuf, wire::kLinkBufferBytes);
  socket.set(zmq::sockopt::reconnect_ivl, wire::kReconnectMinMs);
  socket.set(zmq::sockopt::reconnect_ivl_max, wire::kReconnectMaxMs);
  socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(wire::kPayloadBytesMax));
}

/// libzmq by itself checks at most once a millisecond whether the receiver has made room, and
/// refuses a whole burst in between. Reading ZMQ_EVENTS makes it check now.
bool begin_message(zmq::socket_t& out, zmq::message_t& header) {
  const auto flags = zmq::send_flags::sndmore | zmq::send_flags::dontwait;
  if (out.send(header, flags)) return true;
  if ((out.get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0) return false;
  return out.send(header, flags).has_value();
}

/// The bytes that libzmq queues for one receiver. Shared, because libzmq's thread decrements it,
/// even after the socket is closed.
using InFlight = std::shared_ptr<std::atomic<std::size_t>>;

struct CountedPayload {
  zmq::message_t payload;
  InFlight in_flight;
};

/// libzmq calls this on its own thread when it no longer needs the payload.
void return_counted_payload(void*, void* counted) {
  const std::unique_ptr<CountedPayload> ended(static_cast<CountedPayload*>(counted));
  *ended->in_flight -= ended->payload.size();
}

/// Returns the same payload, counted in `in_flight` until libzmq no longer needs it.
zmq::message_t count_payload(zmq::message_t payload, const InFlight& in_flight) {
  auto* counted = new CountedPayload{std::move(payload), in_flight};
  *in_flight += counted->payload.size();
  return {counted->payload.data(), counted->payload.size(), return_counted_payload, counted};
}

/// Reads the remaining frames of a message that has too many.
void skip_rest(zmq::socket_t& socket) {
  zmq::message_t rest;
  while (socket.get(zmq::sockopt::rcvmore) != 0) {
    if (!socket.recv(rest, zmq::recv_flags::dontwait)) return;
  }
}

}  // namespace

struct LinkSockets {
  LinkId link;
  zmq::socket_t in, out;
  InFlight in_flight = std::make_shared<std::atomic<std::size_t>>(0);
  /// Reports new connections of `out`, whose buffers must be shrunk.
  zmq::socket_t monitor;
};

struct Proxy::Impl : Outlet {
  Impl(const Settings& settings, std::unique_ptr<MessageLog> record)
      : run_id(settings.run_id),
        in_flight_max(settings.limits.link_bytes),
        counted_bytes(in_flight_max / wire::kLinkMessagesMax),
        messages(std::move(record)),
        context(1),
        control_socket(context, zmq::socket_type::router),
        board(link_ids(settings), settings.seed, *this, settings.limits, messages.get()),
        control(board, settings.secret) {}

  static std::set<LinkId> link_ids(const Settings& settings) {
    std::set<LinkId> ids;
    for (const LinkEndpoints& link : settings.links) ids.insert(link.link);
    return ids;
  }

  base::Status open(const Settings& settings) {
    control_socket.set(zmq::sockopt::linger, 0);
    control_socket.set(zmq::sockopt::sndhwm, kControlMessagesMax);
    control_socket.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kControlBytesMax));
    if (const auto status = bind(control_socket, settings.control); !status) return status;
    for (const LinkEndpoints& endpoints : settings.links) {
      if (const auto status = open_link(endpoints); !status) return status;
    }
    return {};
  }

  base::Status open_link(const LinkEndpoints& endpoints) {
    auto sockets = std::make_unique<LinkSockets>();
    sockets->link = endpoints.link;
    sockets->in = zmq::socket_t(context, zmq::socket_type::pull);
    sockets->out = zmq::socket_t(context, zmq::socket_type::push);
    sockets->monitor = zmq::socket_t(context, zmq::socket_type::pair);
    set_link_options(sockets->in);
    set_link_options(sockets->out);
    sockets->out.set(zmq::sockopt::immediate, true);
    const std::string events = "inproc://monitor-" + wire::node_name(endpoints.link.from) + "-" +
                               wire::node_name(endpoints.link.to);
    CHECK(zmq_socket_monitor(sockets->out.handle(), events.c_str(), ZMQ_EVENT_CONNECTED) == 0,
          "a socket can be monitored");
    sockets->monitor.connect(events);
    if (const auto status = bind(sockets->in, endpoints.in); !status) return status;
    sockets->out.connect(endpoints.out);
    by_link[endpoints.link] = sockets.get();
    links.push_back(std::move(sockets));
    return {};
  }

  static base::Status bind(zmq::socket_t& socket, const std::string& endpoint) {
    if (zmq_bind(socket.handle(), endpoint.c_str()) == 0) return {};
    return base::Error{"cannot listen on " + endpoint + ": " + zmq_strerror(zmq_errno())};
  }

  bool deliver(LinkId link, const Frames& stored) override {
    const auto& frames = static_cast<const ZmqFrames&>(stored);
    LinkSockets& sockets = *by_link.at(link);
    zmq::socket_t& out = sockets.out;
    zmq::message_t header, payload;
    header.copy(frames.header);
    payload.copy(frames.payload);
    if (payload.size() >= counted_bytes) {
      if (*sockets.in_flight + payload.size() > in_flight_max) return false;
      payload = count_payload(std::move(payload), sockets.in_flight);
    }
    if (!begin_message(out, header)) return false;
    return out.send(payload, zmq::send_flags::dontwait).has_value();
  }

  /// Reads one message of a link. False: there was none.
  bool read_message(LinkSockets& sockets) {
    ZmqFrames frames;
    if (!sockets.in.recv(frames.header, zmq::recv_flags::dontwait)) return false;
    const bool two = sockets.in.get(zmq::sockopt::rcvmore) != 0 &&
                     sockets.in.recv(frames.payload, zmq::recv_flags::dontwait).has_value() &&
                     sockets.in.get(zmq::sockopt::rcvmore) == 0;
    if (!two) {
      skip_rest(sockets.in);
      board.arrive_malformed(sockets.link);
      return true;
    }
    const auto decoded = wire::decode(view(frames.header), view(frames.payload),
                                      {run_id, sockets.link.to, sockets.link.from});
    if (const auto* header = std::get_if<wire::Header>(&decoded)) {
      board.arrive(sockets.link, *header, frames, now());
    } else {
      board.arrive_malformed(sockets.link);
    }
    return true;
  }

  bool answer_control() {
    zmq::message_t peer, request;
    if (!control_socket.recv(peer, zmq::recv_flags::dontwait)) return false;
    if (control_socket.get(zmq::sockopt::rcvmore) == 0 ||
        !control_socket.recv(request, zmq::recv_flags::dontwait)) {
      return true;
    }
    skip_rest(control_socket);
    const std::string reply = control.handle(view(request), now());
    if (control_socket.send(peer, zmq::send_flags::sndmore | zmq::send_flags::dontwait)) {
      control_socket.send(zmq::buffer(reply), zmq::send_flags::dontwait);
    }
    return true;
  }

  /// Shrinks the kernel's send buffer, which bounds what a paused receiver finds when it resumes.
  /// libzmq applies ZMQ_SNDBUF to TCP sockets only.
  static void shrink_new_connections(LinkSockets& sockets) {
    zmq::message_t event;
    while (sockets.monitor.recv(event, zmq::recv_flags::dontwait)) {
      if (event.size() >= 6) {
        std::int32_t fd = -1;
        std::memcpy(&fd, event.data<char>() + 2, sizeof fd);
        // Fails if the connection is closed already; then there is nothing to shrink.
        (void)::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &wire::kLinkBufferBytes, sizeof(int));
      }
      skip_rest(sockets.monitor);
    }
  }

  [[nodiscard]] std::optional<std::chrono::milliseconds> wait_max() const {
    auto next = board.next_release();
    if (messages && messages->has_buffered()) {
      const base::Instant flush = flushed_at + kFlushInterval;
      next = next ? std::min(*next, flush) : flush;
    }
    if (!next) return std::nullopt;
    return std::chrono::ceil<std::chrono::milliseconds>(*next - now());
  }

  void flush_messages() {
    if (!messages) return;
    const base::Instant time = now();
    if (time - flushed_at < kFlushInterval) return;
    flushed_at = time;
    messages->flush();
    // Only a note: the proxy continues without its record.
    if (const auto error = messages->take_error()) {
      std::fprintf(stderr, "capsize-proxy: %s\n", error->c_str());
    }
  }

  /// Control first: a rule applies to every message that is read after the reply was built.
  bool serve(Poller& poller, const std::vector<std::size_t>& ready) {
    const auto is_ready = [&](std::size_t key) {
      return std::find(ready.begin(), ready.end(), key) != ready.end();
    };
    if (is_ready(kStopKey)) return false;
    while (is_ready(kControlKey) && answer_control()) {
    }
    board.release(now());
    for (const std::size_t key : ready) {
      if (key < kLinkKeys) continue;
      LinkSockets& sockets = *links[(key - kLinkKeys) / 2];
      if ((key - kLinkKeys) % 2 == 1) {
        shrink_new_connections(sockets);
      } else if (!read_batch(sockets)) {
        poller.mark_ready(key);
      }
    }
    return true;
  }

  /// Returns whether the socket is empty.
  bool read_batch(LinkSockets& sockets) {
    for (int n = 0; n < kBatchMax; ++n) {
      if (!read_message(sockets)) return true;
    }
    return false;
  }

  std::uint64_t run_id;
  /// Large payloads are counted while they wait for the receiver: libzmq bounds a queue by messages
  /// only, and 256 of 16 MiB would be 4 GiB. A queue of smaller ones is within the bound anyway,
  /// and counting costs a tenth of forwarding 16 KiB.
  std::size_t in_flight_max, counted_bytes;
  std::unique_ptr<MessageLog> messages;  // null: none
  base::Instant flushed_at{};
  zmq::context_t context;
  zmq::socket_t control_socket;
  std::vector<std::unique_ptr<LinkSockets>> links;
  std::map<LinkId, LinkSockets*> by_link;
  Switchboard board;
  Control control;
};

Proxy::Proxy(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Proxy::~Proxy() = default;

base::Result<std::unique_ptr<Proxy>> Proxy::open(const Settings& settings) {
  std::unique_ptr<MessageLog> messages;
  if (!settings.messages.empty()) {
    auto created = MessageLog::create({.path = settings.messages,
                                       .run_id = settings.run_id,
                                       .bytes_max = settings.messages_bytes_max});
    if (!created) return created.error();
    messages = std::move(created).value();
  }
  auto impl = std::make_unique<Impl>(settings, std::move(messages));
  if (const auto status = impl->open(settings); !status) return status.error();
  return std::unique_ptr<Proxy>(new Proxy(std::move(impl)));
}

void Proxy::run(int stop_fd) {
  Poller poller;
  poller.watch(stop_fd, kStopKey);
  poller.watch(impl_->control_socket.get(zmq::sockopt::fd), kControlKey);
  poller.mark_ready(kControlKey);
  for (std::size_t i = 0; i < impl_->links.size(); ++i) {
    const LinkSockets& sockets = *impl_->links[i];
    const std::size_t key = kLinkKeys + 2 * i;
    poller.watch(sockets.in.get(zmq::sockopt::fd), key);
    poller.watch(sockets.monitor.get(zmq::sockopt::fd), key + 1);
    // Messages that arrived before watch() raise no event.
    poller.mark_ready(key);
    poller.mark_ready(key + 1);
  }
  while (impl_->serve(poller, poller.wait(impl_->wait_max()))) impl_->flush_messages();
}

}  // namespace capsize::nemesis::proxy
