#include "serve/http_server.h"

#include <fmt/core.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <list>

#include "base/printable.h"
#include "serve/gate/headers.h"

namespace capsize::serve {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

Request to_request(const http::request<http::empty_body>& message) {
  Request request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  if (message.count(http::field::host) == 1) {
    request.host = std::string(message[http::field::host]);
  }
  const auto [begin, end] = message.equal_range(http::field::cookie);
  for (auto cookie = begin; cookie != end; ++cookie) {
    if (!request.cookies.empty()) request.cookies += "; ";
    request.cookies += std::string(cookie->value());
  }
  request.fetch_site = std::string(message["Sec-Fetch-Site"]);
  return request;
}

class Session;

/// The connections that are open, those that have waited longest first.
class Sessions {
 public:
  explicit Sessions(std::size_t sessions_max) : max_(sessions_max) {}
  void add(const std::shared_ptr<Session>& session);
  void remove(const Session* session);
  /// Moves it to the end: it waits from now on.
  void waits_anew(const Session* session);
  void close_all();

 private:
  std::list<std::shared_ptr<Session>> all_;
  std::size_t max_;
};

/// One connection: a request, its answer, the next request.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, const ServerLimits& limits, const Handler& handler,
          Sessions& sessions)
      : stream_(std::move(socket)), limits_(limits), handler_(handler), sessions_(sessions) {}

  void read() {
    // A parser reads one message. It has bounds of its own, so a head of any size costs no more.
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(limits_.head_bytes_max));
    parser_->body_limit(std::uint64_t{0});
    answering_ = false;
    stream_.expires_after(limits_.request_time_max);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->have_read(error); });
  }

  [[nodiscard]] bool is_answering() const { return answering_; }
  void close() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

 private:
  void have_read(error_code error) {
    if (error.category() == http::make_error_code(http::error::end_of_stream).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message) {
      keep_alive_ = false;
      answer(refusal(error == http::error::header_limit ? 431 : 400), 11);
      return;
    }
    if (error) {
      end();
      return;
    }
    const auto& message = parser_->get();
    keep_alive_ = message.keep_alive();
    head_only_ = message.method() == http::verb::head;
    answer(handled(to_request(message)), message.version());
  }

  [[nodiscard]] Response handled(const Request& request) const {
    try {
      return handler_(request);
    } catch (const std::exception& failure) {
      const std::string line =
          fmt::format("capsize-serve: {}: {}\n", base::printable(request.target.substr(0, 200)),
                      base::printable(failure.what()));
      std::fputs(line.c_str(), stderr);
      return refusal(500);
    }
  }

  template <class Body>
  http::response<Body> head_of(const Response& response, unsigned version) const {
    http::response<Body> message{http::int_to_status(response.status), version};
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    message.keep_alive(keep_alive_);
    return message;
  }

  void answer(Response response, unsigned version) {
    answering_ = true;
    const std::uint64_t bytes = response.file ? response.file->bytes : response.body.size();
    if (head_only_) {
      auto message = head_of<http::empty_body>(response, version);
      message.content_length(bytes);
      write(std::move(message));
    } else if (response.file) {
      auto message = head_of<http::file_body>(response, version);
      beast::file_posix file;
      file.native_handle(response.file->descriptor.release());
      error_code error;
      message.body().reset(std::move(file), error);
      if (error) {
        end();
        return;
      }
      message.prepare_payload();
      write(std::move(message));
    } else {
      auto message = head_of<http::string_body>(response, version);
      message.body() = std::move(response.body);
      message.prepare_payload();
      write(std::move(message));
    }
  }

  template <class Body>
  struct Writing {
    explicit Writing(http::response<Body> answer)
        : message(std::move(answer)), serializer(message) {}
    http::response<Body> message;
    http::response_serializer<Body> serializer;
  };

  template <class Body>
  void write(http::response<Body> message) {
    write_some(std::make_shared<Writing<Body>>(std::move(message)));
  }

  // In pieces, so that the time is bounded without progress, and not for the whole of a large file.
  template <class Body>
  void write_some(std::shared_ptr<Writing<Body>> writing) {
    stream_.expires_after(limits_.stalled_time_max);
    http::async_write_some(stream_, writing->serializer,
                           [self = shared_from_this(), writing](error_code error, std::size_t) {
                             if (error) {
                               self->end();
                             } else if (!writing->serializer.is_done()) {
                               self->write_some(writing);
                             } else {
                               self->have_written();
                             }
                           });
  }

  void have_written() {
    if (!keep_alive_) {
      end();
      return;
    }
    sessions_.waits_anew(this);
    read();
  }

  void end() {
    close();
    sessions_.remove(this);
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{std::size_t{16} * 1024};
  std::optional<http::request_parser<http::empty_body>> parser_;
  const ServerLimits& limits_;
  const Handler& handler_;
  Sessions& sessions_;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool answering_ = false;
};

