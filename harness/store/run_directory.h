// The directory of a run: store/<scenario>/<UTC time>-<seed>/, one for each run, mode 0700. Links
// `latest` in the store and in the scenario's directory point to the newest run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include "base/json.h"

#include "base/result.h"
#include "harness/process/infrastructure.h"

namespace capsize::harness {

/// The default of --store: below the working directory.
inline constexpr const char* kStoreDefault = "store";

/// The names of some files of a run directory.
inline constexpr const char* kScenarioFile = "scenario.json";
inline constexpr const char* kOutputFile = "output.txt";
inline constexpr const char* kReportFile = "report.html";

class RunDirectory {
 public:
  /// Creates a new directory and points the links to it; that of the store only if `move_latest`.
  static std::variant<RunDirectory, InfrastructureCause> create(const std::filesystem::path& store,
                                                                const std::string& scenario,
                                                                std::uint64_t seed,
                                                                bool move_latest = true);
  /// Uses a directory that the caller has created, for instance a suite that names it in its ledger
  /// before the run begins; links stay as they are. Error: it is not a directory that only its
  /// owner can enter, or has other files than the two that the caller may put there: the scenario,
  /// and the output of the run's process.
  static base::Result<RunDirectory> adopt(const std::filesystem::path& directory);

  /// The time of now as names of runs begin: "20260131T120000.000Z".
  [[nodiscard]] static std::string time_name();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path history() const { return path_ / "history.jsonl"; }
  [[nodiscard]] std::filesystem::path faults() const { return path_ / "faults.jsonl"; }
  [[nodiscard]] std::filesystem::path results() const { return path_ / "results.json"; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Writes a temporary file and renames it: a reader sees the complete new file or the old one.
base::Status write_file(const std::filesystem::path& path, const std::string& content);
base::Status write_json(const std::filesystem::path& path, const base::Json& content);
/// As write_json(), with the kind of the failure; nothing: it is written.
[[nodiscard]] std::optional<InfrastructureCause> store_json(const std::filesystem::path& path,
                                                            const base::Json& content);

}  // namespace capsize::harness
