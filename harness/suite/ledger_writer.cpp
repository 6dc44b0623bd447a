#include "harness/suite/ledger_writer.h"

#include <fmt/core.h>

#include <utility>

namespace capsize::harness {
namespace {

using base::Json;

Json failures_json(const std::vector<RunFailure>& failures) {
  Json list = Json::array();
  for (const auto& failure : failures) {
    Json one = {{"signature", failure.signature},
                {"check", failure.check},
                {"sentence", failure.sentence},
                {"faults", failure.faults}};
    if (!failure.anomaly.empty()) one["anomaly"] = failure.anomaly;
    if (!failure.label.empty()) one["label"] = failure.label;
    if (failure.at_ms) one["at-ms"] = *failure.at_ms;
    list.push_back(std::move(one));
  }
  return list;
}

Json head(const char* event, const std::string& execution) {
  return Json::object({{"event", event}, {"execution", execution}});
}

Json begun(const char* event, const std::string& execution, const LostRun& run) {
  Json line = head(event, execution);
  line["run"] = run.id;
  line["seed"] = run.seed;
  line["path"] = run.path;
  if (run.attempt > 1) line["attempt"] = run.attempt;
  return line;
}

}  // namespace

std::filesystem::path ledger_of(const std::filesystem::path& store) {
  return store / "ledger.jsonl";
}

base::Result<LedgerWriter> LedgerWriter::open(const std::filesystem::path& store) {
  return open_file(ledger_of(store));
}

base::Result<LedgerWriter> LedgerWriter::open_file(const std::filesystem::path& path) {
  auto log = LineLog::open(path, "another suite or score is writing to this ledger");
  if (!log) return log.error();
  LedgerWriter writer(std::move(log).value());
  if (writer.log_.was_empty()) {
    if (auto written = writer.append({{kLedgerFormat, kLedgerVersion}}); !written) {
      return written.error();
    }
  }
  return writer;
}

base::Status LedgerWriter::append(const Json& line) {
  const std::string text = line.dump();
  // A line that is too long for a reader would make the whole ledger unreadable.
  if (text.size() > kLedgerLineBytesMax) {
    return base::Error{fmt::format("a line for the ledger has {} bytes, expected at most {}",
                                   text.size(), kLedgerLineBytesMax)};
  }
  return log_.append(text + "\n");
}

base::Status LedgerWriter::begin(const Execution& execution) {
  Json line = head("begin", execution.id);
  line.update({{"suite", execution.suite},
               {"file", execution.file},
               {"suite-sum", execution.suite_sum},
               {"cases", execution.cases},
               {"time", execution.started},
               {"revision", execution.revision},
               {"host", execution.host},
               {"seed", execution.seed},
               {"shard", execution.shard},
               {"jobs", execution.jobs},
               {"planned", execution.planned}});
  if (execution.rates) line["rates"] = to_json(*execution.rates);
  if (!execution.only.empty()) line["only"] = execution.only;
  if (execution.budget_seconds) line["budget-s"] = *execution.budget_seconds;
  return append(line);
}

base::Status LedgerWriter::resume(const std::string& execution) {
  return append(head("resume", execution));
}

base::Status LedgerWriter::confirm(const std::string& execution) {
  return append(head("confirm", execution));
}

base::Status LedgerWriter::start(const std::string& execution, const LostRun& run) {
  return append(begun("start", execution, run));
}

base::Status LedgerWriter::lose(const std::string& execution, const LostRun& run) {
  return append(begun("lost", execution, run));
}

Json to_json(const LedgerRun& run) {
  Json line = {{"run", run.id},
               {"case", run.case_name},
               {"purpose", name(run.purpose)},
               {"parameters", run.parameters},
               {"seed", run.seed},
               {"revision", run.revision},
               {"verdict", checker::name(run.verdict)},
               {"signature", run.failures.empty() ? Json() : Json(run.failures.front().signature)},
               {"failures", failures_json(run.failures)},
               {"seconds", run.seconds},
               {"at", run.at},
               {"path", run.path},
               {"reproduce", run.reproduce},
               {"tested",
                {{"faults", run.faults},
                 {"operations", run.operations},
                 {"operations-under-faults", run.operations_under_faults}}}};
  if (!run.bug.empty()) line["bug"] = run.bug;
  if (!run.reason.empty()) line["reason"] = run.reason;
  if (!run.cause.empty()) line["cause"] = run.cause;
  if (Json measured = to_json(run.measured); !measured.is_null()) {
    line["measured"] = std::move(measured);
  }
  return line;
}

base::Status LedgerWriter::finish(const std::string& execution, const LedgerRun& run) {
  Json line = head("run", execution);
  line.update(to_json(run));
  return append(line);
}

base::Status LedgerWriter::reduce(const std::string& execution, const std::string& path) {
  Json line = head("reduced", execution);
  line["path"] = path;
  return append(line);
}

base::Status LedgerWriter::end(const Execution& execution) {
  Json line = head("end", execution.id);
  line["seconds"] = execution.seconds;
  if (!execution.ended_early.empty()) {
    line["early"] = execution.ended_early;
    line["cause"] = execution.early_cause;
  }
  return append(line);
}

base::Status LedgerWriter::copy(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  return log_.append(text);
}

}  // namespace capsize::harness
