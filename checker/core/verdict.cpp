#include "checker/core/verdict.h"

#include <array>
#include <cstddef>

namespace capsize::checker {
namespace {

struct Row {
  std::string_view name;
  int exit_code;
  int rank_within_run;
  int rank_across_runs;
};

// In the order of the enumerators; a higher rank wins.
constexpr std::array<Row, 6> kRows{{
    {"valid", 0, 0, 0},
    {"invalid", 1, 3, 5},
    {"unknown", 2, 2, 2},
    {"vacuous", 3, 1, 1},
    {"usage error", 254, 4, 3},
    {"harness error", 255, 5, 4},
}};

const Row& row(Verdict verdict) {
  return kRows[static_cast<std::size_t>(verdict)];
}

}  // namespace

std::string_view name(Verdict verdict) {
  return row(verdict).name;
}

int exit_code(Verdict verdict) {
  return row(verdict).exit_code;
}

Verdict worst_within_run(Verdict a, Verdict b) {
  return row(a).rank_within_run >= row(b).rank_within_run ? a : b;
}

Verdict worst_across_runs(Verdict a, Verdict b) {
  return row(a).rank_across_runs >= row(b).rank_across_runs ? a : b;
}

}  // namespace capsize::checker
