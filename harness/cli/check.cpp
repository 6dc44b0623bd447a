// capsize check: a verdict on recorded histories, of any system.
#include <fmt/core.h>

#include <sys/resource.h>

#include <cstdio>
#include "base/json.h"
#include "base/printable.h"

#include "base/units.h"
#include "checker/check/check.h"
#include "checker/check/choose_model.h"
#include "checker/history_checks/history_check.h"
#include "checker/specification/model.h"
#include "harness/cli/follow.h"
#include "harness/cli/isolated.h"
#include "harness/cli/linearization.h"
#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/report/explanation_page.h"
#include "harness/report/output_file.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

using checker::Report;
using checker::Verdict;

// The most memory that this process has held so far: a file has one for itself (isolated.h).
std::uint64_t peak_memory_bytes() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

class CheckVerb final : public Verb {
 public:
  std::string_view name() const override { return "check"; }
  std::string_view summary() const override {
    return "Decides whether recorded histories are linearizable, and shows why not";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize check store/latest/history.jsonl\n"
           "  capsize check --model cas-register --check-limit 10s a.jsonl b.jsonl\n"
           "  capsize check --json history.jsonl | jq .verdict\n"
           "  capsize check --map f.put=write --map f.get=read --map key=k --initial 0 "
           "other.jsonl\n"
           "  capsize check --clock-error 5ms requests.csv   # process,f,key,value,start,end\n"
           "  capsize check --time-unit ms table.csv         # of a spreadsheet: commas, ; or "
           "tabs\n"
           "  capsize check --map key=request.key --map start=begin --time-unit s requests.json\n"
           "  zstdcat big.jsonl.zst | capsize check -        # or big.jsonl.zst itself\n"
           "  capsize check --explain why.html history.jsonl\n"
           "  capsize check --linearization order.jsonl history.jsonl      # a legal order, if "
           "valid\n"
           "  capsize check --verify-linearization order.jsonl history.jsonl   # replayed by the "
           "model\n"
           "  capsize check --follow store/latest/history.jsonl      # while it is being written\n"
           "Exit code: that of the worst file; 0 valid, 1 invalid, 2 unknown, 3 vacuous, 254 "
           "malformed.\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("history", files_, "files to check, - for standard input").required();
    line.option("--model", model_,
                fmt::format("what the history is checked against: {}", checker::judge_names()));
    reading_.add_to(line);
    line.option("--initial", initial_, "what a read of a new key returns, as JSON");
    line.option("--check-limit", check_limit_, "time for each file, loading included")
        .show_default();
    line.option("--memory-limit", memory_limit_, "memory for each file, loading included")
        .show_default();
    line.option("--failed-cas", failed_cas_,
                "a failed cas saw another value (observes), did so if its error is \"mismatch\" "
                "(mismatch), or says nothing (ignored) [as the format means it]")
        .one_of({"observes", "mismatch", "ignored"});
    line.flag("--json", json_, "one JSON object a file");
    line.option("--explain", explain_, "where to write a page that shows the violations");
    line.option("--linearization", linearization_, "where to write a legal order, if valid");
    line.option("--verify-linearization", verify_linearization_,
                "replays such an order with the model alone; the verdict is about the order")
        .excludes("--linearization");
    line.accept_former("--witness", "--linearization");
    line.accept_former("--verify-witness", "--verify-linearization");
    line.flag("--follow", follow_,
              "decides registers with different values while the file grows, or a pipe brings "
              "more: until the first violation, until no process writes it any more, or until "
              "interrupted (then it exits with 130); needs no memory for what is over")
        .excludes("--linearization")
        .excludes("--verify-linearization");
  }
  int run() override {
    auto reading = reading_.resolve();
    if (const auto* problem = std::get_if<std::string>(&reading)) return usage_error(*problem);
    checker::CheckOptions options{.model = model_,
                                  .reading = std::get<checker::ReadOptions>(std::move(reading)),
                                  .initial_json = initial_};
    const auto time = base::parse_duration(check_limit_);
    if (!time) return usage_error("--check-limit: " + time.error().message);
    const auto memory = base::parse_size(memory_limit_);
    if (!memory) return usage_error("--memory-limit: " + memory.error().message);
    if (!model_.empty() && checker::find_model(model_) == nullptr &&
        checker::find_history_check(model_) == nullptr) {
      return usage_error(
          fmt::format("--model: found '{}', expected one of: {}", model_, checker::judge_names()));
    }
    if (!failed_cas_.empty()) options.failed_cas = failed_cas_meaning();
    options.time_limit = time.value();
    options.memory_limit_bytes = memory.value();

    if (auto fine = check_outputs(); !fine) return usage_error(fine.error().message);
    if (follow_) return follow(options);
    if (files_.size() > 1 && !(linearization_.empty() && verify_linearization_.empty())) {
      return usage_error(
          "a linearization belongs to one history: found several files, expected one");
    }
    std::vector<std::string> parts;
    Verdict worst = Verdict::kValid;
    for (std::size_t i = 0; i < files_.size(); ++i) {
      FileOutcome outcome = check_apart(files_[i], options);
      if (outcome.linearization_failed) return checker::exit_code(Verdict::kUsageError);
      worst = i == 0 ? outcome.verdict : checker::worst_across_runs(worst, outcome.verdict);
      parts.push_back(std::move(outcome.page_part));
    }
    if (auto written = write_page(explanation_page_of(parts)); !written) {
      return usage_error("--explain: " + written.error().message);
    }
    return checker::exit_code(worst);
  }

