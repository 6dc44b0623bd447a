// capsize report: the page of a run.
#include <fmt/core.h>

#include <cstdio>
#include <filesystem>
#include <string>

#include "harness/cli/verb.h"
#include "harness/page/run_page.h"
#include "harness/report/output_file.h"
#include "harness/store/run_directory.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;

class ReportVerb final : public Verb {
 public:
  std::string_view name() const override { return "report"; }
  std::string_view summary() const override {
    return "Writes the page of a run: what broke, with time, faults, nodes and messages";
  }
  std::string_view examples() const override {
    return "One file without references to others: open it in a browser, attach it to an issue. "
           "Each run\n"
           "writes its page itself (report.html in its directory), unless --no-page is given.\n\n"
           "Examples:\n"
           "  capsize report store/latest                    writes store/latest/report.html\n"
           "  capsize report store/latest -o stale-read.html\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("run-directory", run_, "directory of the run").required().type_name("RUN_DIR");
    line.option("-o,--output", out_, "file to write [report.html in RUN_DIR]").type_name("OUT");
  }

  int run() override {
    const auto page = page_of(run_);
    if (!page) return usage_error(page.error().message);
    const std::string out = out_.empty() ? (fs::path(run_) / kReportFile).string() : out_;
    const std::string html = html_of(page.value());
    const auto written = write_output(out, [&](const Sink& sink) { sink(html); });
    if (!written) return usage_error(written.error().message);
    fmt::print("{}\n", out);
    return 0;
  }

 private:
  std::string run_;
  std::string out_;
};

const base::Registered<Verb, ReportVerb> registered;

}  // namespace
}  // namespace capsize::harness
