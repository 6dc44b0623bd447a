// Where a run lies: store/<scenario>/<UTC time>-<seed>/, one directory a run, always, mode 0700;
// `latest` links in the store and in the scenario's directory point at the newest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include "base/json.h"

#include "base/result.h"

namespace capsize::harness {

/// Where runs are stored unless --store says otherwise: below the working directory.
inline constexpr const char* kStoreDefault = "store";

class RunDirectory {
 public:
  /// Makes a directory that was not there before, and turns the links to it.
  static base::Result<RunDirectory> create(const std::filesystem::path& store,
                                           const std::string& scenario, std::uint64_t seed);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path history() const { return path_ / "history.jsonl"; }
  [[nodiscard]] std::filesystem::path faults() const { return path_ / "faults.jsonl"; }
  [[nodiscard]] std::filesystem::path results() const { return path_ / "results.json"; }

 private:
  explicit RunDirectory(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

/// Writes beside the target and renames: a reader sees all of it or the old one.
base::Status write_file(const std::filesystem::path& path, const std::string& content);
base::Status write_json(const std::filesystem::path& path, const base::Json& content);

}  // namespace capsize::harness
