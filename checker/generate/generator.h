// Generator: histories whose verdict is known because of how they are made.
//
// Operations take effect one after the other on simulated objects, each at some moment between its
// invocation and its completion, so the order in which they took effect explains what every client
// saw: the history is linearizable. An anomaly is then injected on purpose, and the events that
// prove it are named. Everything descends from one seed.
//
// For tests (how often does the checker give an anomaly its right name?), benchmarks, and to see
// what the checker says. One file a model (history_generator.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace capsize::checker {

struct GenerateOptions {
  std::string model = "register";  ///< of generated_models()
  std::uint64_t operations = 1000;
  std::uint32_t clients = 5;  ///< how many operations are open at a time, at most
  std::uint32_t keys = 1;
  double reads = 0.5;          ///< share of the operations; of a queue, the dequeues
  double cas = 0;              ///< share of the operations; the rest writes. Registers only
  double indeterminate = 0.0;  ///< share of the writes; half of them take effect
  double failed = 0.0;         ///< share of the writes; without effect
  double final_reads = 0;      ///< share of the operations; the last ones, which only read
  std::uint64_t values = 0;    ///< how many different ones; 0: every written value is different
  std::string anomaly = {};    ///< of anomalies_of(model), once, near the end; empty: none
  std::uint64_t seed = 1;
};

/// Takes one line at a time, line feed included.
using LineSink = std::function<void(std::string_view line)>;

struct Generated {
  std::uint64_t events = 0;
  /// The "index" of the events that prove the injected anomaly, the observer last; empty if there
  /// was no occasion to inject it.
  std::vector<std::uint64_t> counterexample;
  /// The anomaly that the history has in truth. Another one than the options ask for where half of
  /// it was planted and there was no occasion for the rest: a read of a value that is written only
  /// later is a garbage read until then. Empty without a counterexample.
  std::string_view planted = {};
};

[[nodiscard]] std::vector<std::string_view> generated_models();
/// What can go wrong on purpose in a history of this model; nothing for an unknown one.
[[nodiscard]] std::vector<std::string_view> anomalies_of(std::string_view model);

/// What is wrong with the options, or nothing. Most anomalies ask for different values and no cas:
/// else nothing would be certain.
[[nodiscard]] std::optional<std::string> problem_of(const GenerateOptions& options);

/// Writes a history as JSON lines, header included. Precondition: the model is one of
/// generated_models(). Where problem_of(options) names a problem, the verdict is not certain.
Generated generate(const GenerateOptions& options, const LineSink& sink);

/// The name of an anomaly that an earlier release called otherwise ("two-winners"); any other name
/// is returned as it is.
[[nodiscard]] std::string current_anomaly_name(const std::string& name);

}  // namespace capsize::checker
