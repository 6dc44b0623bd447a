#include "harness/cli/linearization.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>

#include "checker/history/byte_source.h"
#include "checker/linearization/linearization.h"
#include "harness/report/output_file.h"

namespace capsize::harness {
namespace {

using checker::History;
using checker::Report;
using checker::Verdict;

// The history, or the report that says why there is none.
std::variant<History, Report> load(const std::string& file, const checker::CheckOptions& options) {
  auto loaded = checker::load_history(file, options);
  if (auto* history = std::get_if<History>(&loaded)) return std::move(*history);
  return checker::report_without_history(file, std::move(loaded));
}

}  // namespace

Report check_with_witness(const std::string& file, const checker::CheckOptions& options,
                          const std::string& out, NoWitness& missing) {
  auto loaded = load(file, options);
  if (auto* report = std::get_if<Report>(&loaded)) return std::move(*report);
  const History& history = std::get<History>(loaded);
  checker::Witness witness;
  Report report = checker::check_history(history, options, &witness);
  if (report.verdict != Verdict::kValid) {
    missing.why =
        fmt::format("--witness: nothing written, the verdict is {}", checker::name(report.verdict));
    return report;
  }
  if (witness.model.empty()) {
    missing.why = fmt::format("--witness: nothing written, {} asks for no order", report.model);
    return report;
  }
  const auto written = write_output(out, [&](const Sink& sink) {
    checker::write_witness(history, witness, [&](std::string_view line) { sink(line); });
  });
  if (!written) missing = {"--witness: " + written.error().message, true};
  return report;
}

Report replay_witness(const std::string& file, const checker::CheckOptions& options,
                      const std::string& witness) {
  auto loaded = load(file, options);
  if (auto* report = std::get_if<Report>(&loaded)) return std::move(*report);
  const checker::Budget budget(options.time_limit, options.memory_limit_bytes);
  checker::ReadingBound bound{budget};
  auto source = checker::open_source(witness, &bound);
  if (!source) {
    Report report;
    report.file = file;
    report.verdict = Verdict::kUsageError;
    report.reason = fmt::format("{}: found {}, expected a file that can be read", witness,
                                std::strerror(errno));
    return report;
  }
  checker::LineReader lines(std::move(source));
  Report report = checker::verify_witness(std::get<History>(loaded), lines, witness, options);
  if (!bound.reached) return report;
  report.verdict = Verdict::kUnknown;
  report.reason = budget.time_bound() + " ended the reading of " + witness;
  return report;
}

}  // namespace capsize::harness
