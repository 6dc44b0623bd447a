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

Report check_and_write_linearization(const std::string& file, const checker::CheckOptions& options,
                                     const std::string& out, NoLinearization& missing) {
  auto loaded = load(file, options);
  if (auto* report = std::get_if<Report>(&loaded)) return std::move(*report);
  const History& history = std::get<History>(loaded);
  checker::Linearization linearization;
  Report report = checker::check_history(history, options, &linearization);
  if (report.verdict != Verdict::kValid) {
    missing.why = fmt::format("--linearization: nothing written, the verdict is {}",
                              checker::name(report.verdict));
    return report;
  }
  if (linearization.model.empty()) {
    missing.why =
        fmt::format("--linearization: nothing written, {} asks for no order", report.model);
    return report;
  }
  const auto written = write_output(out, [&](const Sink& sink) {
    checker::write_linearization(history, linearization,
                                 [&](std::string_view line) { sink(line); });
  });
  if (!written) missing = {"--linearization: " + written.error().message, true};
  return report;
}

Report replay_linearization(const std::string& file, const checker::CheckOptions& options,
                            const std::string& linearization) {
  auto loaded = load(file, options);
  if (auto* report = std::get_if<Report>(&loaded)) return std::move(*report);
  const checker::Budget budget(options.time_limit, options.memory_limit_bytes);
  checker::ReadingBound bound{budget};
  auto source = checker::open_source(linearization, &bound);
  if (!source) {
    Report report;
    report.file = file;
    report.verdict = Verdict::kUsageError;
    report.reason = fmt::format("{}: found {}, expected a file that can be read", linearization,
                                std::strerror(errno));
    return report;
  }
  checker::LineReader lines(std::move(source));
  Report report =
      checker::verify_linearization(std::get<History>(loaded), lines, linearization, options);
  if (!bound.reached) return report;
  report.verdict = Verdict::kUnknown;
  report.reason = budget.time_bound() + " ended the reading of " + linearization;
  return report;
}

}  // namespace capsize::harness
