#include "serve/run_details.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include "base/lenient_fields.h"
#include "serve/gate/target.h"

namespace capsize::serve {
namespace {

constexpr std::size_t kTextBytesMax = 4000;
constexpr std::size_t kListMax = 500;
constexpr std::size_t kFilesMax = 500;
constexpr std::size_t kDirectoryEntriesMax = 2000;
constexpr std::size_t kDepthMax = 4;

struct FileList {
  base::Json files = base::Json::array();
  std::size_t left_out = 0;
};

void list_files(const harness::OpenDirectory& directory, const std::string& prefix,
                std::size_t depth, FileList& list) {
  auto entries = directory.list(kDirectoryEntriesMax);
  std::sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
    return std::tie(left.is_directory, left.name) < std::tie(right.is_directory, right.name);
  });
  for (const auto& entry : entries) {
    const std::string path = prefix + entry.name;
    if (!is_name(entry.name) || !is_served(path) || list.files.size() >= kFilesMax) {
      ++list.left_out;
    } else if (entry.is_directory) {
      const auto child = depth < kDepthMax ? directory.directory(entry.name) : std::nullopt;
      if (child) list_files(*child, path + "/", depth + 1, list);
    } else if (const auto file = directory.file(entry.name)) {
      list.files.push_back({{"path", path}, {"bytes", file->bytes}});
    }
  }
}

}  // namespace

bool is_served(std::string_view path) {
  return path != "sockets" && !path.starts_with("sockets/");
}

base::Json bounded_copy(const base::Json& value, std::size_t bytes_max, std::size_t count_max) {
  if (value.is_string()) return base::cut_text(value.text(), bytes_max);
  if (value.is_array()) {
    base::Json copy = base::Json::array();
    for (const auto& element : value) {
      if (copy.size() == count_max) break;
      copy.push_back(bounded_copy(element, bytes_max, count_max));
    }
    return copy;
  }
  if (value.is_object()) {
    base::Json copy = base::Json::object();
    for (const auto& [key, element] : value.items()) {
      if (copy.size() == count_max) break;
      copy[base::cut_text(key, bytes_max)] = bounded_copy(element, bytes_max, count_max);
    }
    return copy;
  }
  return value;
}

base::Json run_details(const harness::OpenDirectory& run, const std::string& name) {
  FileList list;
  list_files(run, "", 0, list);
  base::Json results = read_json(run, "results.json");
  return {{"facts", to_json(read_facts(run, name))},
          {"results", bounded_copy(results, kTextBytesMax, kListMax)},
          {"scenario", bounded_copy(read_json(run, "scenario.json"), kTextBytesMax, kListMax)},
          {"files", std::move(list.files)},
          {"filesLeftOut", list.left_out},
          {"report", run.file("report.html").has_value()}};
}

}  // namespace capsize::serve
