#include "harness/score/score_json.h"

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <sstream>

#include "base/format_version.h"
#include "base/mismatch.h"
#include "harness/suite/json_list.h"

namespace capsize::harness {
namespace {

using base::Json;

/// Three digits: more would be noise, and a difference in every commit of the file.
double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

Json seconds_json(const std::optional<double>& seconds) {
  return seconds ? Json(rounded(*seconds)) : Json();
}

std::optional<double> seconds_of(const Json& json, const char* key) {
  const Json& found = json[key];
  if (found.is_null()) return std::nullopt;
  return found.get<double>();
}

Json cell_json(const CellKey& key, const MatrixCell& cell) {
  const ShareInterval interval = cell.interval();
  Json json = {{"bug", key.first},
               {"strategy", key.second},
               {"runs", cell.runs()},
               {"caught", cell.caught},
               {"otherwise", cell.otherwise},
               {"interval", Json::array({rounded(interval.low), rounded(interval.high)})},
               {"detection-s", seconds_json(cell.detection_s)},
               {"run-s", seconds_json(cell.run_s)},
               {"reports", cell.reports},
               {"not-counted", cell.uncounted},
               {"reasons", cell.reasons}};
  if (!cell.example.empty()) json["example"] = cell.example;
  if (!cell.impossible.empty()) json["impossible"] = cell.impossible;
  return json;
}

void read_counts(const Json& json, const char* key, std::map<std::string, std::uint64_t>& counts) {
  for (const auto& [name, count] : json[key].items()) counts[name] = count.get<std::uint64_t>();
}

base::Result<MatrixCell> to_cell(const Json& json) {
  MatrixCell cell;
  const auto runs = json.at("runs").get<std::uint64_t>();
  cell.caught = json.at("caught").get<std::uint64_t>();
  cell.otherwise = json.value("otherwise", std::uint64_t{0});
  if (cell.caught > runs || cell.otherwise > runs - cell.caught) {
    return base::Error{fmt::format("key 'caught': found {} of {} runs", cell.caught, runs)};
  }
  cell.missed = runs - cell.caught - cell.otherwise;
  cell.detection_s = seconds_of(json, "detection-s");
  cell.run_s = seconds_of(json, "run-s");
  read_counts(json, "reports", cell.reports);
  read_counts(json, "not-counted", cell.uncounted);
  for (const auto& reason : list_of(json, "reasons")) cell.reasons.push_back(reason.text());
  cell.example = json.value("example", "");
  cell.impossible = json.value("impossible", "");
  return cell;
}

ScoredBug to_bug(const Json& json) {
  ScoredBug bug{.name = json.at("name").text(),
                .what = json.value("what", ""),
                .seen_in = json.value("seen-in", ""),
                .topic = json.value("topic", ""),
                .core = json.value("core", false),
                .reports = {}};
  for (const auto& report : list_of(json, "reports")) bug.reports.push_back(report.text());
  return bug;
}

base::Result<Matrix> to_matrix(const Json& json) {
  Matrix matrix{.revision = json.value("revision", ""),
                .all_revisions = json.value("all-revisions", false),
                .strategies = {},
                .bugs = {},
                .cells = {},
                .older = json.value("older-runs", std::uint64_t{0})};
  for (const auto& name : list_of(json, "strategies")) matrix.strategies.push_back(name.text());
  for (const auto& bug : list_of(json, "bugs")) matrix.bugs.push_back(to_bug(bug));
  for (const auto& each : list_of(json, "cells")) {
    auto cell = to_cell(each);
    if (!cell) return cell.error();
    matrix.cells[{each.at("bug").text(), each.at("strategy").text()}] = std::move(cell).value();
  }
  return matrix;
}

}  // namespace

Json to_json(const Matrix& matrix) {
  Json bugs = Json::array();
  for (const auto& bug : matrix.bugs) {
    bugs.push_back({{"name", bug.name},
                    {"what", bug.what},
                    {"seen-in", bug.seen_in},
                    {"topic", bug.topic},
                    {"core", bug.core},
                    {"reports", bug.reports}});
  }
  Json cells = Json::array();
  for (const auto& [key, cell] : matrix.cells) cells.push_back(cell_json(key, cell));
  const MatrixCell clean = matrix.clean();
  return {{kScoreFormat, kScoreVersion},
          {"revision", matrix.revision},
          {"all-revisions", matrix.all_revisions},
          {"older-runs", matrix.older},
          {"strategies", matrix.strategies},
          {"bugs", bugs},
          {"cells", cells},
          {"false-alarms",
           {{"runs", clean.runs()},
            {"invalid", clean.caught},
            {"upper-bound", rounded(upper_bound(clean.caught, clean.runs()))}}}};
}

std::string json_text(const Matrix& matrix) {
  const Json json = to_json(matrix);
  std::string text = "{";
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{}\n{}:", text.size() > 1 ? "," : "", Json(key).dump());
    if (key != "bugs" && key != "cells") {
      text += value.dump();
      continue;
    }
    std::string lines;
    for (const auto& each : value) lines += (lines.empty() ? "\n" : ",\n") + each.dump();
    text += "[" + lines + "]";
  }
  return text + "}\n";
}

base::Result<Matrix> parse_matrix(const std::string& text, const std::string& origin) {
  const Json json = Json::parse(text);
  if (!json.is_object() || !json.contains(kScoreFormat)) {
    return base::Error{origin + ": " + base::mismatch(text, "what `capsize score --json` writes")};
  }
  const auto known = base::check_format_version(json, kScoreFormat, kScoreVersion);
  if (!known) return base::Error{origin + ": " + known.error().message};
  try {
    auto matrix = to_matrix(json);
    if (!matrix) return base::Error{origin + ": " + matrix.error().message};
    return matrix;
  } catch (const base::JsonTypeError& error) {
    return base::Error{origin + ": " + error.what()};
  }
}

base::Result<Matrix> read_matrix(const std::filesystem::path& path) {
  std::error_code error;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, error)) {
    return base::Error{path.string() +
                       ": cannot be read, expected what `capsize score --json` "
                       "writes"};
  }
  std::ostringstream text;
  text << file.rdbuf();
  return parse_matrix(text.str(), path.string());
}

}  // namespace capsize::harness
