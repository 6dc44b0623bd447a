#include "harness/evidence/signature.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <limits>
#include <set>
#include <string_view>
#include <utility>

#include "harness/judge/service.h"

namespace capsize::harness {
namespace {

using base::Json;
using checker::Anomaly;
using checker::OperationView;
using checker::Violation;
using Acknowledged = CommitHistory::Acknowledged;

/// A failure and its place in the order: a lower rank says more about the cause.
struct Ranked {
  Failure failure;
  unsigned rank = 0;
};

constexpr unsigned kInvariants = 0;
constexpr unsigned kCrash = 100;
constexpr unsigned kLinearizable = 200;
constexpr unsigned kLive = 300;

// Ranks of linearizable failures; anomalies without an entry are between proofs and losses.
constexpr unsigned kWithoutEntry = 0;
constexpr unsigned kBeforeCommit = 1;
constexpr unsigned kAnomaly = 2;
constexpr unsigned kLost = 40;
constexpr unsigned kStale = 50;
constexpr unsigned kStaleOrLost = 60;
constexpr unsigned kNoOrder = 70;

constexpr const char* kNewestLeader = "leader of the newest term";
constexpr const char* kNewestFollower = "follower of the newest term";
constexpr const char* kOlderLeader = "leader of an older term";
constexpr const char* kOlderFollower = "follower of an older term";
/// The order is that of ranks.
constexpr std::array kServers = {kNewestLeader, kNewestFollower, kOlderLeader, kOlderFollower};

bool is_invalid(const Outcome& outcome, std::string_view name) {
  return std::any_of(outcome.checks.begin(), outcome.checks.end(), [&](const Check& check) {
    return check.name == name && check.verdict == checker::Verdict::kInvalid;
  });
}

/// A mistake in an election breaks everything after it; a state machine only executes what the logs
/// say. So the order is that of the proofs (Raft paper, figure 3).
unsigned rank_of_property(std::string_view name) {
  constexpr std::array<std::string_view, 5> kOrder = {"election-safety", "leader-append-only",
                                                      "log-matching", "leader-completeness",
                                                      "state-machine-safety"};
  return static_cast<unsigned>(std::find(kOrder.begin(), kOrder.end(), name) - kOrder.begin());
}

void invariants(const Outcome& outcome, std::vector<Ranked>& all) {
  for (const auto& property : outcome.invariants) {
    if (property.verdict != checker::Verdict::kInvalid) continue;
    Failure failure{.check = "invariants", .anomaly = property.name};
    failure.meaning["property"] = property.name;
    if (property.event) {
      const bool led = property.event->role == checker::Role::kLeader;
      failure.meaning["role"] = led ? "leader" : "follower";
      const auto since = property.event->time - base::nanoseconds(outcome.start);
      failure.begin = failure.end = base::Duration(since);
    }
    failure.sentence = property.name + ": " + property.sentence;
    all.push_back({std::move(failure), kInvariants + rank_of_property(property.name)});
  }
}

void crashes(const Outcome& outcome, std::vector<Ranked>& all) {
  if (!is_invalid(outcome, "crash")) return;
  for (const Crash& crash : outcome.crashes) {
    const Ending& ending = crash.ending;
    // Another process sent it: not the node's fault.
    if (ending.signal == SIGKILL && crash.out_of_memory_kills == 0) continue;
    Failure failure{.check = "crash"};
    failure.meaning["ending"] = ending.signal == SIGKILL ? std::string("out of memory")
                                : ending.signal != 0
                                    ? fmt::format("signal {}", ending.signal)
                                    : fmt::format("exit code {}", ending.exit_code);
    failure.begin = failure.end = crash.at - outcome.start;
    failure.sentence =
        fmt::format("{} ended by itself with {}", nemesis::node_name(crash.node), describe(ending));
    all.push_back({std::move(failure), kCrash});
  }
}

std::string explanation_of(const Outcome& outcome, std::string_view name) {
  for (const Check& check : outcome.checks) {
    if (check.name == name) return check.explanation;
  }
  return {};
}

void live(const Outcome& outcome, const TraceFacts& traces, std::vector<Ranked>& all) {
  if (!is_invalid(outcome, "live")) return;
  Failure failure{.check = "live"};
  const auto missing = [&](auto served) {
    return !std::all_of(outcome.recoveries.begin(), outcome.recoveries.end(), served);
  };
  if (missing([](const NodeRecovery& one) { return one.first_write.has_value(); })) {
    failure.meaning["missing"] = "writes";
  } else if (missing([](const NodeRecovery& one) { return one.final_reads_done; })) {
    failure.meaning["missing"] = "reads";
  } else if (outcome.outage_too_long()) {
    failure.meaning["missing"] = "service during faults";
  } else {
    failure.meaning["missing"] = "recovery in time";
  }
  const bool at_end =
      failure.meaning["missing"] == "writes" || failure.meaning["missing"] == "reads";
  if (at_end && !traces.roles.empty()) {
    failure.meaning["leader"] = traces.roles.has_leader_at_end() ? "elected" : "none";
  }
  failure.sentence = explanation_of(outcome, "live");
  failure.end = outcome.load_time;  // every fault of the run may be the reason
  all.push_back({std::move(failure), kLive});
}

bool is_stale_or_lost(Anomaly anomaly) {
  return anomaly == Anomaly::kStaleRead || anomaly == Anomaly::kStaleOrLost;
}

unsigned rank_of(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::kLostWrite:
    case Anomaly::kLostAppend:
    case Anomaly::kLostElement:
      return kLost;
    case Anomaly::kStaleRead:
      return kStale;
    case Anomaly::kStaleOrLost:
    case Anomaly::kReorderedOrLost:
      return kStaleOrLost;
    case Anomaly::kNoLegalOrder:
      return kNoOrder;
    default:
      return kAnomaly + static_cast<unsigned>(anomaly);
  }
}

/// The operation that observed what it must not: the last observation that the sentence names. A
/// sentence about a list does not repeat the list, so it may name no observation; then it is the
/// last one of the counterexample.
const OperationView* observer_in(const Violation& violation,
                                 const std::vector<const OperationView*>& subjects) {
  const auto observation = std::find_if(subjects.rbegin(), subjects.rend(),
                                        [](const auto* one) { return !is_mutation(*one); });
  if (observation != subjects.rend()) return *observation;
  const auto& all = violation.operations;
  const auto unnamed = std::find_if(all.rbegin(), all.rend(), [](const OperationView& one) {
    return !one.background && !is_mutation(one);
  });
  if (unnamed != all.rend()) return &*unnamed;
  return subjects.empty() ? nullptr : subjects.back();
}

/// The outcomes of the other operations that the sentence names: "ok write", "ok read". A cas and
/// an append are writes here: which of them wrote the value is chance.
Json others(const std::vector<const OperationView*>& subjects, const OperationView* observer) {
  std::set<std::string> kinds;
  for (const auto* operation : subjects) {
    if (operation == observer || !operation->named) continue;
    kinds.insert(fmt::format("{} {}", checker::name(operation->outcome),
                             is_mutation(*operation) ? "write" : "read"));
  }
  Json list = Json::array();
  for (const auto& kind : kinds) list.push_back(kind);
  return list;
}

/// What the traces prove about the acknowledged writes of a violation.
Acknowledged acknowledged(const Outcome& outcome, const TraceFacts& traces,
                          const std::vector<const OperationView*>& subjects) {
  Acknowledged found = Acknowledged::kUnknown;
  for (const auto* operation : subjects) {
    if (!is_mutation(*operation) || operation->outcome != checker::Outcome::kOk) continue;
    const auto window = window_of(outcome, *operation);
    if (window) found = std::max(found, traces.commits.acknowledged(*window));
  }
  return found;
}

/// The role of the node that served an operation; null if it is unknown.
///
/// The roles during the whole operation count, not the last one: a paused leader that wakes up
/// answers a read and learns of its successor a moment later, before the client has the reply. And
/// a follower that asks a deposed leader counts as that leader.
const char* server_role(const Outcome& outcome, const RoleHistory& roles,
                        const OperationView& operation) {
  const auto node = server_of(outcome.scenario, operation.process);
  const auto window = window_of(outcome, operation);
  if (!node || !window) return nullptr;
  const auto newest = roles.leader_at(window->end);
  const auto held = roles.roles_between(*node, window->begin, window->end);
  if (!newest || held.empty()) return nullptr;
  for (const auto& role : held) {
    if (role.term < newest->term && roles.is_led_at(role.term, window->begin)) return kOlderLeader;
  }
  const auto& last = held.back();
  if (last.term < newest->term) return kOlderFollower;
  return last.name == checker::name(checker::Role::kLeader) ? kNewestLeader : kNewestFollower;
}

unsigned rank_of_server(const char* server) {
  return static_cast<unsigned>(std::find(kServers.begin(), kServers.end(), server) -
                               kServers.begin());
}

Ranked meaning_of(const Outcome& outcome, const TraceFacts& traces, const Violation& violation) {
  Ranked ranked;
  Json& meaning = ranked.failure.meaning;
  const auto subjects = subjects_of(violation);
  const Acknowledged written = acknowledged(outcome, traces, subjects);
  if (written == Acknowledged::kWithoutEntry || written == Acknowledged::kBeforeCommit) {
    const bool entry = written == Acknowledged::kBeforeCommit;
    meaning["acknowledged"] = entry ? "before commit" : "without an entry in the log";
    ranked.rank = entry ? kBeforeCommit : kWithoutEntry;
    return ranked;
  }
  meaning["anomaly"] = checker::name(violation.anomaly);
  ranked.rank = rank_of(violation.anomaly);
  if (ranked.rank == kLost && written == Acknowledged::kAfterCommit) {
    meaning["acknowledged"] = "after commit";
  }
  const OperationView* observer = observer_in(violation, subjects);
  if (observer == nullptr) return ranked;
  meaning["observer"] = {{"function", observer->function},
                         {"outcome", checker::name(observer->outcome)}};
  if (!is_stale_or_lost(violation.anomaly)) {
    meaning["others"] = others(subjects, observer);
    return ranked;
  }
  if (const char* server = server_role(outcome, traces.roles, *observer)) {
    meaning["anomaly"] = checker::name(Anomaly::kStaleRead);
    meaning["served-by"] = server;
    ranked.rank = kStale + rank_of_server(server);
  } else {
    ranked.rank += static_cast<unsigned>(kServers.size());
  }
  return ranked;
}

/// From the first invocation to the last completion among the operations that the sentence names.
void set_times(const Violation& violation, Failure& failure) {
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  std::int64_t end = 0;
  for (const auto* operation : subjects_of(violation)) {
    if (operation->invoke_time == checker::kNoTime) continue;
    begin = std::min(begin, operation->invoke_time);
    end = std::max({end, operation->invoke_time, operation->complete_time});
  }
  failure.begin = base::Duration(std::min(begin, end));
  failure.end = base::Duration(end);
}

void linearizable(const Outcome& outcome, const TraceFacts& traces, std::vector<Ranked>& all) {
  if (!outcome.linearizable || outcome.linearizable->verdict != checker::Verdict::kInvalid) return;
  const auto& violations = outcome.linearizable->violations;
  for (std::size_t i = 0; i < violations.size(); ++i) {
    Ranked ranked = meaning_of(outcome, traces, violations[i]);
    ranked.failure.check = "linearizable";
    ranked.failure.anomaly = checker::name(violations[i].anomaly);
    ranked.failure.sentence = violations[i].sentence;
    ranked.failure.violation = i;
    set_times(violations[i], ranked.failure);
    ranked.rank += kLinearizable;
    all.push_back(std::move(ranked));
  }
  if (violations.empty()) {
    Failure failure{.check = "linearizable", .sentence = outcome.linearizable->reason};
    all.push_back({std::move(failure), kLinearizable + kNoOrder});
  }
}

std::vector<std::string> kinds_active(const Outcome& outcome, const Failure& failure) {
  std::set<std::string> kinds;
  for (const auto& fault : outcome.faults) {
    if (fault.state == nemesis::FaultState::kSkipped || fault.begin > failure.end ||
        fault.end < failure.begin) {
      continue;
    }
    kinds.insert(fault.fault->spec.kind);
  }
  return {kinds.begin(), kinds.end()};
}

/// Adds a failure, or counts it where its signature is known.
void add(Failure failure, std::vector<Failure>& merged) {
  failure.at = std::min(failure.at, failure.end);
  const auto known = std::find_if(merged.begin(), merged.end(), [&](const Failure& one) {
    return one.signature == failure.signature;
  });
  if (known == merged.end()) {
    merged.push_back(std::move(failure));
    return;
  }
  ++known->count;
  known->at = std::min(known->at, failure.at);
  std::set<std::string> kinds(known->faults.begin(), known->faults.end());
  kinds.insert(failure.faults.begin(), failure.faults.end());
  known->faults.assign(kinds.begin(), kinds.end());
}

/// Where the traces prove that writes were acknowledged too early, the other violations of the
/// clients' history are its consequences: which of them show up is chance. They count with it.
void absorb_consequences(std::vector<Failure>& failures) {
  const auto is_proof = [](const Failure& failure) {
    return failure.meaning.contains("acknowledged");
  };
  const auto proof = std::find_if(failures.begin(), failures.end(), is_proof);
  if (proof == failures.end()) return;
  for (const Failure& failure : failures) {
    if (failure.check != proof->check || is_proof(failure)) continue;
    proof->count += failure.count;
    proof->at = std::min(proof->at, failure.at);
  }
  std::erase_if(failures, [&, check = proof->check](const Failure& failure) {
    return failure.check == check && !is_proof(failure);
  });
}

}  // namespace

