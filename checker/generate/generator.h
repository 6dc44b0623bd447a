// Generator: histories of registers whose verdict is known because of how they are made.
//
// Operations take effect one after the other on a simulated register, each at some moment between
// its invocation and its completion, so the order in which they took effect explains what everybody
// saw: the history is linearizable. An anomaly is then injected on purpose, and the events that
// prove it are named. Everything descends from one seed.
//
// For tests, benchmarks, and for whoever wants to see what the checker says.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::checker {

enum class InjectedAnomaly : std::uint8_t {
  kNone,
  kStaleRead,      ///< one read returns what had been overwritten
  kUnwrittenRead,  ///< one read returns what nobody writes
  kAbortedRead,    ///< one read returns what only a failed write wrote
  kLostWrite,      ///< an acknowledged write is undone, and reads find the older value from then on
};

struct GenerateOptions {
  std::uint64_t operations = 1000;
  std::uint32_t clients = 5;  ///< how many operations are open at a time, at most
  std::uint32_t keys = 1;
  double reads = 0.5;          ///< share of the operations
  double cas = 0;              ///< share of the operations; the rest writes
  double indeterminate = 0.0;  ///< share of the mutations; half of them take effect
  double failed = 0.0;         ///< share of the mutations; without effect
  std::uint64_t values = 0;    ///< so many different ones; 0: every written value is different
  InjectedAnomaly anomaly = InjectedAnomaly::kNone;
  std::uint64_t seed = 1;
};

/// Takes one line at a time, line feed included.
using LineSink = std::function<void(std::string_view line)>;

struct Generated {
  std::uint64_t events = 0;
  /// The "index" of the events that prove the injected anomaly, the read last; empty if there was
  /// no occasion to inject it.
  std::vector<std::uint64_t> witness;
};

/// By name: stale-read, unwritten-read, aborted-read, lost-write.
[[nodiscard]] std::optional<InjectedAnomaly> injected_anomaly(std::string_view name);
[[nodiscard]] std::span<const std::string_view> injected_anomaly_names();

/// What is wrong with the options, or nothing. Anomalies ask for different values and no cas: else
/// nothing would be certain.
[[nodiscard]] std::optional<std::string> problem_of(const GenerateOptions& options);

/// Writes a history as JSON lines, header included. Precondition: problem_of(options) is nothing.
Generated generate(const GenerateOptions& options, const LineSink& sink);

}  // namespace capsize::checker
