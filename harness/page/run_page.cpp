#include "harness/page/run_page.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>
#include <vector>

#include "checker/check/check.h"
#include "harness/evidence/message_history.h"
#include "harness/evidence/role_history.h"
#include "harness/page/column_block.h"
#include "harness/page/explained_failure.h"
#include "harness/page/lane_pyramid.h"
#include "harness/page/node_lane.h"
#include "harness/page/page_answers.h"
#include "harness/page/page_text.h"
#include "harness/page/run_faults.h"
#include "harness/page/run_files.h"
#include "harness/page/run_operations.h"
#include "harness/page/run_series.h"
#include "nemesis/model/cluster.h"

namespace capsize::harness {
namespace {

using base::Json;
namespace fs = std::filesystem;

constexpr std::size_t kNodesMax = 64;
constexpr std::size_t kValuesOfBlock = 4'096;
constexpr std::size_t kFailuresMax = 50;
constexpr std::size_t kMessagesMax = 400;
constexpr std::size_t kPageOperationsMax = 5'000'000;
constexpr auto kReadingLimit = std::chrono::minutes(5);

checker::LoadResult read_history(const fs::path& directory) {
  checker::CheckOptions options{.time_limit = kReadingLimit};
  options.reading.lenient = true;  // a killed run leaves half a line
  return checker::load_history(directory / "history.jsonl", options);
}

ClientThreads threads_of(const RunFiles& files) {
  const std::uint64_t concurrency = files.number("concurrency", 0);
  const std::uint64_t nodes = files.number("nodes", 0);
  if (concurrency == 0 || nodes == 0) return {};
  const bool fixed = files.number("retries", 0) == 0;
  return {concurrency + nodes, [=](std::uint64_t thread) -> std::string {
            if (!fixed) return "";
            return nemesis::node_name(server_of_thread(thread, concurrency, nodes));
          }};
}

/// "n12" is 12; nothing for any other name.
std::optional<unsigned> number_of(const std::string& name) {
  unsigned number = 0;
  if (!name.starts_with('n')) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 1, name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

std::vector<std::string> nodes_in(const fs::path& directory) {
  std::vector<std::pair<unsigned, std::string>> nodes;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(directory / "nodes", error)) {
    const std::string name = entry.path().filename().string();
    const auto number = number_of(name);
    if (number && nodes.size() < kNodesMax) nodes.emplace_back(*number, name);
  }
  std::sort(nodes.begin(), nodes.end());
  std::vector<std::string> names;
  for (auto& [number, name] : nodes) names.push_back(std::move(name));
  return names;
}

std::vector<NodeLane> lanes_of(const RunFiles& files, const std::vector<RunFault>& faults,
                               double end_ms) {
  std::vector<NodeLane> lanes;
  const auto began = files.load_began_ns();
  LaneContext context{.faults = faults, .load_began_ns = began.value_or(0), .end_ms = end_ms};
  for (const Json& crash : base::field(files.results, "crashes")) {
    context.crashed.insert(text_in(crash, "node"));
  }
  for (const std::string& node : nodes_in(files.directory)) {
    const fs::path trace = files.directory / "nodes" / node / "trace.jsonl";
    // Without the begin of the load, the times of traces say nothing about those of clients.
    lanes.push_back(began ? read_lane(node, trace, context) : NodeLane{.name = node});
  }
  return lanes;
}

/// Indexes of the invocations that some violation names.
std::unordered_set<std::uint32_t> violating_indexes(const Json& results) {
  std::unordered_set<std::uint32_t> indexes;
  for (const Json& violation : base::field(base::field(results, "linearizable"), "violations")) {
    for (const Json& operation : base::field(violation, "operations")) {
      const auto index = integer_in(operation, "index");
      if (index && *index >= 0 && is_set_in(operation, "named")) {
        indexes.insert(static_cast<std::uint32_t>(*index));
      }
    }
  }
  return indexes;
}

double ms_of(std::uint32_t ticks, const RunOperations& operations) {
  return static_cast<double>(ticks) * static_cast<double>(operations.tick_ns) / kNsPerMs;
}

/// Puts the operations and what was computed from them into blocks.
class OperationBlocks {
 public:
  OperationBlocks(const checker::History& history, const RunOperations& operations, RunPage& page)
      : history_(history), operations_(operations), page_(page) {}

