// capsize schema: the JSON Schema of scenario and suite files, for editors and linters.
#include <fmt/core.h>

#include <string>

#include "harness/cli/verb.h"
#include "harness/scenario/scenario.h"
#include "harness/suite/suite_file.h"

namespace capsize::harness {
namespace {

class Schema final : public Verb {
 public:
  std::string_view name() const override { return "schema"; }
  std::string_view summary() const override {
    return "Prints the JSON Schema of scenario or suite files, for editors";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize schema > scenario.schema.json\n"
           "  capsize schema suite > suite.schema.json\n"
           "Point your editor at it. Both kinds of files may contain comments (JSON with "
           "comments).\n";
  }
  void add_options(base::CommandLine& line) override {
    line.option("kind", kind_, "scenario or suite").one_of({"scenario", "suite"}).show_default();
  }
  int run() override {
    fmt::print("{}\n", (kind_ == "suite" ? suite_schema() : scenario_schema()).dump(2));
    return 0;
  }

 private:
  std::string kind_ = "scenario";
};

const base::Registered<Verb, Schema> registered;

}  // namespace
}  // namespace capsize::harness
