#include "harness/live/run_watch.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "base/lenient_fields.h"
#include "base/units.h"
#include "checker/streaming/streaming_check.h"
#include "harness/live/fault_board.h"
#include "harness/live/growing_lines.h"
#include "harness/live/history_tally.h"
#include "harness/live/node_board.h"
#include "harness/store/run_lock.h"

namespace capsize::harness {
namespace {

constexpr std::size_t kHistoryBytesMax = std::size_t{4} << 20U;  // of one call: some 50 ms
constexpr std::size_t kTraceBytesMax = std::size_t{1} << 20U;
constexpr std::size_t kFaultsBytesMax = std::size_t{4} << 20U;
constexpr std::size_t kDocumentBytesMax = std::size_t{16} << 20U;
constexpr std::size_t kShownNodesMax = 64;
constexpr std::size_t kEntriesMax = 1000;
constexpr std::size_t kTextBytesMax = 2000;
constexpr std::uint64_t kCheckerMemory = std::uint64_t{256} << 20U;
// The recorder writes at least every 100 ms, so the last moment of the load is not in the file yet.
constexpr auto kWritingDelay = std::chrono::milliseconds(300);
constexpr auto kQuiet = std::chrono::seconds(1);
// A run of another program than Capsize holds no lock, so what it writes shows that it is alive.
constexpr auto kSilenceOfTheDead = std::chrono::seconds(3);

base::Json read_document(const OpenDirectory& directory, const char* name) {
  const auto file = directory.file(name);
  if (!file || file->bytes > kDocumentBytesMax) return {};
  return base::Json::parse(file->read(0, file->bytes));
}

/// n1, n2, … n10: the number after the "n"; nothing for another name.
std::optional<std::uint32_t> number_of(const std::string& name) {
  if (name.size() < 2 || name.size() > 6 || name[0] != 'n') return std::nullopt;
  if (name.find_first_not_of("0123456789", 1) != name.npos) return std::nullopt;
  return static_cast<std::uint32_t>(std::stoul(name.substr(1)));
}

CheckerState state_of(checker::Verdict verdict) {
  switch (verdict) {
    case checker::Verdict::kInvalid:
      return CheckerState::kViolated;
    case checker::Verdict::kUnknown:
      return CheckerState::kUndecided;
    case checker::Verdict::kUsageError:
      return CheckerState::kNotForThis;
    default:
      return CheckerState::kFollowing;
  }
}

}  // namespace

std::string_view name(RunStage stage) {
  constexpr std::string_view kNames[] = {"starting", "load", "judging", "ended", "killed"};
  return kNames[static_cast<std::size_t>(stage)];
}

std::string_view name(NodeState state) {
  constexpr std::string_view kNames[] = {"up", "paused", "dead"};
  return kNames[static_cast<std::size_t>(state)];
}

std::string_view name(CheckerState state) {
  constexpr std::string_view kNames[] = {"following", "violated", "undecided",
                                         "not for this workload"};
  return kNames[static_cast<std::size_t>(state)];
}

struct RunWatch::State {
  explicit State(OpenDirectory opened) : directory(std::move(opened)) { begin_history(); }

  struct Node {
    std::string name;
    GrowingLines trace;
    std::optional<NodeBoard> board;  // emplaced again when the file is read anew
  };

  OpenDirectory directory;
  RunSnapshot now;
  GrowingLines history{"history.jsonl"};
  GrowingLines fault_lines{"faults.jsonl"};
  HistoryTally tally;
  FaultBoard faults;
  std::map<std::uint32_t, Node> nodes;  // by number
  std::optional<checker::StreamingCheck> checker;
  std::optional<base::Instant> load_began;  // the latest that is possible by what was read