 private:
  // What the command needs of one file when its report has been printed.
  struct FileOutcome {
    Verdict verdict = Verdict::kHarnessError;
    bool linearization_failed = false;
    std::string page_part = {};  // empty without --explain

    std::string bytes() const {
      return std::string{static_cast<char>(verdict), static_cast<char>(linearization_failed)} +
             page_part;
    }
    static FileOutcome of(const std::string& bytes) {
      return {static_cast<Verdict>(bytes[0]), bytes[1] != 0, bytes.substr(2)};
    }
  };

  // In a process of its own, which prints the report.
  FileOutcome check_apart(const std::string& file, checker::CheckOptions options) const {
    const IsolatedEnd end = run_isolated([&](const Announce& announce) {
      options.on_verdict = announce;
      NoLinearization missing;
      const Report report = check(file, options, missing);
      print(report);
      if (missing.failed) usage_error(missing.why);
      if (!missing.failed && !missing.why.empty())
        fmt::print(stderr, "{}\n", base::printable(missing.why));
      return FileOutcome{report.verdict, missing.failed, page_part(report)}.bytes();
    });
    if (end.result) return FileOutcome::of(*end.result);
    const Report report = report_of_crash(file, end);
    print_crash(report);
    return {.verdict = report.verdict, .page_part = page_part(report)};
  }

  static Report report_of_crash(const std::string& file, const IsolatedEnd& end) {
    Report report;
    report.file = file;
    report.verdict = end.announced.value_or(Verdict::kHarnessError);
    report.reason =
        end.announced
            ? fmt::format("a violation was found, its explanation crashed ({})", end.cause)
            : fmt::format("the check crashed ({})", end.cause);
    return report;
  }

  std::string page_part(const Report& report) const {
    return explain_.empty() ? std::string() : explanation_part(report);
  }

  checker::FailedCas failed_cas_meaning() const {
    if (failed_cas_ == "observes") return checker::FailedCas::kObserves;
    if (failed_cas_ == "mismatch") return checker::FailedCas::kMismatch;
    return checker::FailedCas::kIgnored;
  }

  Report check(const std::string& file, const checker::CheckOptions& options,
               NoLinearization& missing) const {
    if (!verify_linearization_.empty())
      return replay_linearization(file, options, verify_linearization_);
    if (linearization_.empty()) return checker::check_file(file, options);
    return check_and_write_linearization(file, options, linearization_, missing);
  }

