#include "harness/suite/retention.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/store/run_lock.h"
#include "harness/store/stored_runs.h"

namespace capsize::harness {
namespace fs = std::filesystem;
namespace {

constexpr std::array<std::string_view, 3> kEvidence = {"results.json", "scenario.json",
                                                       "evidence.json"};

/// The directory of a run if it is one below the store, without links; empty otherwise.
fs::path own_directory(const fs::path& store, const std::string& path) {
  fs::path directory = store;
  for (const auto& part : fs::path(path)) {
    directory /= part;
    std::error_code error;
    if (fs::symlink_status(directory, error).type() != fs::file_type::directory) return {};
  }
  return directory;
}

}  // namespace

bool has_passed(const LedgerRun& run) {
  const auto wanted =
      run.purpose == Purpose::kBugControl ? checker::Verdict::kInvalid : checker::Verdict::kValid;
  return run.verdict == wanted;
}

void reduce_to_evidence(const fs::path& store, const std::string& path) {
  const fs::path directory = own_directory(store, path);
  if (directory.empty() || is_running(directory)) return;
  std::error_code ignored;
  std::vector<fs::path> superfluous;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string name = entry.path().filename().string();
    if (std::find(kEvidence.begin(), kEvidence.end(), name) == kEvidence.end()) {
      superfluous.push_back(entry.path());
    }
  }
  for (const auto& each : superfluous) fs::remove_all(each, ignored);  // does not follow links
}

void remove_run(const fs::path& store, const std::string& path) {
  const fs::path directory = own_directory(store, path);
  if (directory.empty() || is_running(directory)) return;
  std::error_code ignored;
  fs::remove_all(directory, ignored);
}

Retention::Retention(fs::path store, Keep keep, std::uint64_t quota_bytes, const Ledger& ledger)
    : store_(std::move(store)), keep_(keep), quota_bytes_(quota_bytes) {
  for (const auto& execution : ledger.executions) {
    for (const auto& run : execution.runs) add(run, true, ledger.reduced.contains(run.path));
  }
}

void Retention::add(const LedgerRun& run, bool earlier, bool reduced) {
  const fs::path directory = own_directory(store_, run.path);
  if (directory.empty()) return;
  const bool passed = has_passed(run);
  const std::string signature =
      passed ? std::string() : (run.failures.empty() ? "none" : run.failures.front().signature);
  runs_.push_back({.path = run.path,
                   .signature = signature,
                   .seconds = run.seconds,
                   .earlier = earlier,
                   .reduced = passed || reduced,
                   .bytes = bytes_on_disk(directory)});
  bytes_ += runs_.back().bytes;
}

void Retention::note_shown() {
  const Stored& run = runs_.back();
  if (run.signature.empty()) return;
  const auto [shown, is_first] = shown_.try_emplace(run.signature, run.path);
  if (is_first) return;
  const auto before = std::find_if(runs_.begin(), runs_.end(), [&shown = shown](const auto& each) {
    return each.path == shown->second;
  });
  if (before == runs_.end() || run.seconds < before->seconds) shown->second = run.path;
}

bool Retention::is_shown(const Stored& run) const {
  const auto shown = shown_.find(run.signature);
  return shown != shown_.end() && shown->second == run.path;
}

int Retention::rank(const Stored& run) const {
  constexpr int kStays = -1;
  if (run.bytes == 0) return kStays;
  const bool passed = run.signature.empty();
  if (passed) return run.earlier ? 0 : 2;
  if (run.reduced || is_shown(run)) return kStays;
  return run.earlier ? 1 : 3;
}

void Retention::shrink(Stored& run) {
  if (run.signature.empty()) {
    remove_run(store_, run.path);
  } else {
    reduce_to_evidence(store_, run.path);
  }
  const fs::path directory = own_directory(store_, run.path);
  run.reduced = true;
  const auto left = directory.empty() ? 0 : bytes_on_disk(directory);
  bytes_ -= run.bytes - std::min(run.bytes, left);
  run.bytes = run.signature.empty() ? 0 : left;  // a passed run is considered once
}

std::vector<std::string> Retention::finished(const LedgerRun& run) {
  if (keep_ == Keep::kFailures && has_passed(run)) reduce_to_evidence(store_, run.path);
  const std::size_t before = runs_.size();
  add(run, false, false);
  if (runs_.size() > before) note_shown();
  std::vector<std::string> shrunk;
  while (bytes_ > quota_bytes_) {
    Stored* least = nullptr;
    for (auto& each : runs_) {
      if (rank(each) >= 0 && (least == nullptr || rank(each) < rank(*least))) least = &each;
    }
    if (least == nullptr) break;
    shrink(*least);
    shrunk.push_back(least->path);
  }
  return shrunk;
}

}  // namespace capsize::harness
