// Checks a history with the built-in models: check_file HISTORY [MODEL]. Same exit codes as
// `capsize check`.
#include <capsize/checker.h>

#include <iostream>

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: check_file HISTORY [MODEL]; models:";
    for (const std::string& model : capsize::models()) std::cerr << ' ' << model;
    std::cerr << '\n';
    return capsize::exit_code(capsize::Verdict::kUsageError);
  }
  capsize::Options options;
  if (argc > 2) options.model = argv[2];
  options.time_limit = std::chrono::seconds(10);
  const capsize::Report report = capsize::check_file(argv[1], options);

  std::cout << name(report.verdict);
  if (!report.reason.empty()) std::cout << ": " << report.reason;
  std::cout << '\n'
            << report.counts.operations << " operations on " << report.counts.keys
            << " keys, model " << report.model << '\n';
  for (const capsize::Violation& violation : report.violations) {
    std::cout << violation.anomaly << '\n';
    for (const capsize::Operation& operation : violation.operations) {
      std::cout << "  process " << operation.process << "  " << operation.function << ' '
                << operation.value << "  " << name(operation.outcome) << '\n';
    }
  }
  return capsize::exit_code(report.verdict);
}
