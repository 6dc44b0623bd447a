// Shared by all generators: clients, each with at most one open operation, and a seed that decides
// when an operation begins, takes effect and ends. The generator decides what the operations are.
#pragma once

#include <fmt/core.h>

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/generate/generator.h"

namespace capsize::checker {

/// How an operation ends.
enum class End : std::uint8_t { kOk, kFail, kInfo };
[[nodiscard]] constexpr const char* name(End end) {
  constexpr const char* kNames[] = {"ok", "fail", "info"};
  return kNames[static_cast<std::size_t>(end)];
}

/// `Pending` is the generator's record of an open operation.
template <class Pending>
class Interleaving {
 public:
  /// Both arguments must outlive this object.
  Interleaving(const GenerateOptions& options, const LineSink& sink)
      : options_(options),
        next_value_(static_cast<std::int64_t>(options.values) + 1),
        sink_(sink),
        random_(options.seed) {
    for (std::uint32_t client = 0; client < options.clients; ++client) idle_.push_back(client);
  }
  virtual ~Interleaving() = default;
  Interleaving(const Interleaving&) = delete;
  Interleaving& operator=(const Interleaving&) = delete;

  Generated run(std::string_view model) {
    sink_(fmt::format("{{\"capsize-history\":1,\"model\":\"{}\"}}\n", model));
    while (begun_ < options_.operations || !pending_.empty()) {
      const bool can_begin = begun_ < options_.operations && !idle_.empty();
      if (can_begin && (pending_.empty() || chance(0.5))) {
        const std::uint64_t process = take(idle_, below(idle_.size()));
        pending_.push_back(begin(process));
        ++begun_;
      } else {
        advance(below(pending_.size()));
      }
    }
    return std::move(generated_);
  }

 protected:
  /// Draws an operation of this process and emits its invocation.
  virtual Pending begin(std::uint64_t process) = 0;
  /// Lets the open operation take effect, or emits its completion.
  virtual void advance(std::uint64_t place) = 0;

  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  bool chance(double share) { return static_cast<double>(random_() >> 11) * 0x1.0p-53 < share; }
  /// Draws the value of a write or an add.
  std::int64_t drawn_value() {
    if (options_.values == 0) return next_value_++;
    return static_cast<std::int64_t>(1 + below(options_.values));
  }
  End drawn_end() {
    if (chance(options_.indeterminate)) return End::kInfo;
    return chance(options_.failed) ? End::kFail : End::kOk;
  }
  /// Whether a read that begins now should be the wrong one.
  [[nodiscard]] bool wants_anomaly() const {
    return !options_.anomaly.empty() && generated_.counterexample.empty() &&
           static_cast<double>(begun_) >= kInjectAfter * static_cast<double>(options_.operations);
  }

  /// Draws whether an operation that begins now is a read.
  [[nodiscard]] bool draws_read() {
    const double left = static_cast<double>(options_.operations - begun_);
    if (left <= options_.final_reads * static_cast<double>(options_.operations)) return true;
    return chance(options_.reads);
  }
  /// Whether all operations have begun.
  [[nodiscard]] bool is_ending() const { return begun_ >= options_.operations; }
  /// The number of open operations.
  [[nodiscard]] std::uint64_t open_count() const { return pending_.size(); }

  Pending& open(std::uint64_t place) { return pending_[place]; }
  /// Removes an open operation. release() then makes its process idle, after `info` under its next
  /// number.
  Pending close(std::uint64_t place) { return take(pending_, place); }
  void release(std::uint64_t process, End end) {
    idle_.push_back(end == End::kInfo ? process + options_.clients : process);
  }

  void emit(std::uint64_t process, std::string_view type, std::string_view function,
            std::uint32_t key, std::string_view value, std::string_view error = {}) {
    time_ += 1 + below(kStepNanosecondsMax);
    line_.clear();
    fmt::format_to(std::back_inserter(line_),
                   "{{\"index\":{},\"time\":{},\"process\":{},\"type\":\"{}\",\"f\":\"{}\","
                   "\"key\":\"k{}\",\"value\":{}",
                   generated_.events, time_, process, type, function, key, value);
    if (!error.empty()) fmt::format_to(std::back_inserter(line_), ",\"error\":\"{}\"", error);
    line_ += "}\n";
    sink_(line_);
    ++generated_.events;
  }

  const GenerateOptions& options_;
  std::int64_t next_value_;  // not written yet; with options.values, never written
  Generated generated_;

 private:
  static constexpr double kInjectAfter = 0.8;  // share of the operations that begin before it
  static constexpr std::uint64_t kStepNanosecondsMax = 2000;

  template <class Item>
  static Item take(std::vector<Item>& items, std::uint64_t place) {
    std::swap(items[place], items.back());
    Item item = std::move(items.back());
    items.pop_back();
    return item;
  }

  const LineSink& sink_;
  std::mt19937_64 random_;
  std::vector<std::uint64_t> idle_;  // process numbers
  std::vector<Pending> pending_;
  std::uint64_t begun_ = 0;
  std::uint64_t time_ = 0;
  std::string line_;
};

}  // namespace capsize::checker
