// An operator's requests to the leader: membership changes and leadership transfers
// (node/PROTOCOL.md, Clients).
#include <fmt/core.h>

#include <thread>

#include "harness/cluster/clock.h"
#include "harness/cluster/process_cluster.h"

namespace capsize::harness {
namespace {

using namespace std::chrono_literals;
using base::Json;
using nemesis::ActionResult;
using nemesis::Node;

// Long enough for an election and for a new member to catch up on a bad network.
constexpr auto kChangeBound = 3000ms;
// A later reply is unlikely: the leader may have been deposed since the request was sent.
constexpr auto kAttemptBound = 700ms;
constexpr auto kRetryPause = 10ms;
// A refusal comes at once; a change that has begun is answered when it is committed.
constexpr auto kRequestBound = 100ms;

std::chrono::milliseconds left(base::Instant until) {
  return std::max(1ms,
                  std::chrono::duration_cast<std::chrono::milliseconds>(until - monotonic_now()));
}

}  // namespace

Json ProcessCluster::ask_leader(const Json& question, std::chrono::milliseconds bound) {
  observe();
  if (!leader_) return {{"outcome", "fail"}, {"error", "no leader is known"}};
  auto answer = members_[*leader_]->client->request(question.dump(), bound);
  if (!answer) return {{"outcome", "info"}, {"error", answer.error().message}};
  Json parsed = Json::parse(answer.value());
  // A reply that cannot be parsed is indeterminate: the request may have been executed.
  return parsed.is_object() ? parsed : Json{{"outcome", "info"}, {"error", "an unreadable answer"}};
}

ProcessCluster::Administered ProcessCluster::administer(const Json& question) {
  const auto until = monotonic_now() + kChangeBound;
  Administered result;
  for (; monotonic_now() < until; std::this_thread::sleep_for(kRetryPause)) {
    const Json answer =
        ask_leader(question, std::min<std::chrono::milliseconds>(kAttemptBound, left(until)));
    const auto outcome = answer.value("outcome", "");
    result.reason = answer.value("error", "");
    // "no-change": an earlier attempt, whose reply was lost, has succeeded.
    result.done = outcome == "ok" || result.reason == "no-change";
    if (result.done) break;
    result.may_happen |= outcome != "fail";
  }
  return result;
}

ActionResult ProcessCluster::change_members(const std::vector<Node>& members) {
  const auto result =
      administer({{"id", 1}, {"f", "change-members"}, {"value", nemesis::node_names(members)}});
  if (result.done || result.may_happen) configured_ = members;
  members_known_ = result.done;
  if (result.done) return {.done = true, .evidence = {{"voters", nemesis::node_names(members)}}};
  // The change may still be committed later, so the fault counts as begun and must be undone.
  return {.done = result.may_happen, .reason = result.reason};
}

ActionResult ProcessCluster::request_change(Node at, const std::vector<Node>& members) {
  const Json question = {
      {"id", 1}, {"f", "change-members"}, {"value", nemesis::node_names(members)}};
  configured_ = members;
  members_known_ = false;
  ActionResult result{.done = true};
  Json& evidence = result.evidence[nemesis::node_name(at)];
  const auto answer = members_[at]->client->request(question.dump(), kRequestBound);
  const Json reply = answer ? Json::parse(answer.value()) : Json();
  if (reply.is_object()) {
    evidence = {{"outcome", reply.value("outcome", "")}, {"error", reply.value("error", "")}};
    return result;
  }
  const ActionResult status = control({at}, {{"op", "status"}});
  if (!status.done) return {.done = false, .reason = status.reason};
  const Json& state = status.evidence[nemesis::node_name(at)];
  evidence = {{"voters", state["voters"]}, {"outgoing", state["outgoing"]}};
  if (state["voters"] == nemesis::node_names(members)) evidence["begun"] = true;
  return result;
}

base::Status ProcessCluster::restore_members(std::chrono::milliseconds bound) {
  std::vector<Node> core;
  for (Node node = 0; node < options_.nodes; ++node) core.push_back(node);
  const auto until = monotonic_now() + bound;
  ActionResult change;
  while (!(members_known_ && configured_ == core)) {
    if (monotonic_now() > until) {
      return base::Error{"the members could not be made those of the start: " + change.reason};
    }
    change = change_members(core);
  }
  return {};
}

ActionResult ProcessCluster::transfer_leadership(Node to) {
  const auto result =
      administer({{"id", 1}, {"f", "transfer-leadership"}, {"value", nemesis::node_name(to)}});
  if (!result.done) return {.done = false, .reason = result.reason};
  return {.done = true, .evidence = {{"leader", nemesis::node_name(to)}}};
}

}  // namespace capsize::harness
