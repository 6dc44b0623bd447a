#include "harness/evidence/bundle.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <tuple>

#include "base/json.h"
#include "base/printable.h"
#include "base/version.h"
#include "harness/store/results_file.h"
#include "harness/store/stored_runs.h"

namespace capsize::harness {
namespace {

namespace fs = std::filesystem;
using base::Json;

constexpr unsigned kDepthMax = 16;
constexpr std::size_t kMembersMax = 100'000;
constexpr std::size_t kSkippedMax = 20;

enum class Part : std::uint8_t {
  kHead,
  kLog,
  kSanitizer,
  kHistory,
  kMessages,
  kTrace,
  kOther,
  kCore,
  kData,
};

bool is_log(std::string_view file) {
  return file == "log" || file.ends_with(".log");
}

/// Which part of the archive a file belongs to. `name` is relative to the run directory.
Part part_of(const fs::path& name) {
  const std::string file = name.filename().string();
  const std::string first = name.begin()->string();
  auto second = name.begin();
  for (int i = 0; i < 2 && second != name.end(); ++i) ++second;
  const bool in_node = first == "nodes" && second != name.end();
  // nodes/n1/data, nodes/n1/data-damaged, …
  if (in_node && second->string().starts_with("data") && *second != name.filename()) {
    return Part::kData;
  }
  if (file.starts_with("core")) return Part::kCore;
  if (file.starts_with("sanitizer.") || file.starts_with("proxy-sanitizer.")) {
    return Part::kSanitizer;
  }
  if (is_log(file)) return Part::kLog;
  if (file == "trace.jsonl") return Part::kTrace;
  if (name == "history.jsonl") return Part::kHistory;
  if (name == "messages.bin") return Part::kMessages;
  constexpr std::array<std::string_view, 4> kHead = {"evidence.json", "results.json",
                                                     "scenario.json", "faults.jsonl"};
  return std::find(kHead.begin(), kHead.end(), name.string()) != kHead.end() ? Part::kHead
                                                                             : Part::kOther;
}

/// Within kHead: the order in which a reader wants them; names elsewhere.
int place_in_part(Part part, const std::string& name) {
  if (part == Part::kLog) return name == "harness.log" ? 0 : 1;
  if (part != Part::kHead) return 0;
  return name == "evidence.json" ? 0 : name == "results.json" ? 1 : name == "scenario.json" ? 2 : 3;
}

class Collector {
 public:
  explicit Collector(fs::path run) : run_(std::move(run)) {}

  void walk(const fs::path& directory, unsigned depth) {
    std::error_code error;
    std::vector<fs::path> entries;
    fs::directory_iterator at(run_ / directory, error);
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
      entries.push_back(directory / at->path().filename());
    }
    if (error || depth > kDepthMax) return skip(directory);
    std::sort(entries.begin(), entries.end());
    for (const auto& entry : entries) take(entry, depth);
  }

  BundleContent content(bool with_data) && {
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
      return std::tuple(a.part, place_in_part(a.part, a.member.name)) <
             std::tuple(b.part, place_in_part(b.part, b.member.name));
    });
    const bool data = with_data || data_bytes_ <= kSmallData;
    for (auto& found : found_) {
      if (found.part == Part::kData && !data) continue;
      content_.bytes += found.member.bytes;
      content_.members.push_back(std::move(found.member));
    }
    if (!data) content_.data_left_out = data_bytes_;
    return std::move(content_);
  }

 private:
  struct Found {
    Part part;
    BundleMember member;
  };

  void take(const fs::path& name, unsigned depth) {
    struct stat status {};
    if (::lstat((run_ / name).c_str(), &status) != 0) return skip(name);
    if (S_ISDIR(status.st_mode)) {
      if (name == "sockets") return;
      return walk(name, depth + 1);
    }
    if (!S_ISREG(status.st_mode) || found_.size() >= kMembersMax) return skip(name);
    if (name == "disk-watch" || name == "reserve") return;  // of a run that was killed; no content
    // Written by this program, into the run directory: bundles of the run, perhaps incomplete.
    const std::string text = name.string();
    if (text.ends_with(".tar.zst") || text.ends_with(".tar.gz") || text.ends_with(".new")) return;
    const Part part = part_of(name);
    const auto bytes = static_cast<std::uint64_t>(status.st_size);
    if (part == Part::kData) data_bytes_ += bytes;
    found_.push_back({part, {text, bytes}});
  }

  void skip(const fs::path& name) {
    if (content_.skipped.size() < kSkippedMax) content_.skipped.push_back(name.string());
  }

  fs::path run_;
  std::vector<Found> found_;
  std::uint64_t data_bytes_ = 0;
  BundleContent content_;
};