  int follow(const checker::CheckOptions& options) const {
    if (files_.size() > 1) return usage_error("--follow: found several files, expected one");
    if (!model_.empty() && model_ != "register" && model_ != "cas-register") {
      return usage_error("--model: only register and cas-register can be followed, found " +
                         model_);
    }
    bool interrupted = false;
    const Report report = follow_history(files_[0],
                                         {.reading = options.reading,
                                          .initial_json = options.initial_json,
                                          .memory_limit_bytes = options.memory_limit_bytes},
                                         interrupted);
    print(report);
    if (auto written = write_page(explanation_page({&report, 1})); !written) {
      return usage_error("--explain: " + written.error().message);
    }
    const bool cut_short = interrupted && report.verdict != Verdict::kInvalid;
    return cut_short ? kInterruptedExit : checker::exit_code(report.verdict);
  }

  base::Status write_page(const std::string& text) const {
    if (explain_.empty()) return {};
    return write_output(explain_, [&](const Sink& sink) { sink(text); });
  }

  /// Neither the page nor the linearization may overwrite an input.
  base::Status check_outputs() const {
    std::vector<std::string> inputs = files_;
    if (!verify_linearization_.empty()) inputs.push_back(verify_linearization_);
    if (!explain_.empty() && explain_ == linearization_) {
      return base::Error{"--linearization: found the file of --explain, expected another one"};
    }
    for (const auto& [flag, output] :
         {std::pair{"--explain", &explain_}, {"--linearization", &linearization_}}) {
      if (output->empty()) continue;
      if (auto fine = check_not_an_input(*output, inputs); !fine) {
        return base::Error{fmt::format("{}: {}", flag, fine.error().message)};
      }
    }
    return {};
  }

  // Nothing is known of the file but the verdict that stood.
  void print_crash(const Report& report) const {
    if (json_) return print(report);
    fmt::print("{}: {}: {}\n", base::printable(report.file), checker::name(report.verdict),
               base::printable(report.reason));
    std::fflush(stdout);
  }

  void print(const Report& report) const {
    if (json_) {
      auto json = checker::to_json(report);
      json["peak-memory-bytes"] = peak_memory_bytes();
      // Pieces of a malformed file need not be UTF-8.
      fmt::print("{}\n", json.dump());
    } else if (report.verdict == Verdict::kUsageError) {
      usage_error(report.reason);
    } else {
      fmt::print(
          "{}: {}{}{}; {} operations ({} ok, {} fail, {} info) on {} keys, model {}, {:.3f} s\n",
          base::printable(report.file), checker::name(report.verdict),
          report.reason.empty() ? "" : ": ", base::printable(report.reason),
          report.counts.operations, report.counts.ok, report.counts.fail, report.counts.info,
          report.counts.keys, report.model, report.seconds_load + report.seconds_check);
      if (report.skipped.count > 0) {
        fmt::print("  {} malformed lines or events were skipped, the first: {}\n",
                   report.skipped.count, base::printable(report.skipped.first));
      }
      if (report.cut_off) {
        fmt::print("  note: the file was cut off; only what comes before the end was checked\n");
      }
      for (const std::string& note : report.notes) {
        fmt::print("  note: {}\n", base::printable(note));
      }
      for (const auto& violation : report.violations) fmt::print("{}", violation_text(violation));
      fmt::print("{}", weaker_models_text(report));
    }
    std::fflush(stdout);
  }

  std::vector<std::string> files_;
  std::string model_;
  ReadingOptions reading_;
  std::optional<std::string> initial_;
  std::string check_limit_ = "60s";
  std::string memory_limit_ = "4GiB";
  std::string failed_cas_;
  std::string explain_;
  bool follow_ = false;
  std::string linearization_;
  std::string verify_linearization_;
  bool json_ = false;
};

const base::Registered<Verb, CheckVerb> registered;

}  // namespace
}  // namespace capsize::harness
