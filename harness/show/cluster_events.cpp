#include "harness/show/cluster_events.h"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "base/printable.h"
#include "harness/evidence/message_history.h"
#include "harness/evidence/role_history.h"
#include "harness/report/violation_text.h"

namespace capsize::harness {
namespace {

using Kind = ClusterEvent::Kind;

constexpr std::size_t kMessagesMax = 2'000;
constexpr std::size_t kNodesMax = 64;
// Messages of one purpose, such as the requests for votes of one election, are one line if they
// follow each other this closely.
constexpr std::int64_t kRoundMax = 20'000'000;

void add_node_events(const std::vector<NodeTimeline>& nodes, ClusterEvents& found) {
  for (const NodeTimeline& node : nodes) {
    for (const auto& event : node.events()) {
      found.events.push_back({event.time, Kind::kNode, event.text});
    }
    if (node.is_cut()) {
      found.notes.emplace_back("a trace has more transitions in this time than are shown");
    }
  }
}

void add_faults(const RecordedOutcome& run, const ShownTime& time, std::size_t size,
                ClusterEvents& found) {
  const std::int64_t start = base::nanoseconds(run.outcome.start);
  for (const auto& fault : run.outcome.faults) {
    if (fault.state == nemesis::FaultState::kSkipped) continue;
    const std::string what = fmt::format("fault {}: {} {}", fault.fault->id, fault.fault->spec.kind,
                                         nodes_text(fault.nodes, size));
    const auto within = [&](base::Duration moment) {
      return moment >= time.begin && moment <= time.end;
    };
    if (within(fault.begin)) {
      found.events.push_back({start + fault.begin.count(), Kind::kFault, what + " begins"});
    } else if (fault.begin < time.begin && fault.end >= time.begin) {
      // It is active from the first line on.
      const double since = static_cast<double>(fault.begin.count()) / 1e6;
      found.events.push_back({start + time.begin.count(), Kind::kFault,
                              fmt::format("{}, since {:.0f} ms", what, since)});
    }
    if (within(fault.end)) {
      found.events.push_back({start + fault.end.count(), Kind::kFault, what + " ends"});
    }
  }
}

void add_operations(const RecordedOutcome& run, const ShownTime& time, ClusterEvents& found) {
  const Outcome& outcome = run.outcome;
  if (outcome.failures.empty() || !outcome.failures.front().violation) return;
  const std::int64_t start = base::nanoseconds(outcome.start);
  const auto shown =
      shown_in_text(outcome.linearizable->violations[*outcome.failures.front().violation]);
  for (std::size_t i = 0; i < shown.operations.size(); ++i) {
    const auto& operation = shown.operations[i];
    if (operation.background || operation.invoke_time == checker::kNoTime) continue;
    const bool is_read = operation.outcome == checker::Outcome::kOk && operation.function == "read";
    const std::string value = base::printable(shown.values[i]);
    const auto add = [&](std::int64_t moment, std::string text) {
      if (moment < time.begin.count() || moment > time.end.count()) return;
      found.events.push_back({start + moment, Kind::kOperation, std::move(text)});
    };
    const auto node = server_of(outcome.scenario, operation.process);
    add(operation.invoke_time, fmt::format("#{} {}{}{}", i + 1, base::printable(operation.function),
                                           is_read ? std::string() : " " + value,
                                           node ? " at " + nemesis::node_name(*node) : ""));
    if (operation.complete_time == checker::kNoTime) continue;
    add(operation.complete_time, fmt::format("#{} {}{}", i + 1, checker::name(operation.outcome),
                                             is_read ? ": " + value : std::string()));
  }
}

// ---- messages ----

bool elects(std::string_view type) {
  return type.find("Vote") != type.npos || type == "TimeoutNow" ||
         type.starts_with("InstallSnapshot");
}

/// Messages that tell the same: of one type, term and fate, from or to one node.
struct Round {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::set<nemesis::Node> others;
  std::uint64_t count = 0;
};

/// Its arrival; of one that does not arrive by `end` its sending.
std::int64_t moment_of(const MessageEvents& message, std::int64_t end) {
  const std::int64_t arrived = message.arrived_ns.value_or(message.sent_ns);
  return arrived <= end ? arrived : message.sent_ns;
}

std::string fate_text(const MessageEvents& message, std::int64_t end) {
  std::string text;
  if (message.corrupted) text += " corrupted";
  if (message.fate == MessageFate::kDelayed && message.arrived_ns) {
    const auto late = static_cast<double>(*message.arrived_ns - message.sent_ns) / 1e6;
    return text + (*message.arrived_ns <= end ? fmt::format(" after {:.1f} ms", late)
                                              : fmt::format(" arrives {:.1f} ms later", late));
  }
  if (message.fate != MessageFate::kDelivered) text += " " + std::string(name(message.fate));
  return text;
}

std::string single_text(const MessageEvents& message, std::int64_t end) {
  return fmt::format("{}>{} {} {}/{}{}{}", nemesis::node_name(message.from),
                     nemesis::node_name(message.to), message.type, message.term, message.index,
                     fate_text(message, end),
                     message.copies > 0 ? fmt::format(", {} copies", message.copies) : "");
}

class Rounds {
 public:
  /// `end`: of the window.
  explicit Rounds(std::int64_t end) : end_(end) {}
  void add(const MessageEvents& message) {
    const bool reply = message.type.ends_with("Reply");
    const Key key{message.type, message.term, message.fate, reply,
                  reply ? message.to : message.from};
    const std::int64_t moment = moment_of(message, end_);
    auto& rounds = by_key_[key];
    // What does not arrive is one line for the whole time: a cut stops hundreds.
    const bool arrives = message.arrived_ns.has_value();
    if (rounds.empty() || (arrives && moment - rounds.back().last > kRoundMax)) {
      rounds.push_back({.first = moment, .last = moment, .others = {}});
    }
    Round& round = rounds.back();
    round.last = std::max(round.last, moment);
    round.others.insert(reply ? message.from : message.to);
    ++round.count;
  }
  void store(std::size_t size, ClusterEvents& found) const {
    for (const auto& [key, rounds] : by_key_) {
      for (const Round& round : rounds) {
        found.events.push_back({round.first, Kind::kMessage, text_of(key, round, size)});
      }
    }
  }

