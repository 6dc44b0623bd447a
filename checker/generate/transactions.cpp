// Histories of registers in transactions: txn [["r", key, value], ["w", key, value], ...]. Every
// written value is distinct. The keys of the options are the registers of one object.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "checker/generate/history_generator.h"
#include "checker/generate/interleaving.h"

namespace capsize::checker {
namespace {

// One read-only transaction reads …
constexpr std::string_view kTxnStale = "stale-read";          // … an overwritten value
constexpr std::string_view kTxnUnwritten = "unwritten-read";  // … a value no operation writes
constexpr std::string_view kTxnAborted = "aborted-read";      // … a value of a failed one
constexpr std::string_view kTxnIntermediate = "intermediate-read";  // … an intermediate value
constexpr std::string_view kTxnFractured = "fractured-read";  // … one of two writes of another
constexpr std::string_view kTxnInternal = "internal";         // … one key as two values
// An acknowledged transaction is undone, and later ones read the older values.
constexpr std::string_view kTxnLost = "lost-write";
constexpr std::array kTxnAnomalies = {kTxnStale,        kTxnUnwritten, kTxnAborted, kTxnLost,
                                      kTxnIntermediate, kTxnFractured, kTxnInternal};
constexpr std::int64_t kTxnNull = 0;  // values are numbers from 1; this one is printed as null

struct Step {
  bool is_write = false;
  std::size_t key = 0;
  std::int64_t value = kTxnNull;
};

struct PendingTxn {
  std::uint64_t process = 0;
  std::uint64_t invoked = 0;
  End end = End::kOk;
  bool is_applied = false;
  std::vector<Step> steps = {};
};

struct TxnRegister {
  std::int64_t value = kTxnNull;
  std::uint64_t writer = kNoWriter;  // index of the invocation
  bool is_acknowledged = true;
  std::int64_t older = kTxnNull;  // the certain value when the writer began
  bool has_older = false;
  std::int64_t intermediate = kTxnNull;  // what the writer wrote first

  static constexpr std::uint64_t kNoWriter = ~std::uint64_t{0};
};

class TxnGenerator final : public Interleaving<PendingTxn> {
 public:
  TxnGenerator(const GenerateOptions& options, const LineSink& sink)
      : Interleaving(options, sink), registers_(std::max<std::size_t>(2, options.keys)) {}

 private:
  PendingTxn begin(std::uint64_t process) override {
    PendingTxn one{.process = process, .invoked = generated_.events};
    if (draws_read()) {
      for (const std::size_t key : two_keys()) one.steps.push_back({.key = key});
      if (wants_anomaly()) inject(one);
    } else {
      draw(one);
    }
    emit(one, "invoke", false);
    return one;
  }

  std::array<std::size_t, 2> two_keys() {
    const std::size_t first = below(registers_.size());
    return {first, (first + 1 + below(registers_.size() - 1)) % registers_.size()};
  }

  void draw(PendingTxn& one) {
    const auto [first, second] = two_keys();
    if (options_.anomaly == kTxnIntermediate && chance(0.3)) {
      one.steps.push_back({true, first, next_value_++});
    }
    if (chance(0.5)) one.steps.push_back({.key = second});
    one.steps.push_back({true, first, next_value_++});
    if (chance(0.5)) one.steps.push_back({true, second, next_value_++});
    one.end = drawn_end();
    for (const Step& step : one.steps) {
      TxnRegister& its = registers_[step.key];
      if (step.is_write && its.is_acknowledged)
        before_.emplace_back(one.invoked, step.key, its.value);
    }
  }

  // Decides the results of the wrong transaction when it is invoked.
  void inject(PendingTxn& one) {
    TxnRegister& its = registers_[one.steps[0].key];
    const std::string_view anomaly = options_.anomaly;
    if (anomaly == kTxnUnwritten) {
      read_wrong(one, next_value_++, {});
    } else if (anomaly == kTxnAborted) {
      if (aborted_.empty()) return;
      one.steps[0].key = aborted_.back().second.key;
      read_wrong(one, aborted_.back().second.value, {aborted_.back().first});
    } else if (its.writer == TxnRegister::kNoWriter || !its.is_acknowledged) {
      return;
    } else if (anomaly == kTxnIntermediate) {
      if (its.intermediate != kTxnNull) read_wrong(one, its.intermediate, {its.writer});
    } else if (anomaly == kTxnInternal) {
      if (!its.has_older) return;
      one.steps[1] = {.key = one.steps[0].key, .value = its.older};
      read_wrong(one, its.value, {its.writer});
    } else {
      inject_old(one);
    }
  }

