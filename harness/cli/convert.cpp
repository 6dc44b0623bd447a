// capsize convert: a history in another notation.
#include "checker/convert/convert.h"
#include "base/printable.h"

#include <fmt/core.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "base/units.h"
#include "checker/check/check.h"
#include "harness/cli/options.h"
#include "harness/cli/verb.h"
#include "harness/report/output_file.h"

namespace capsize::harness {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kEndings = {
    {{".jsonl", "jsonl"}, {".csv", "csv"}, {".edn", "edn"}, {".log", "jepsen-log"}}};

std::string writer_names() {
  std::string names;
  for (const auto* writer : checker::list_writers()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", writer->name);
  }
  return names;
}

class Convert final : public Verb {
 public:
  std::string_view name() const override { return "convert"; }
  std::string_view summary() const override {
    return "Writes a history down in another format, and names what that cannot hold";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize convert history.edn history.jsonl\n"
           "  capsize convert history.jsonl.gz - --to csv | head\n"
           "  capsize convert requests.csv history.jsonl --map key=k --clock-error 5ms\n"
           "  capsize convert history.jsonl one.log --key x   # a console log holds one key\n"
           "What the target cannot hold is named on standard error. 254 if it cannot hold the "
           "history at all.\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("in", in_, "a history in any format, - for standard input").required();
    line.option("out", out_, "the file to write, - for standard output").required();
    line.option("--to", to_, "the format to write: " + writer_names() + " [by the ending]");
    reading_.add_to(line);
    line.option("--initial", initial_, "what a read of a new key returns, as JSON");
    line.option("--memory-limit", memory_limit_, "memory for the history").show_default();
  }
  int run() override {
    const checker::HistoryWriter* const writer = checker::find_writer(target());
    if (writer == nullptr) {
      return usage_error(fmt::format("--to: found '{}', expected one of: {}",
                                     to_.empty() ? out_ : to_, writer_names()));
    }
    auto reading = reading_.resolve();
    if (const auto* problem = std::get_if<std::string>(&reading)) return usage_error(*problem);
    const auto memory = base::parse_size(memory_limit_);
    if (!memory) return usage_error("--memory-limit: " + memory.error().message);
    const checker::CheckOptions options{
        .reading = std::get<checker::ReadOptions>(std::move(reading)),
        .initial_json = initial_,
        .time_limit = std::chrono::hours(24),
        .memory_limit_bytes = memory.value()};
    if (auto fine = check_not_an_input(out_, std::array{in_}); !fine) {
      return usage_error(fine.error().message);
    }
    const auto loaded = checker::load_history(in_, options);
    if (const auto* malformed = std::get_if<checker::Malformed>(&loaded)) {
      return usage_error(malformed->message());
    }
    if (const auto* limit = std::get_if<checker::LimitReached>(&loaded)) {
      fmt::print(stderr, "capsize: {}: {}\n", base::printable(in_), base::printable(limit->reason));
      return checker::exit_code(checker::Verdict::kUnknown);
    }
    return write(*writer, std::get<checker::History>(loaded));
  }

 private:
  std::string_view target() const {
    if (!to_.empty()) return to_;
    const std::string ending = std::filesystem::path(out_).extension();
    for (const auto& [known, format] : kEndings) {
      if (ending == known) return format;
    }
    return "";
  }

  int write(const checker::HistoryWriter& writer, const checker::History& history) const {
    checker::Conversion conversion;
    const auto convert = [&](const Sink& sink) { conversion = writer.write(history, sink); };
    base::Status written;
    if (out_ == "-") {
      convert([](std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); });
    } else {
      written = write_output(out_, convert, [&] { return !conversion.refusal; });
    }
    if (conversion.refusal) {
      return usage_error(fmt::format("{}: found {}, expected what {} can hold", in_,
                                     *conversion.refusal, writer.name));
    }
    if (!written) return usage_error(written.error().message);
    const auto warn = [&](const std::string& what) {
      fmt::print(stderr, "capsize: warning: {}: {}\n", base::printable(out_),
                 base::printable(what));
    };
    for (const std::string& lost : conversion.lost) warn("does not hold " + lost);
    if (history.cut_off) warn(in_ + " was cut off, and is read up to there");
    if (history.skipped.count > 0) {
      warn(fmt::format("{} malformed lines or events were skipped, the first: {}",
                       history.skipped.count, history.skipped.first));
    }
    return 0;
  }

  std::string in_;
  std::string out_;
  std::string to_;
  ReadingOptions reading_;
  std::optional<std::string> initial_;
  std::string memory_limit_ = "4GiB";
};

const base::Registered<Verb, Convert> registered;

}  // namespace
}  // namespace capsize::harness
