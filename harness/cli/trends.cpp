// capsize trends: how the nights of suites change, from ledgers.
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "base/mismatch.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"
#include "harness/report/output_file.h"
#include "harness/report/terminal.h"
#include "harness/store/run_directory.h"
#include "harness/suite/ledger_writer.h"
#include "harness/suite_report/texts.h"
#include "harness/trends/trends.h"
#include "harness/trends/trends_report.h"

namespace capsize::harness {
namespace {

constexpr std::uint64_t kTrendsNightsMax = 100;  // the time of a change grows with their square

base::Status write_trends(const std::string& path, const std::string& text) {
  return write_output(path, [&](const Sink& sink) { sink(text); });
}

class TrendsVerb final : public Verb {
 public:
  std::string_view name() const override { return "trends"; }
  std::string_view summary() const override {
    return "Shows how the nights of a suite change: rates of failures, recovery, throughput";
  }
  std::string_view examples() const override {
    return "Each quantity has a value for each night. The first night after a change is\n"
           "marked, with its revision, the values before and after, and a p-value. Only ledgers\n"
           "are read: run directories may be gone.\n\n"
           "Examples:\n"
           "  capsize trends                                 of all suites in store/ledger.jsonl\n"
           "  capsize trends --suite nightly --nights 30\n"
           "  capsize trends machines/*/ledger.jsonl         of several machines, as one\n"
           "  capsize trends --markdown trends.md --json trends.json\n";
  }

  void add_options(base::CommandLine& line) override {
    line.option("ledger", ledgers_, "ledgers [STORE/ledger.jsonl]").type_name("LEDGER");
    line.option("--store", store_, "directory of runs").show_default().excludes("ledger");
    line.option("--suite", suite_, "this suite only [all suites of the ledgers]");
    line.option("--nights", nights_, "the last nights").range(1, kTrendsNightsMax).show_default();
    line.option("--json", json_, "trends as JSON").type_name("OUT.json");
    line.option("--markdown", markdown_, "trends as Markdown").type_name("OUT.md");
  }

  int run() override {
    if (store_.empty()) return usage_error("--store: found '', expected a directory");
    std::error_code ignored;
    if (ledgers_.empty() && !std::filesystem::is_directory(store_, ignored)) {
      return usage_error(fmt::format("{}: found no directory, expected a store of runs", store_));
    }
    const auto ledger = read();
    if (!ledger) return usage_error(ledger.error().message);
    std::vector<std::string> suites = suites_of(ledger.value());
    if (!suite_.empty() && !suites.empty()) {
      if (std::find(suites.begin(), suites.end(), suite_) == suites.end()) {
        std::string names;
        for (const auto& name : suites) names += (names.empty() ? "" : ", ") + name;
        return usage_error("--suite: " + base::mismatch(suite_, "one of: " + one_line(names, 300)));
      }
      suites = {suite_};
    }
    std::vector<Trends> trends;
    for (const auto& name : suites) trends.push_back(trends_of(ledger.value(), name, nights_));
    return publish(trends);
  }

 private:
  [[nodiscard]] base::Result<Ledger> read() const {
    // A store in which no suite has run yet has no ledger; a ledger that is named must exist.
    if (ledgers_.empty()) return read_ledger(ledger_of(store_));
    return read_ledgers({ledgers_.begin(), ledgers_.end()});
  }

  [[nodiscard]] int publish(const std::vector<Trends>& suites) const {
    if (suites.empty()) fmt::print("no suite has run: the ledger has no execution\n");
    const bool colours = wants_colours(STDOUT_FILENO);
    std::string markdown;
    for (const auto& trends : suites) {
      if (&trends != &suites.front()) fmt::print("\n");
      fmt::print("{}", trends_text(trends, terminal_width(STDOUT_FILENO), colours));
      markdown += (markdown.empty() ? "" : "\n") + trends_markdown(trends);
    }
    std::fflush(stdout);
    base::Status written;
    if (!json_.empty()) written = write_trends(json_, trends_json(suites).dump(2) + "\n");
    if (written && !markdown_.empty()) written = write_trends(markdown_, markdown);
    if (written) return 0;
    usage_error(written.error().message);
    return checker::exit_code(checker::Verdict::kHarnessError);
  }

  std::vector<std::string> ledgers_;
  std::string store_ = kStoreDefault;
  std::string suite_;
  std::uint64_t nights_ = 60;
  std::string json_;
  std::string markdown_;
};

const base::Registered<Verb, TrendsVerb> registered;

}  // namespace
}  // namespace capsize::harness
