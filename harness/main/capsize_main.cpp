#include "checker/core/verdict.h"
#include "harness/cli/standard_streams.h"
#include "harness/cli/verb.h"

int main(int argc, char** argv) {
  using namespace capsize;
  harness::make_standard_streams_safe();
  const int code = harness::run_command_line(argc, argv);
  return harness::code_after_output(code, checker::exit_code(checker::Verdict::kHarnessError));
}
