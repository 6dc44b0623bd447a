// capsize schema: the JSON Schema of scenario files, for editors and linters.
#include <fmt/core.h>

#include "harness/cli/verb.h"
#include "harness/scenario/scenario.h"

namespace capsize::harness {
namespace {

class Schema final : public Verb {
 public:
  std::string_view name() const override { return "schema"; }
  std::string_view summary() const override {
    return "Prints the JSON Schema of scenario files, for editors";
  }
  std::string_view examples() const override {
    return "Examples:\n"
           "  capsize schema > scenario.schema.json\n"
           "Point your editor at it. Scenario files may contain comments (JSON with "
           "comments).\n";
  }
  void add_options(base::CommandLine&) override {}
  int run() override {
    fmt::print("{}\n", scenario_schema().dump(2));
    return 0;
  }
};

const base::Registered<Verb, Schema> registered;

}  // namespace
}  // namespace capsize::harness