  void inject_old(PendingTxn& one) {
    TxnRegister& its = registers_[one.steps[0].key];
    TxnRegister& other = registers_[one.steps[1].key];
    const bool together = other.writer == its.writer;
    if (!its.has_older) return;
    if (options_.anomaly == kTxnFractured) {
      if (!together) return;
      one.steps[1].value = other.value;
      read_wrong(one, its.older, {its.writer});
      return;
    }
    if (together) return;  // the read would be fractured, too
    read_wrong(one, its.older, {its.writer});
    if (options_.anomaly != kTxnLost) return;
    const std::uint64_t lost = its.writer;
    for (TxnRegister& undone : registers_) {
      if (undone.writer != lost) continue;
      undone.value = undone.older;
      undone.writer = TxnRegister::kNoWriter;
    }
  }

  void read_wrong(PendingTxn& one, std::int64_t value, std::vector<std::uint64_t> counterexample) {
    if (one.steps.size() > 1 && options_.anomaly != kTxnInternal &&
        options_.anomaly != kTxnFractured) {
      one.steps.pop_back();
    }
    one.steps[0].value = value;
    one.is_applied = true;
    generated_.counterexample = std::move(counterexample);
    generated_.counterexample.push_back(one.invoked);
  }

  void advance(std::uint64_t place) override {
    if (!open(place).is_applied) {
      apply(open(place));
      return;
    }
    const PendingTxn one = close(place);
    emit(one, checker::name(one.end), one.end == End::kOk);
    for (const Step& step : one.steps) {
      if (!step.is_write) continue;
      if (one.end == End::kFail) aborted_.emplace_back(one.invoked, step);
      TxnRegister& its = registers_[step.key];
      if (one.end == End::kOk && its.writer == one.invoked) its.is_acknowledged = true;
    }
    std::erase_if(before_, [&](const Before& before) { return before.invoked == one.invoked; });
    release(one.process, one.end);
  }

  void apply(PendingTxn& one) {
    one.is_applied = true;
    const bool happens = one.end == End::kOk || (one.end == End::kInfo && chance(0.5));
    for (Step& step : one.steps) {
      TxnRegister& its = registers_[step.key];
      if (!step.is_write) {
        step.value = its.value;
      } else if (happens) {
        const bool again = its.writer == one.invoked;
        const std::int64_t was = again ? its.older : its.value;
        its.intermediate = again ? its.value : kTxnNull;
        its.value = step.value;
        its.writer = one.invoked;
        its.is_acknowledged = false;
        its.has_older = false;
        for (const Before& before : before_) {
          if (before.invoked != one.invoked || before.key != step.key) continue;
          its.older = before.value;
          its.has_older = was == before.value;  // otherwise another write came between
        }
      }
    }
  }

  void emit(const PendingTxn& one, std::string_view type, bool has_reads) {
    std::string steps;
    for (const Step& step : one.steps) {
      const bool shown = step.value != kTxnNull && (step.is_write || has_reads);
      steps +=
          fmt::format("{}[\"{}\",\"x{}\",{}]", steps.empty() ? "" : ",", step.is_write ? "w" : "r",
                      step.key, shown ? fmt::format("{}", step.value) : "null");
    }
    Interleaving::emit(one.process, type, "txn", 0, "[" + steps + "]");
  }

  // The values that were certainly there when a transaction began.
  struct Before {
    Before(std::uint64_t by, std::size_t of_key, std::int64_t was)
        : invoked(by), key(of_key), value(was) {}
    std::uint64_t invoked;
    std::size_t key;
    std::int64_t value;
  };

  std::vector<TxnRegister> registers_;
  std::vector<Before> before_;
  std::vector<std::pair<std::uint64_t, Step>> aborted_;  // with the index of the invocation
};

class TransactionHistories final : public HistoryGenerator {
 public:
  std::string_view name() const override { return "multi-register"; }
  std::span<const std::string_view> anomalies() const override { return kTxnAnomalies; }
  std::optional<std::string> problem_of(const GenerateOptions& options) const override {
    if (options.cas > 0) return "cas: multi-register has none";
    if (options.values > 0) return "values: of multi-register all are different";
    return std::nullopt;
  }
  Generated generate(const GenerateOptions& options, const LineSink& sink) const override {
    return TxnGenerator(options, sink).run(name());
  }
};

const GeneratorRegistrar registered_transactions(std::make_unique<TransactionHistories>());

}  // namespace
}  // namespace capsize::checker
