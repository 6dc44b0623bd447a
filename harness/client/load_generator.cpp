#include "harness/client/load_generator.h"

#include <algorithm>
#include <cmath>

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration kPollMax = 20ms;
constexpr base::Duration kSettleBound = 300ms;  // for late replies, once the cluster is healed
constexpr base::Duration kRetryPause = 10ms;    // between attempts of the final phase
constexpr base::Duration kCatchUpMax = 10ms;    // a client that was late may catch up this much

}  // namespace

struct LoadGenerator::Slot {
  Client client;
  base::Prng prng;
  bool reader = false;
  std::size_t number = 0;
  base::Duration next_at{};
  std::optional<Finished> last;  // what the final phase looks at
};

struct LoadGenerator::Finisher {
  Slot* slot = nullptr;
  bool probing = true;
  std::deque<workloads::Operation> reads;
  base::Duration retry_at{};
};

LoadGenerator::LoadGenerator(const Messaging& messaging, HistoryWriter& history,
                             const RunClock& clock, workloads::Generator& generator,
                             LoadGeneratorOptions options)
    : messaging_(messaging),
      history_(history),
      clock_(clock),
      generator_(generator),
      options_(std::move(options)) {
  // The last client threads, one a node, are idle until the final phase.
  const std::size_t nodes = options_.nodes.size();
  const std::size_t threads = options_.concurrency + nodes;
  for (std::size_t i = 0; i < threads; ++i) {
    const std::size_t node = i < options_.concurrency ? i % nodes : i - options_.concurrency;
    auto prng = base::Prng::stream(options_.seed, "client", i);
    // Every second round over the nodes is of readers (workload.h says why there must be some).
    const bool reader = (i / nodes) % 2 == 1;
    const double interval_ns = 1e9 * static_cast<double>(options_.concurrency) / options_.rate;
    const auto first = base::Duration(static_cast<std::int64_t>(prng.unit() * interval_ns));
    slots_.push_back(
        std::make_unique<Slot>(Slot{.client = Client(messaging_, history_, clock_,
                                                     {.thread = i,
                                                      .threads = threads,
                                                      .node = node,
                                                      .nodes = options_.nodes,
                                                      .timeout = options_.client_timeout,
                                                      .retries = options_.retries,
                                                      .read_level = options_.read_level}),
                                    .prng = prng,
                                    .reader = reader,
                                    .number = i,
                                    .next_at = first}));
  }
}

LoadGenerator::~LoadGenerator() = default;

void LoadGenerator::run(const std::atomic<bool>& stop) {
  std::vector<Slot*> clients;
  for (std::size_t i = 0; i < options_.concurrency; ++i) clients.push_back(slots_[i].get());
  while (!stop.load() && clock_.now() < options_.time_limit) {
    base::Duration wake = std::min(clock_.now() + kPollMax, options_.time_limit);
    for (Slot* slot : clients) {
      invoke_due(*slot, clock_.now());
      wake = std::min(wake, slot->client.busy() ? slot->client.deadline() : slot->next_at);
    }
    step(clients, wake);
  }
}

void LoadGenerator::invoke_due(Slot& slot, base::Duration now) {
  if (slot.client.busy() || slot.next_at > now) return;
  const double mean_ns = 1e9 * static_cast<double>(options_.concurrency) / options_.rate;
  // Uniform around the mean, so that clients do not synchronize.
  const auto interval =
      base::Duration(static_cast<std::int64_t>((0.5 + slot.prng.unit()) * mean_ns));
  slot.next_at = std::max(slot.next_at + interval, now - kCatchUpMax);
  handle(slot, slot.client.invoke(generator_.next(slot.number, slot.reader, slot.prng)));
}

void LoadGenerator::step(std::vector<Slot*>& slots, base::Duration wake) {
  std::vector<Dealer*> sockets;
  std::vector<Slot*> waiting;
  for (Slot* slot : slots) {
    if (!slot->client.busy()) continue;
    sockets.push_back(&slot->client.socket());
    waiting.push_back(slot);
  }
  const auto before = clock_.now();
  const auto bound = std::max(wake - before, base::Duration::zero());
  std::vector<bool> ready;
  Dealer::poll(sockets, ready, std::chrono::ceil<std::chrono::milliseconds>(bound));
  worst_lag_ = std::max(worst_lag_, clock_.now() - before - bound);

  for (std::size_t i = 0; i < waiting.size(); ++i) {
    if (ready[i]) handle(*waiting[i], waiting[i]->client.take_reply());
  }
  for (Slot* slot : slots) {
    handle(*slot, slot->client.expire());
  }
  history_.flush_if_due(clock_.now());
}

