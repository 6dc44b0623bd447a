// capsize generate: a history whose verdict is known, for tests, benchmarks and trying things out.
#include "checker/generate/generator.h"

#include <fmt/format.h>

#include <cstdio>

#include "harness/cli/verb.h"

namespace capsize::harness {
namespace {

class Generate final : public Verb {
 public:
  std::string_view name() const override { return "generate"; }
  std::string_view summary() const override { return "Writes a history whose verdict is known"; }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize generate --operations 1000000 --keys 1000 --clients 10 > million.jsonl\n"
           "  capsize generate --anomaly stale-read --seed 7 | capsize check -\n"
           "  capsize generate --values 5 --cas 0.3 --indeterminate 0.08 > hard.jsonl\n"
           "  capsize generate --model fifo-queue --anomaly lost-element | capsize check -\n"
           "  capsize generate --model cas-register --values 3 --cas 0.2 --anomaly unwritten-read\n"
           "  capsize generate --model kv --cas 0.2 --anomaly lost-update | capsize check -\n"
           "The events that prove an injected anomaly are named on standard error.\n";
  }
  void add_options(base::CommandLine& line) override {
    const auto models = checker::generated_models();
    std::string anomalies = "what goes wrong once, near the end";
    for (const std::string_view model : models) {
      anomalies += fmt::format("; of {}: {}", model, fmt::join(checker::anomalies_of(model), ", "));
    }
    line.option("--model", options_.model, fmt::format("{}", fmt::join(models, ", ")))
        .show_default();
    line.option("--operations", options_.operations).show_default();
    line.option("--clients", options_.clients, "operations open at a time, at most").show_default();
    line.option("--keys", options_.keys).show_default();
    line.option("--reads", options_.reads, "share of the operations; of a queue, dequeues")
        .show_default();
    line.option("--cas", options_.cas, "share of the operations; the rest writes").show_default();
    line.option("--indeterminate", options_.indeterminate, "share of the writes and cas")
        .show_default();
    line.option("--failed", options_.failed, "share of the writes and cas").show_default();
    line.option("--values", options_.values, "how many different ones; 0: all are different")
        .show_default();
    line.option("--anomaly", options_.anomaly, anomalies);
    line.option("--seed", options_.seed).show_default();
  }
  int run() override {
    options_.anomaly = checker::current_anomaly_name(options_.anomaly);
    if (const auto problem = checker::problem_of(options_)) return usage_error("--" + *problem);
    const auto generated = checker::generate(
        options_, [](std::string_view line) { std::fwrite(line.data(), 1, line.size(), stdout); });
    if (std::fflush(stdout) != 0) return usage_error("standard output: cannot be written");
    if (options_.anomaly.empty()) return 0;
    if (generated.counterexample.empty()) {
      return usage_error("no occasion for the anomaly came: more operations, or another seed");
    }
    fmt::print(stderr, "{}: the operations with index {}\n", options_.anomaly,
               fmt::join(generated.counterexample, ", "));
    return 0;
  }

 private:
  checker::GenerateOptions options_;
};

const base::Registered<Verb, Generate> registered;

}  // namespace
}  // namespace capsize::harness