  void add(const LanePyramid& pyramid) {
    ColumnBlock block;
    block.add("count", std::span(std::as_const(pyramid.count)));
    block.add("shortest", std::span(std::as_const(pyramid.shortest)));
    block.add("longest", std::span(std::as_const(pyramid.longest)));
    block.add("worst", std::span(std::as_const(pyramid.worst)));
    store("lanes", block);
  }
  void add(const RunSeries& series) {
    static constexpr const char* kOutcomes[] = {"ok", "fail", "info"};
    ColumnBlock block;
    for (std::size_t i = 0; i < series.outcomes.size(); ++i) {
      const std::string name = kOutcomes[i];
      const OutcomeSeries& outcome = series.outcomes[i];
      block.add(name, std::span(std::as_const(outcome.count)));
      block.add(name + "-p50", std::span(std::as_const(outcome.p50)));
      block.add(name + "-p95", std::span(std::as_const(outcome.p95)));
      block.add(name + "-p99", std::span(std::as_const(outcome.p99)));
    }
    store("series", block);
  }
  void add_columns() {
    ColumnBlock block;
    block.add("invoke", std::span(std::as_const(operations_.invoke)));
    block.add("duration", std::span(std::as_const(operations_.duration)));
    block.add("process", std::span(std::as_const(operations_.process)));
    block.add("lane", std::span(std::as_const(operations_.lane)));
    block.add("key", std::span(std::as_const(operations_.key)));
    block.add("index", std::span(std::as_const(operations_.index)));
    block.add("f", std::span(std::as_const(operations_.function)));
    block.add("outcome", std::span(std::as_const(operations_.outcome)));
    store("operations", block);
  }
  void add_values() {
    for (std::size_t first = 0; first < operations_.size(); first += kValuesOfBlock) {
      const std::size_t last = std::min(first + kValuesOfBlock, operations_.size());
      const Json texts(value_texts(history_, operations_, first, last));
      ColumnBlock block;
      block.add_text("text", texts.dump());
      store("values-" + std::to_string(first / kValuesOfBlock), block);
    }
  }

 private:
  void store(const std::string& name, const ColumnBlock& block) {
    page_.data["blocks"][name] = block.directory();
    page_.blocks[name] = block.text();
  }