  void begin_history() {
    tally = {};
    now.checker = {};
    checker.emplace("history.jsonl", "jsonl",
                    checker::FollowOptions{.memory_limit_bytes = kCheckerMemory});
  }
  void read_scenario();
  void read_history(base::Instant at);
  void read_faults();
  void find_nodes();
  void read_traces(base::Instant at);
  void read_results();
  void estimate_time(base::Instant at);
  void set_stage();
  [[nodiscard]] bool is_alive() const;
};

void RunWatch::State::read_scenario() {
  const base::Json scenario = read_document(directory, "scenario.json");
  now.scenario = base::text_field(scenario, "name", 128);
  now.bug = base::text_field(scenario, "bug", 128);
  now.workload = base::text_field(scenario, "workload", 128);
  now.seed = base::unsigned_field(scenario, "seed").value_or(0);
  const auto limit = base::parse_duration(base::text_field(scenario, "time-limit", 64));
  now.time_limit = limit ? limit.value() : base::Duration::zero();
}

void RunWatch::State::read_history(base::Instant at) {
  const auto reading = history.read(directory, kHistoryBytesMax);
  if (reading.anew) {
    begin_history();
    load_began.reset();
  }
  now.history_bytes = reading.bytes;
  now.history_read = reading.read;
  for_each_line(reading.lines, [this](std::string_view line) { tally.add(line); });
  now.total = tally.total();
  now.open = tally.open();
  if (tally.invocations() > 0) {
    // An event has happened before it was read, so the load began at least its time ago.
    const auto began = at - tally.newest();
    load_began = load_began ? std::min(*load_began, began) : began;
  }
  if (now.checker.state != CheckerState::kFollowing || reading.lines.empty()) return;
  (void)checker->take(reading.lines);
  const checker::Report report = checker->so_far();
  now.checker.state = state_of(report.verdict);
  now.checker.operations = report.counts.operations;
  const bool followed = now.checker.state == CheckerState::kFollowing;
  now.checker.sentence = followed ? "" : base::cut_text(report.reason, kTextBytesMax);
  // What it keeps of the history is of no use any more.
  if (!followed) checker.reset();
}

void RunWatch::State::read_faults() {
  const auto reading = fault_lines.read(directory, kFaultsBytesMax);
  if (reading.anew) faults = {};
  for_each_line(reading.lines, [this](std::string_view line) { faults.add(line); });
  faults.write(now);
}

void RunWatch::State::find_nodes() {
  const auto parent = directory.directory("nodes");
  if (!parent) return;
  for (const auto& entry : parent->list(kEntriesMax)) {
    const auto number = number_of(entry.name);
    if (!number || !entry.is_directory || nodes.size() >= kShownNodesMax) continue;
    if (nodes.contains(*number)) continue;
    nodes.emplace(*number, Node{.name = entry.name,
                                .trace = GrowingLines("nodes/" + entry.name + "/trace.jsonl"),
                                .board = std::nullopt});
  }
}

void RunWatch::State::read_traces(base::Instant at) {
  find_nodes();
  now.nodes.clear();
  for (auto& [number, node] : nodes) {
    const auto reading = node.trace.read(directory, kTraceBytesMax, /*from_end=*/true);
    if (reading.anew || !node.board) node.board.emplace();
    node.board->add(reading.lines);
    NodeNow& shown = now.nodes.emplace_back();
    shown.name = node.name;
    node.board->write(shown, at);
    shown.state = faults.state_of(node.name, node.board->incarnation());
  }
}

void RunWatch::State::read_results() {
  const base::Json results = read_document(directory, "results.json");
  if (!results.is_object()) return;
  now.stage = RunStage::kEnded;
  now.verdict = base::text_field(results, "verdict", 64);
  const base::Json& failures = base::field(results, "failures");
  if (failures.is_array() && !failures.empty()) {
    now.sentence = base::text_field(failures.front(), "sentence", kTextBytesMax);
  }
}

bool RunWatch::State::is_alive() const {
  if (is_running(directory.stable_path())) return true;
  std::int64_t written = directory.modified_ns();
  for (const char* name : {"history.jsonl", "faults.jsonl"}) {
    if (const auto file = directory.file(name)) written = std::max(written, file->modified_ns);
  }
  const auto now_ns = std::chrono::system_clock::now().time_since_epoch();
  return now_ns - base::Duration(written) < kSilenceOfTheDead;
}

void RunWatch::State::estimate_time(base::Instant at) {
  const bool over = now.stage == RunStage::kEnded || now.stage == RunStage::kKilled;
  now.time = over || !load_began ? tally.newest() : at - *load_began;
  now.last_second = over ? OutcomeCounts{}
                         : tally.second_before(std::max(tally.newest(), now.time - kWritingDelay));
  tally.write_seconds(now);
}

void RunWatch::State::set_stage() {
  if (now.stage == RunStage::kEnded) return;
  // In this order: a run that ends between the two has left its results.
  const bool alive = is_alive();
  read_results();
  if (now.stage == RunStage::kEnded) return;
  if (!alive) {
    now.stage = RunStage::kKilled;
  } else if (tally.invocations() == 0) {
    now.stage = RunStage::kStarting;
  } else {
    const bool quiet = now.time - tally.newest() > kQuiet;
    now.stage = quiet && now.time > now.time_limit ? RunStage::kJudging : RunStage::kLoad;
  }
}

RunWatch::RunWatch(std::unique_ptr<State> state) : state_(std::move(state)) {}
RunWatch::~RunWatch() = default;
RunWatch::RunWatch(RunWatch&&) noexcept = default;
RunWatch& RunWatch::operator=(RunWatch&&) noexcept = default;

base::Result<RunWatch> RunWatch::open(const std::filesystem::path& run_directory) {
  auto directory = OpenDirectory::open(run_directory);
  if (!directory) return directory.error();
  if (!directory.value().file("scenario.json")) {
    return base::Error{run_directory.string() +
                       ": found no scenario.json, expected the directory of a run"};
  }
  auto state = std::make_unique<State>(std::move(directory).value());
  state->read_scenario();
  return RunWatch(std::move(state));
}

const RunSnapshot& RunWatch::poll(base::Instant now) {
  // Faults before traces: of a node that was killed and restarted in between, the trace is newer.
  state_->read_faults();
  state_->read_history(now);
  state_->read_traces(now);
  state_->estimate_time(now);
  state_->set_stage();
  state_->estimate_time(now);
  return state_->now;
}

const RunSnapshot& RunWatch::snapshot() const {
  return state_->now;
}

}  // namespace capsize::harness
