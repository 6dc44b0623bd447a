#include "harness/bench/load_cell.h"

#include <fmt/format.h>

#include <thread>

#include "harness/cluster/clock.h"
#include "harness/cluster/messaging_many.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

constexpr auto kConnectBound = 5s;
constexpr auto kSilenceMax = 10s;
constexpr auto kPollBound = 100ms;

/// Clients with one open operation each.
class LoadGenerator {
 public:
  LoadGenerator(const Messaging& messaging, const CellOptions& options)
      : options_(options),
        dealers_(messaging, options.endpoints),
        value_(options.value_bytes, 'v'),
        sent_(options.endpoints.size()),
        keys_(options.endpoints.size()) {
    for (std::size_t client = 0; client < keys_.size(); ++client) keys_[client] = client;
  }

  base::Status send_first(std::size_t clients) {
    const auto until = monotonic_now() + kConnectBound;
    for (std::size_t client = 0; client < clients; ++client) {
      while (!send(client)) {
        if (monotonic_now() > until) return base::Error{"a client is not connected within 5 s"};
        std::this_thread::sleep_for(1ms);
      }
    }
    return {};
  }

  bool send(std::size_t client) {
    request_.clear();
    const std::size_t key = keys_[client] % options_.keys;
    if (options_.put) {
      fmt::format_to(std::back_inserter(request_),
                     R"({{"id":{},"client":0,"sequence":0,"f":"write","key":"k{}","value":"{}"}})",
                     client, key, value_);
    } else {
      fmt::format_to(std::back_inserter(request_),
                     R"({{"id":{},"client":0,"sequence":0,"f":"read","key":"k{}"}})", client, key);
    }
    sent_[client] = monotonic_now();
    return dealers_.send(client, {request_.data(), request_.size()});
  }

  /// `answered(client, ok, latency)`. Error: no reply for a long time.
  template <class Answered>
  base::Status receive(Answered answered) {
    bool any = false;
    dealers_.receive(kPollBound, [&](std::size_t client, std::string_view reply) {
      any = true;
      const bool ok = reply.find(R"("outcome":"ok")") != std::string_view::npos;
      answered(client, ok, monotonic_now() - sent_[client]);
    });
    const auto now = monotonic_now();
    if (any) heard_ = now;
    if (now - looked_ > kPollBound) {
      looked_ = now;
      if (options_.stopped && options_.stopped()) return base::Error{"interrupted"};
    }
    if (now - heard_ > kSilenceMax) return base::Error{"no client has an answer within 10 s"};
    return {};
  }
  void advance(std::size_t client) { keys_[client] += options_.endpoints.size(); }

 private:
  const CellOptions& options_;
  DealerSet dealers_;
  const std::string value_;
  std::vector<base::Instant> sent_;
  std::vector<std::size_t> keys_;
  fmt::memory_buffer request_;
  base::Instant heard_ = monotonic_now();
  base::Instant looked_ = heard_;
};

}  // namespace

double CellResult::per_second() const {
  return static_cast<double>(latency.count()) / std::chrono::duration<double>(measured).count();
}

base::Result<CellResult> run_cell(const Messaging& messaging, const CellOptions& options) {
  LoadGenerator load(messaging, options);
  if (auto sent = load.send_first(options.endpoints.size()); !sent) return sent.error();
  CellResult result;
  const auto begin = monotonic_now();
  const auto measured_from = begin + options.time / 10;
  const auto end = begin + options.time;
  std::size_t open = options.endpoints.size();
  while (open > 0) {
    const auto received = load.receive([&](std::size_t client, bool ok, base::Duration latency) {
      const auto now = monotonic_now();
      result.acknowledged += ok ? 1 : 0;
      if (now >= measured_from && now < end) {
        if (ok) result.latency.add(latency);
        result.failed += ok ? 0 : 1;
      }
      load.advance(client);
      if (now >= end || !load.send(client)) --open;
    });
    if (!received) return received.error();
  }
  result.measured = end - measured_from;
  return result;
}

base::Status fill_keys(const Messaging& messaging, const CellOptions& options) {
  CellOptions one = options;
  one.put = true;
  one.endpoints = {options.endpoints.front()};
  LoadGenerator load(messaging, one);
  if (auto sent = load.send_first(1); !sent) return sent;
  for (std::size_t written = 0; written < options.keys;) {
    const auto received = load.receive([&](std::size_t client, bool ok, base::Duration) {
      if (ok) {
        ++written;
        load.advance(client);
      }
      (void)load.send(client);
    });
    if (!received) return received;
  }
  return {};
}

}  // namespace capsize::harness
