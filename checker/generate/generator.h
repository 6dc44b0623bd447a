// Generator: histories whose verdict is known by construction.
//
// Operations take effect one after the other on simulated objects, each at some moment between its
// invocation and its completion, so the order in which they took effect is a linearization. On
// request an anomaly is injected, and the events that prove it are reported. All random choices
// follow from one seed.
//
// For tests (how often does the checker name an anomaly correctly?), benchmarks and experiments.
// One file per model (history_generator.h).
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
  std::uint32_t clients = 5;  ///< the largest number of open operations
  std::uint32_t keys = 1;
  double reads = 0.5;          ///< share of the operations; of a queue, the dequeues
  double cas = 0;              ///< share of the operations; the rest are writes. Registers only
  double indeterminate = 0.0;  ///< share of the writes; half of them take effect
  double failed = 0.0;         ///< share of the writes; they have no effect
  double final_reads = 0;      ///< share of the operations; the last ones are reads only
  std::uint64_t values = 0;    ///< number of distinct values; 0: every written value is distinct
  std::string anomaly = {};    ///< one of anomalies_of(model), once, near the end; empty: none
  std::uint64_t seed = 1;
};

/// Receives one line per call, line feed included.
using LineSink = std::function<void(std::string_view line)>;

struct Generated {
  std::uint64_t events = 0;
  /// The "index" of the events that prove the injected anomaly, the observer last; empty if no
  /// suitable state for it occurred.
  std::vector<std::uint64_t> counterexample;
  /// The anomaly that the history has. It differs from the requested one if the history ended
  /// before the injection was complete: a read of a value that is written only later is a garbage
  /// read until then. Empty without a counterexample.
  std::string_view planted = {};
};

[[nodiscard]] std::vector<std::string_view> generated_models();
/// Returns the anomalies that can be injected for this model; none for an unknown model.
[[nodiscard]] std::vector<std::string_view> anomalies_of(std::string_view model);

/// Returns what is wrong with the options, if anything. Most anomalies require distinct values and
/// no cas; otherwise the verdict would not be certain.
[[nodiscard]] std::optional<std::string> problem_of(const GenerateOptions& options);

/// Writes a history as JSON lines, header included. Precondition: the model is one of
/// generated_models(). Where problem_of(options) names a problem, the verdict is not certain.
Generated generate(const GenerateOptions& options, const LineSink& sink);

/// Returns the present name of an anomaly that an earlier release named differently
/// ("two-winners"), and any other name unchanged.
[[nodiscard]] std::string current_anomaly_name(const std::string& name);

}  // namespace capsize::checker