  const checker::History& history_;
  const RunOperations& operations_;
  RunPage& page_;
};

Json operations_json(const RunOperations& operations, const LanePyramid& pyramid) {
  Json lanes = Json::array();
  for (const auto& lane : operations.lanes) {
    lanes.push_back({{"thread", lane.thread},
                     {"node", lane.node.empty() ? Json() : Json(lane.node)},
                     {"operations", lane.operations}});
  }
  return {{"count", operations.size()},
          {"tickNs", operations.tick_ns},
          {"originMs", 0},
          {"functions", operations.functions},
          {"keys", operations.keys},
          {"keysLeftOut", operations.keys_left_out},
          {"lanes", lanes},
          {"bins", pyramid.bins},
          {"binMs", ms_of(pyramid.width, operations)},
          {"valuesPerBlock", kValuesOfBlock}};
}

void add_operations(const RunFiles& files, const checker::History& history,
                    const RunOperations& operations, RunPage& page) {
  const LanePyramid pyramid = pyramid_of(operations, violating_indexes(files.results));
  const RunSeries series = series_of(operations);
  page.data["blocks"] = Json::object();
  OperationBlocks blocks(history, operations, page);
  blocks.add(pyramid);
  blocks.add(series);
  blocks.add_columns();
  blocks.add_values();
  page.data["operations"] = operations_json(operations, pyramid);
  page.data["series"] = {{"bins", series.bins}, {"binMs", ms_of(series.width, operations)}};
}

Json failures_json(const Json& results) {
  Json list = Json::array();
  for (const Json& failure : base::field(results, "failures")) {
    if (list.size() == kFailuresMax) break;
    Json faults = Json::array();
    for (const Json& fault : base::field(failure, "faults")) {
      if (fault.is_string() && faults.size() < kFailuresMax) {
        faults.push_back(page_text(fault.text(), kPageTextBytes));
      }
    }
    list.push_back({{"signature", text_in(failure, "signature")},
                    {"check", text_in(failure, "check")},
                    {"anomaly", text_in(failure, "anomaly")},
                    {"label", text_in(failure, "label")},
                    {"sentence", text_in(failure, "sentence")},
                    {"faults", faults},
                    {"count", integer_in(failure, "count").value_or(1)},
                    {"atMs", json_of(base::number_field(failure, "at-ms"))}});
  }
  return list;
}

Json checks_json(const Json& results) {
  Json list = Json::array();
  for (const Json& check : base::field(results, "checks")) {
    if (list.size() == kFailuresMax) break;
    list.push_back({{"name", text_in(check, "name")},
                    {"verdict", text_in(check, "verdict")},
                    {"explanation", text_in(check, "explanation")},
                    {"bound", text_in(check, "bound")}});
  }
  return list;
}

Json message_json(const MessageEvents& message, double began_ns) {
  const auto ms = [&](std::int64_t ns) { return (static_cast<double>(ns) - began_ns) / kNsPerMs; };
  return {{"from", nemesis::node_name(message.from)},
          {"to", nemesis::node_name(message.to)},
          {"type", message.type},
          {"term", message.term},
          {"index", message.index},
          {"sentMs", ms(message.sent_ns)},
          {"arrivedMs", message.arrived_ns ? Json(ms(*message.arrived_ns)) : Json()},
          {"fate", name(message.fate)},
          {"copies", message.copies}};
}

/// Null: the run has no record of messages, or none that can be placed in time.
Json messages_json(const RunFiles& files, const PageFocus& focus) {
  const auto began = files.load_began_ns();
  if (!began) return {};
  const auto ns = [&](double ms) { return *began + static_cast<std::int64_t>(ms * kNsPerMs); };
  const auto read = read_messages(files.directory / "messages.bin", {.begin = ns(focus.begin),
                                                                     .end = ns(focus.end),
                                                                     .messages_max = kMessagesMax,
                                                                     .focus = ns(focus.moment)});
  if (!read) return {};
  Json list = Json::array();
  for (const auto& message : read.value().messages) {
    list.push_back(message_json(message, static_cast<double>(*began)));
  }
  return {{"window", {{"begin", focus.begin}, {"end", focus.end}}},
          {"list", list},
          {"leftOut", read.value().left_out}};
}

Json faults_json(const std::vector<RunFault>& faults) {
  Json list = Json::array();
  for (const RunFault& fault : faults) list.push_back(to_json(fault));
  return list;
}

Json nodes_json(const std::vector<NodeLane>& lanes) {
  Json list = Json::array();
  for (const NodeLane& lane : lanes) list.push_back(to_json(lane));
  return list;
}

/// "20261201T081434.364Z-2" as "2026-12-01T08:14:34.364Z"; empty for another name.
std::string started_of(const std::string& name) {
  const auto is_digits = [&](std::size_t from, std::size_t count) {
    return name.size() >= from + count &&
           std::all_of(name.begin() + static_cast<std::ptrdiff_t>(from),
                       name.begin() + static_cast<std::ptrdiff_t>(from + count),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_digits(0, 8) || !is_digits(9, 6) || !is_digits(16, 3) || name[8] != 'T') return "";
  return fmt::format("{}-{}-{}T{}:{}:{}.{}Z", name.substr(0, 4), name.substr(4, 2),
                     name.substr(6, 2), name.substr(9, 2), name.substr(11, 2), name.substr(13, 2),
                     name.substr(16, 3));
}

Json run_json(const RunFiles& files, double end_ms) {
  const std::string name = files.directory.filename().string();
  const auto text_or_null = [](std::string text) { return text.empty() ? Json() : Json(text); };
  const std::string verdict = text_in(files.results, "verdict");
  return {{"scenario", files.scenario_name()},
          {"name", page_text(name, kPageTextBytes)},
          {"started", started_of(name)},
          {"seed", value_in(files.scenario, "seed")},
          {"bug", text_or_null(text_in(files.scenario, "bug"))},
          {"verdict", verdict.empty() ? Json("unknown") : Json(verdict)},
          {"reproduce", text_or_null(text_in(files.results, "reproduce"))},
          {"loadMs", base::number_field(files.results, "load-ms").value_or(end_ms)},
          {"source", text_or_null(text_in(base::field(files.results, "versions"), "source"))},
          {"tested", tested_text(files.results)},
          {"cause", text_or_null(text_in(base::field(files.results, "cause"), "text"))}};
}

}  // namespace

base::Result<RunPage> page_of(const fs::path& run_directory) {
  const auto files = read_run_files(run_directory);
  if (!files) return files.error();
  const auto loaded = read_history(files.value().directory);
  checker::History none;
  const auto* read = std::get_if<checker::History>(&loaded);
  const checker::History& history = read != nullptr ? *read : none;
  if (history.operations.size() > kPageOperationsMax) {
    return base::Error{fmt::format("{}: found {} operations, expected at most {} in a page",
                                   run_directory.string(), history.operations.size(),
                                   kPageOperationsMax)};
  }
  RunPage page;
  const RunOperations operations = operations_of(history, threads_of(files.value()));
  const double end_ms = ms_of(operations.span, operations);
  const RunFaults faults =
      read_faults(files.value().directory / "faults.jsonl", files.value().results);
  const auto lanes = lanes_of(files.value(), faults.list, end_ms);
  const auto explained = explain_failure(files.value());
  const PageFocus focus = focus_of(files.value().results, explained, faults.list, end_ms);
  page.data["run"] = run_json(files.value(), end_ms);
  page.data["sentence"] = sentence_of(files.value());
  page.data["answers"] = answers_of(files.value().results, explained, faults.list, lanes);
  page.data["checks"] = checks_json(files.value().results);
  page.data["failures"] = failures_json(files.value().results);
  page.data["explanation"] = explained ? to_json(*explained) : Json();
  page.data["nodes"] = nodes_json(lanes);
  page.data["faults"] = faults_json(faults.list);
  page.data["messages"] = messages_json(files.value(), focus);
  page.data["focus"] =
      focus.around_failure ? Json{{"begin", focus.begin}, {"end", focus.end}} : Json();
  add_operations(files.value(), history, operations, page);
  return page;
}

}  // namespace capsize::harness