/// The value of a key if it is text, safe to print.
std::string text_of(const Json& object, std::string_view key) {
  const Json* value = object.find(key);
  return value != object.end() && value->is_string() ? base::printable(value->text()) : "";
}

std::string line_of(std::string_view label, const std::string& value) {
  return value.empty() ? value : fmt::format("{:<12} {}\n", label, value);
}

/// What went wrong, from results.json; that there is no verdict, where there is none.
std::string verdict_text(const fs::path& run) {
  const auto read = read_results(run);
  const Json results = read ? read.value() : Json::object();
  if (results.empty()) {
    return line_of("verdict",
                   "none: the run was killed before it had one (no results.json). What "
                   "it recorded is here, and can be checked.");
  }
  std::string text = line_of("verdict", text_of(results, "verdict"));
  text += line_of("reason", text_of(results, "harness-error"));
  const Json* failures = results.find("failures");
  if (failures != results.end() && failures->is_array() && !failures->empty()) {
    const Json& main = failures->front();
    text += line_of("signature", text_of(main, "signature") + "  " + text_of(main, "label"));
    text += line_of("failure", text_of(main, "sentence"));
  }
  for (const Json& check : results["checks"]) {
    const std::string verdict = text_of(check, "verdict");
    if (verdict.empty() || verdict == "valid") continue;
    text += line_of(text_of(check, "name"), verdict + "  " + text_of(check, "explanation"));
  }
  text += line_of("reproduce", text_of(results, "reproduce"));
  const Json* versions = results.find("versions");
  if (versions != results.end()) text += line_of("revision", text_of(*versions, "source"));
  return text;
}

bool has(const BundleContent& content, std::string_view name) {
  return std::any_of(content.members.begin(), content.members.end(),
                     [&](const auto& member) { return member.name == name; });
}

std::string files_text(const BundleContent& content) {
  struct Line {
    std::string_view name;
    std::string_view what;
  };
  static constexpr std::array<Line, 8> kLines = {{
      {"evidence.json", "read this first: operations, faults, transitions and log lines around it"},
      {"results.json", "the verdict and all figures"},
      {"scenario.json", "the scenario with every key, and the seed"},
      {"faults.jsonl", "what was injected when, with the proof that it took effect"},
      {"harness.log", "what the harness did; nodes/nN/log: what the nodes printed"},
      {"history.jsonl", "what the clients did and saw"},
      {"messages.bin", "what the proxy did with each message between the nodes"},
      {"nodes/n1/trace.jsonl", "each node's terms, votes, roles and entries"},
  }};
  std::string text;
  for (const auto& line : kLines) {
    if (has(content, line.name)) text += fmt::format("  {:<22} {}\n", line.name, line.what);
  }
  for (const auto& member : content.members) {
    const Part part = part_of(member.name);
    if (part != Part::kCore && part != Part::kSanitizer) continue;
    text += fmt::format("  {:<22} {}, {}\n", base::printable(member.name),
                        part == Part::kCore ? "core dump" : "report of a sanitizer",
                        size_text(member.bytes));
  }
  return text;
}

std::string commands_text(const BundleContent& content) {
  std::string text;
  if (has(content, "history.jsonl")) {
    text += "  capsize check history.jsonl\n  capsize check --explain why.html history.jsonl\n";
  }
  if (has(content, "scenario.json")) text += "  capsize replay . --store ../replays --times 10\n";
  return text;
}

}  // namespace

base::Result<BundleContent> bundle_content(const fs::path& run, bool with_data) {
  std::error_code ignored;
  if (!fs::is_directory(run, ignored)) {
    return base::Error{run.string() + ": found no directory, expected that of a run"};
  }
  if (!fs::exists(fs::symlink_status(run / "scenario.json", ignored))) {
    return base::Error{run.string() + ": found no scenario.json, expected the directory of a run"};
  }
  Collector collector(run);
  collector.walk({}, 0);
  return std::move(collector).content(with_data);
}

std::string bundle_readme(const fs::path& run, const BundleContent& content) {
  std::string text = fmt::format("A run of Capsize: {}/{}\n\n",
                                 base::printable(run.parent_path().filename().string()),
                                 base::printable(run.filename().string()));
  text += verdict_text(run);
  text += "\nFiles\n" + files_text(content);
  text += fmt::format("\nCommands, in this directory, with Capsize {}\n", base::version());
  text += commands_text(content);
  if (content.data_left_out > 0) {
    text += fmt::format("\nNot included: {} of the nodes' data (capsize bundle --with-data).\n",
                        size_text(content.data_left_out));
  }
  if (!content.skipped.empty()) text += "\nNot included, because they are no files of their own:\n";
  for (const auto& name : content.skipped) text += "  " + base::printable(name) + "\n";
  return text;
}

}  // namespace capsize::harness
