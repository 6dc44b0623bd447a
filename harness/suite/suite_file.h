// A suite: which scenarios run with which seeds, and the controls that show that the suite would
// find a violation. One JSON file (docs/FORMATS.md, Suite files; comments allowed).
//
//   {"name": "nightly",
//    "runs": [{"name": "matrix", "matrix": {"workload": ["register", "append"],
//                                           "nemesis": ["kill", "pause"]}, "seeds": 3}],
//    "controls": {"bugs": [{"bug": "read-without-quorum"}], "healthy": {}}}
//
// Each entry of `runs` becomes one case for each combination of its scenarios and the values of its
// matrix. A case is a scenario without a seed; it runs once for each of its seeds.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "harness/scenario/scenario.h"
#include "harness/suite/ledger.h"
#include "harness/suite/mute.h"

namespace capsize::harness {

inline constexpr const char* kSuiteFormat = "capsize-suite";
inline constexpr std::uint64_t kSuiteVersion = 1;
/// A bug control that was not caught is repeated with another seed, up to this number of runs.
inline constexpr std::uint64_t kControlSeedsMax = 3;

struct SuiteCase {
  Scenario scenario;  // validated, without a seed; its name is the case's
  Purpose purpose = Purpose::kTest;
  std::uint64_t seeds = 1;                 // how many, if they are drawn
  std::vector<std::uint64_t> fixed_seeds;  // not empty: exactly these
};

/// What remains of a run directory.
enum class Keep : std::uint8_t {
  kFailures,  ///< all of a failed run; results, scenario and evidence of a passed one
  kAll,
};

struct Suite {
  std::string name;
  std::string file;
  std::vector<SuiteCase> cases;  // the controls first
  std::vector<Mute> mutes;
  std::optional<base::Duration> deadline;  // of one run; missing: follows from its scenario
  std::optional<base::Duration> budget;
  std::optional<std::uint64_t> seed;
  RateTest rates;                 // without `confirm`, which the command line decides
  std::uint64_t quota_bytes = 0;  // of the store
  Keep keep = Keep::kFailures;
  std::string sum;  // checksum of the cases: changes if any of them changes
};

/// Reads a suite. Scenario files are searched beside the suite and then in `scenario_directories`,
/// with or without `.json`. Error: file, line, key, what was found and what was expected.
[[nodiscard]] base::Result<Suite> read_suite(
    const std::filesystem::path& path,
    const std::vector<std::filesystem::path>& scenario_directories);
/// As read_suite(), from a text; `origin` is its file name.
[[nodiscard]] base::Result<Suite> parse_suite(
    const std::string& text, const std::string& origin,
    const std::vector<std::filesystem::path>& scenario_directories);

/// The JSON Schema of suite files (suite_schema.cpp).
[[nodiscard]] base::Json suite_schema();

/// Returns the keys in which a scenario differs from the default one, without name and seed.
[[nodiscard]] base::Json parameters_of(const Scenario& scenario);

}  // namespace capsize::harness
