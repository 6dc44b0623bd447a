#include "harness/cli/witness.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "checker/history/byte_source.h"
#include "checker/witness/witness.h"

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
  std::ofstream file_out(out);
  int reason = errno;  // of the opening: what is done in between may set it, too
  if (file_out) {
    checker::write_witness(history, witness, [&](std::string_view line) { file_out << line; });
    errno = 0;
    file_out.flush();
    reason = errno;
  }
  if (!file_out) missing = {fmt::format("--witness: {}: {}", out, std::strerror(reason)), true};
  return report;
}

Report replay_witness(const std::string& file, const checker::CheckOptions& options,
                      const std::string& witness) {
  auto loaded = load(file, options);
  if (auto* report = std::get_if<Report>(&loaded)) return std::move(*report);
  auto source = checker::open_source(witness);
  if (!source) {
    Report report;
    report.file = file;
    report.verdict = Verdict::kUsageError;
    report.reason = fmt::format("{}: found {}, expected a file that can be read", witness,
                                std::strerror(errno));
    return report;
  }
  checker::LineReader lines(std::move(source));
  return checker::verify_witness(std::get<History>(loaded), lines, witness, options);
}

}  // namespace capsize::harness
