#include "harness/cli/verb.h"

int main(int argc, char** argv) {
  return capsize::harness::run_command_line(argc, argv);
}