 private:
  using Key = std::tuple<std::string_view, std::uint64_t, MessageFate, bool, nemesis::Node>;

  static std::string text_of(const Key& key, const Round& round, std::size_t size) {
    const auto& [type, term, fate, reply, hub] = key;
    const std::vector<nemesis::Node> others(round.others.begin(), round.others.end());
    const std::string name_of_others =
        others.size() + 1 == size && size > 2 ? "all" : nodes_text(others, size);
    const std::string hub_name = nemesis::node_name(hub);
    std::string text = reply ? name_of_others + ">" + hub_name : hub_name + ">" + name_of_others;
    text += fmt::format(" {} {}", type, term);
    if (fate != MessageFate::kDelivered) text += " " + std::string(name(fate));
    if (round.count > others.size()) text += fmt::format(" x{}", round.count);
    return text;
  }

  std::int64_t end_;
  std::map<Key, std::vector<Round>> by_key_;
};

std::string ending_note(const MessageHistory& history) {
  if (history.unrecorded > 0) {
    return fmt::format("the proxy could not record {} messages of this time", history.unrecorded);
  }
  if (history.damaged > 0) {
    return fmt::format("messages.bin: {} damaged records are left out", history.damaged);
  }
  return {};
}

void add_messages(const RecordedOutcome& run, const ShownTime& time, std::size_t size, bool all,
                  ClusterEvents& found) {
  const std::int64_t start = base::nanoseconds(run.outcome.start);
  const auto read =
      read_messages(run.outcome.directory / "messages.bin", {.begin = start + time.begin.count(),
                                                             .end = start + time.end.count(),
                                                             .messages_max = kMessagesMax,
                                                             .focus = start + time.focus.count()});
  if (!read) {
    found.notes.push_back(base::printable(read.error().message));
    return;
  }
  const MessageHistory& history = read.value();
  const std::int64_t end = start + time.end.count();
  Rounds rounds(end);
  for (const MessageEvents& message : history.messages) {
    if (all) {
      found.events.push_back({moment_of(message, end), Kind::kMessage, single_text(message, end)});
    } else if (elects(message.type) || message.fate != MessageFate::kDelivered) {
      rounds.add(message);
    }
  }
  rounds.store(size, found);
  if (all && history.left_out > 0) {
    found.notes.push_back(fmt::format("{} messages are left out", history.left_out));
  }
  if (auto note = ending_note(history); !note.empty()) found.notes.push_back(std::move(note));
}

}  // namespace

std::string nodes_text(const std::vector<nemesis::Node>& nodes, std::size_t cluster_size) {
  if (nodes.size() == cluster_size && cluster_size > 1) return "all";
  std::string text;
  for (const auto node : nodes) text += (text.empty() ? "" : " ") + nemesis::node_name(node);
  return text;
}

std::size_t cluster_size(const RecordedOutcome& run) {
  const std::size_t planned = run.outcome.scenario.nodes + spares_of(run.outcome.scenario);
  std::size_t found = 0;
  std::error_code error;
  std::filesystem::directory_iterator at(run.outcome.directory / "nodes", error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    const auto node = nemesis::node_of(at->path().filename().string());
    if (node && *node < kNodesMax) found = std::max(found, *node + 1);
  }
  return found > 0 ? found : planned;
}

ClusterEvents cluster_events(const RecordedOutcome& run, const std::vector<NodeTimeline>& nodes,
                             const ShownTime& time, bool all_messages) {
  ClusterEvents found;
  const std::size_t size = cluster_size(run);
  add_faults(run, time, size, found);
  add_node_events(nodes, found);
  add_messages(run, time, size, all_messages, found);
  add_operations(run, time, found);
  std::stable_sort(found.events.begin(), found.events.end(),
                   [](const auto& a, const auto& b) { return a.time < b.time; });
  return found;
}

}  // namespace capsize::harness
