// Suite files and ledgers: hostile text ends in an error that is one line, or in valid scenarios
// and reports that keep their formats' rules.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/suite/ledger.h"
#include "harness/suite/suite_file.h"
#include "harness/suite/suite_plan.h"
#include "harness/suite_report/assessment.h"
#include "harness/suite_report/assessment_json.h"
#include "harness/suite_report/junit.h"
#include "harness/suite_report/markdown.h"

using namespace capsize;
using namespace capsize::harness;

namespace {

void require(bool fine) {
  if (!fine) std::abort();
}

void require_one_line(const base::Error& error) {
  require(!error.message.empty() && error.message.find('\n') == std::string::npos);
}

void check_suite(const std::string& text) {
  const auto suite = parse_suite(text, "fuzz.json", {});
  if (!suite) return require_one_line(suite.error());
  for (const auto& each : suite.value().cases) require(validate(each.scenario).ok());
  TestRuns runs(suite.value(), 1, {1, 2}, true);
  for (int i = 0; i < 20; ++i) {
    const auto run = runs.next();
    if (!run) break;
    require(run->of != nullptr && !run->id.empty());
  }
}

bool has_forbidden_characters(std::string_view xml) {
  for (const char c : xml) {
    if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' && c != '\r') return true;
  }
  return false;
}

void check_ledger(const std::string& text) {
  const auto ledger = parse_ledger(text, "ledger.jsonl");
  if (!ledger) return require_one_line(ledger.error());
  if (ledger.value().executions.empty()) return;
  const std::string last = ledger.value().executions.back().id;
  const Assessment assessment = assess(ledger.value(), {last}, {}, "2026-11-30");
  require(assessment.first_line.find('\n') == std::string::npos);
  require(markdown_summary(assessment).size() <= kMarkdownBytesMax);
  require(!has_forbidden_characters(junit_xml(assessment)));
  require(!to_json(assessment).dump().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_suite(text);
  check_ledger(text);
  return 0;
}