void Sessions::add(const std::shared_ptr<Session>& session) {
  if (all_.size() >= max_) {
    auto oldest = all_.begin();
    while (oldest != all_.end() && (*oldest)->is_answering()) ++oldest;
    if (oldest == all_.end()) {
      session->close();  // all of them are being answered: the new one has to come again
      return;
    }
    (*oldest)->close();  // its operation ends with an error, which finds it removed
    all_.erase(oldest);
  }
  all_.push_back(session);
  session->read();
}

void Sessions::remove(const Session* session) {
  all_.remove_if([session](const auto& each) { return each.get() == session; });
}

void Sessions::waits_anew(const Session* session) {
  for (auto each = all_.begin(); each != all_.end(); ++each) {
    if (each->get() == session) {
      all_.splice(all_.end(), all_, each);
      return;
    }
  }
}

void Sessions::close_all() {
  for (const auto& each : all_) each->close();
}

}  // namespace

struct HttpServer::State {
  explicit State(const ServerLimits& bounds)
      : limits(bounds), acceptor(context), sessions(bounds.connections_max) {
    struct sigaction hang_up {};
    ::sigaction(SIGHUP, nullptr, &hang_up);
    if (hang_up.sa_handler != SIG_IGN) signals.add(SIGHUP);  // ignored: to be survived (nohup)
  }

  asio::io_context context{1};
  ServerLimits limits;
  tcp::acceptor acceptor;
  Sessions sessions;
  // From the beginning, so that none is missed between listen() and run().
  asio::signal_set signals{context, SIGINT, SIGTERM};

  void accept(const Handler& handler) {
    acceptor.async_accept([this, &handler](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (!error) {
        sessions.add(std::make_shared<Session>(std::move(socket), limits, handler, sessions));
      }
      accept(handler);
    });
  }
};

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

base::Result<HttpServer> HttpServer::listen(std::uint16_t port, const ServerLimits& limits) {
  auto state = std::make_unique<State>(limits);
  const tcp::endpoint place(asio::ip::address_v4::loopback(), port);
  error_code error;
  state->acceptor.open(place.protocol(), error);
  if (!error) state->acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) state->acceptor.bind(place, error);
  if (!error) state->acceptor.listen(static_cast<int>(limits.connections_max), error);
  if (!error) return HttpServer(std::move(state));
  return base::Error{fmt::format("port {} of 127.0.0.1: {}", port, error.message())};
}

std::uint16_t HttpServer::port() const {
  error_code ignored;
  return state_->acceptor.local_endpoint(ignored).port();
}

void HttpServer::run(const Handler& handler) {
  State& state = *state_;
  state.signals.async_wait([&state](error_code error, int) {
    if (error) return;
    error_code ignored;
    state.acceptor.close(ignored);
    state.sessions.close_all();
    state.context.stop();
  });
  state.accept(handler);
  state.context.run();
}

}  // namespace capsize::serve