void LoadGenerator::handle(Slot& slot, std::optional<Finished> finished) {
  if (!finished) return;
  statistics_.add(*finished, clock_.now());
  const bool ok = finished->type == EventType::kOk;
  auto& counter = ok ? live_.ok : finished->type == EventType::kFail ? live_.fail : live_.info;
  if (ok) live_.ok_latency_ns.fetch_add(finished->latency.count(), std::memory_order_relaxed);
  counter.fetch_add(1, std::memory_order_relaxed);
  generator_.completed(slot.number, finished->operation, {.ok = ok, .value = &finished->value});
  slot.last = std::move(finished);
}

void LoadGenerator::settle(const std::atomic<bool>& healed) {
  std::vector<Slot*> slots;
  for (const auto& slot : slots_) slots.push_back(slot.get());
  const auto any_busy = [&] {
    return std::any_of(slots.begin(), slots.end(), [](Slot* s) { return s->client.busy(); });
  };
  while (!healed.load()) step(slots, clock_.now() + 5ms);
  const auto until = clock_.now() + kSettleBound;
  while (any_busy() && clock_.now() < until) step(slots, std::min(until, clock_.now() + 5ms));
  abandon_all("end of the load");
}

void LoadGenerator::abandon_all(const char* reason) {
  for (const auto& slot : slots_) handle(*slot, slot->client.abandon(reason));
}

std::vector<NodeRecovery> LoadGenerator::finish(const std::atomic<bool>& stop) {
  const auto healed = clock_.now();
  std::vector<NodeRecovery> recoveries(options_.nodes.size());
  std::vector<Finisher> finishers(options_.nodes.size());
  std::vector<Slot*> slots;
  for (std::size_t node = 0; node < finishers.size(); ++node) {
    finishers[node].slot = slots_[options_.concurrency + node].get();
    finishers[node].slot->last.reset();
    slots.push_back(finishers[node].slot);
  }
  const auto in_time = [&] {
    return clock_.now() <
           healed + options_.live_bound + options_.extension(clock_.start() + healed);
  };
  bool open = true;
  while (open && !stop.load() && in_time()) {
    open = false;
    for (std::size_t node = 0; node < finishers.size(); ++node) {
      open |= advance(finishers[node], healed, recoveries[node]);
    }
    if (open) step(slots, clock_.now() + kRetryPause);
  }
  abandon_all("end of the run");
  history_.flush();
  return recoveries;
}

bool LoadGenerator::advance(Finisher& finisher, base::Duration healed, NodeRecovery& recovery) {
  Slot& slot = *finisher.slot;
  if (slot.client.busy()) return true;
  if (recovery.final_reads_done) return false;
  const bool succeeded = slot.last && slot.last->type == EventType::kOk;
  if (succeeded && finisher.probing) {
    finisher.probing = false;
    recovery.first_write = clock_.now() - healed;
    // Only now: the probes of other nodes write, too, and every node must return all of it.
    for (auto& read : generator_.final_reads()) finisher.reads.push_back(std::move(read));
  } else if (succeeded) {
    finisher.reads.pop_front();
  } else if (slot.last) {
    finisher.retry_at = clock_.now() + kRetryPause;
  }
  slot.last.reset();
  if (!finisher.probing && finisher.reads.empty()) {
    recovery.final_reads_done = true;
    return false;
  }
  if (clock_.now() < finisher.retry_at) return true;
  handle(slot, slot.client.invoke(finisher.probing ? generator_.probe(slot.prng)
                                                   : finisher.reads.front()));
  return true;
}

base::Duration LoadGenerator::take_worst_lag() {
  return std::exchange(worst_lag_, base::Duration::zero());
}

}  // namespace capsize::harness