std::vector<Failure> failures_of(const Outcome& outcome, const TraceFacts& traces) {
  std::vector<Ranked> all;
  invariants(outcome, all);
  crashes(outcome, all);
  linearizable(outcome, traces, all);
  live(outcome, traces, all);
  std::stable_sort(all.begin(), all.end(),
                   [](const Ranked& a, const Ranked& b) { return a.rank < b.rank; });
  std::vector<Failure> merged;
  for (Ranked& one : all) {
    one.failure.meaning["check"] = one.failure.check;
    one.failure.signature = signature_of(one.failure.meaning);
    one.failure.label = label_of(one.failure.meaning);
    one.failure.faults = kinds_active(outcome, one.failure);
    add(std::move(one.failure), merged);
  }
  absorb_consequences(merged);
  return merged;
}

std::string signature_of(const Json& meaning) {
  // FNV-1a. Objects keep their keys sorted, so equal meanings have equal text.
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : meaning.dump()) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  }
  return fmt::format("{:016x}", hash);
}

std::string label_of(const Json& meaning) {
  const std::string check = meaning.value("check", "");
  if (check == "invariants") {
    return fmt::format("{} violated{}", meaning.value("property", ""),
                       meaning.contains("role") ? " by a " + meaning.value("role", "") : "");
  }
  if (check == "crash") return "node ended by itself, " + meaning.value("ending", "");
  if (check == "live") {
    const std::string leader = meaning.value("leader", "");
    if (meaning.value("missing", "") == "service during faults") return "outage during faults";
    return fmt::format("no {} after healing{}", meaning.value("missing", ""),
                       leader.empty()     ? ""
                       : leader == "none" ? ", no leader"
                                          : ", leader elected");
  }
  const std::string acknowledged = meaning.value("acknowledged", "");
  if (!meaning.contains("anomaly")) {
    return acknowledged.empty() ? "no legal order" : "write acknowledged " + acknowledged;
  }
  const std::string server = meaning.value("served-by", "");
  return meaning.value("anomaly", "") + (server.empty() ? "" : ", " + server) +
         (acknowledged.empty() ? "" : ", acknowledged " + acknowledged);
}

}  // namespace capsize::harness
