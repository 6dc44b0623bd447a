#include "harness/client/client.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/harness_bug.h"

namespace capsize::harness {
namespace {

using base::Json;

// Between attempts: an election takes some hundred milliseconds, and a refusal arrives at once.
constexpr base::Duration kRetryPauseMin = std::chrono::milliseconds(20);
constexpr base::Duration kRetryPauseMax = std::chrono::milliseconds(500);

/// How much later than it should a bug of the harness records an invocation.
constexpr base::Duration kLateStamp = std::chrono::milliseconds(50);

struct Reply {
  std::uint64_t id = 0;
  EventType type = EventType::kInfo;
  Json value;
  std::string error;
};

/// Nothing if the frame is no reply of node/PROTOCOL.md: then the outcome is indeterminate.
std::optional<Reply> parse_reply(const std::string& frame) {
  try {
    Json body = Json::parse(frame);
    Reply reply{.id = body.at("id").get<std::uint64_t>(), .error = body.value("error", "")};
    const auto outcome = body.at("outcome").get<std::string>();
    if (outcome == "ok") reply.type = EventType::kOk;
    if (outcome == "fail") reply.type = EventType::kFail;
    reply.value = body.value("value", Json());
    return reply;
  } catch (const base::JsonTypeError&) {
    return std::nullopt;
  }
}

}  // namespace

Client::Client(const Messaging& messaging, HistoryWriter& history, const RunClock& clock,
               ClientOptions options)
    : messaging_(messaging),
      history_(history),
      clock_(clock),
      options_(std::move(options)),
      sockets_(options_.nodes.size()),
      endings_seen_(options_.nodes.size()),
      process_(options_.thread) {
  CHECK(options_.node < options_.nodes.size(), "a client's node is one of the cluster");
  // In advance: a socket that is not connected yet drops what it should send.
  for (std::size_t node = 0; node < sockets_.size(); ++node) {
    if (node == options_.node || options_.retries > 0) connect(node);
  }
}

void Client::connect(std::size_t node) {
  sockets_[node].emplace(messaging_, options_.nodes[node].endpoint);
}

Dealer& Client::socket() {
  CHECK(busy(), "only an open operation has a reply to wait for");
  return *sockets_[open_->node];
}

std::string Client::request() const {
  const Open& open = *open_;
  Json body = {{"id", open.id}, {"client", process_}, {"session", session_}};
  body["sequence"] = open.sequence;
  if (open.registering) {
    body["f"] = "register";
    return body.dump();
  }
  const workloads::Operation& operation = open.operation;
  body["f"] = operation.sent_as.empty() ? operation.f : operation.sent_as;
  body["key"] = operation.key;
  if (operation.f != "read") body["value"] = operation.value;
  if (operation.f == "read" && options_.read_level != "linearizable") {
    body["level"] = options_.read_level;
  }
  return body.dump();
}

std::optional<Finished> Client::invoke(workloads::Operation operation) {
  CHECK(!busy(), "a process has one open operation");
  const auto now = clock_.now();
  Open open{.operation = std::move(operation),
            .invoked = now,
            .sequence = next_sequence_++,
            .attempts = Attempts(options_.retries),
            .node = options_.node,
            .registering = options_.retries > 0 && session_ == 0,
            .next_pause = kRetryPauseMin};
  open.value_text = open.operation.value.dump();
  open_ = std::move(open);
  if (!HARNESS_BUG("late-stamp")) record_invocation();
  return send_attempt();
}

void Client::record_invocation() {
  if (std::exchange(open_->recorded, true)) return;
  history_.write({.time = clock_.now(),
                  .process = process_,
                  .type = EventType::kInvoke,
                  .f = open_->operation.f,
                  .key = open_->operation.key,
                  .value = open_->value_text});
}

std::optional<Finished> Client::send_attempt() {
  open_->id = next_id_++;
  open_->in_flight = true;
  open_->due = clock_.now() + options_.timeout;
  if (traffic().cut) {
    ++traffic().requests_lost;
    return std::nullopt;  // the client cannot know that it is lost
  }
  if (socket().send(request())) return std::nullopt;
  return end_attempt({EventType::kFail, nullptr, "unreachable"});
}

std::optional<Finished> Client::end_attempt(Answer answer) {
  open_->in_flight = false;
  if (answer.error == "unknown-session") session_ = 0;
  const auto report = open_->attempts.ended(std::move(answer));
  if (report) return open_->registering ? end_registration(*report) : finish(*report);
  open_->node = (open_->node + 1) % options_.nodes.size();
  open_->due = clock_.now() + open_->next_pause;
  open_->next_pause = std::min(open_->next_pause * 2, kRetryPauseMax);
  return std::nullopt;
}

std::optional<Finished> Client::end_registration(const Answer& answer) {
  if (answer.type != EventType::kOk || !answer.value.is_unsigned()) {
    // A session that no client uses is harmless, and the operation itself was never sent.
    return finish({EventType::kFail, nullptr, "no session: " + answer.error});
  }
  session_ = answer.value.get<std::uint64_t>();
  open_->registering = false;
  open_->attempts = Attempts(options_.retries);
  open_->next_pause = kRetryPauseMin;
  return send_attempt();
}

std::optional<Finished> Client::take_reply() {
  std::string frame;
  while (open_ && socket().receive(frame)) {
    if (traffic().cut) {
      ++traffic().replies_lost;
      continue;
    }
    if (!open_->in_flight) continue;
    auto reply = parse_reply(frame);
    if (!reply) return end_attempt({EventType::kInfo, nullptr, "unreadable reply"});
    if (reply->id == open_->id) {
      return end_attempt({reply->type, std::move(reply->value), std::move(reply->error)});
    }
  }
  return std::nullopt;
}

bool Client::replace_sockets_of_ended_nodes() {
  bool was_asked = false;
  for (std::size_t node = 0; node < sockets_.size(); ++node) {
    const std::uint64_t endings = options_.nodes[node].traffic->endings.load();
    if (std::exchange(endings_seen_[node], endings) == endings || !sockets_[node]) continue;
    connect(node);  // the old connection belonged to a process that has ended
    was_asked |= open_ && open_->in_flight && open_->node == node;
  }
  return was_asked;
}

std::optional<Finished> Client::expire() {
  if (HARNESS_BUG("late-stamp") && open_ && clock_.now() >= open_->invoked + kLateStamp) {
    record_invocation();
  }
  if (replace_sockets_of_ended_nodes()) {
    return end_attempt({EventType::kInfo, nullptr, "node ended"});
  }
  if (!open_ || clock_.now() < open_->due) return std::nullopt;
  if (!open_->in_flight) return send_attempt();
  const bool errs = HARNESS_BUG("timeout-as-fail");
  return end_attempt({errs ? EventType::kFail : EventType::kInfo, nullptr, "timeout"});
}

std::optional<Finished> Client::abandon(const char* reason) {
  if (!open_) return std::nullopt;
  // While a session is being opened, the operation itself was never sent.
  if (open_->registering) return finish({EventType::kFail, nullptr, reason});
  return finish(open_->attempts.given_up(open_->in_flight, reason));
}

base::Duration Client::deadline() const {
  return open_ ? open_->due : base::Duration::max();
}

Finished Client::finish(const Answer& answer) {
  if (HARNESS_BUG("late-stamp")) record_invocation();
  const auto now = clock_.now();
  const std::string& f = open_->operation.f;
  const bool has_value = (f == "read" || f == "txn") && answer.type == EventType::kOk;
  const std::string value_text = has_value ? answer.value.dump() : std::string();
  history_.write({.time = now,
                  .process = process_,
                  .type = answer.type,
                  .f = open_->operation.f,
                  .key = open_->operation.key,
                  .value = has_value ? value_text : open_->value_text,
                  .error = answer.error});
  if (answer.type == EventType::kOk) {
    ++traffic().acknowledged;
    if (!workloads::only_reads(open_->operation)) ++traffic().writes;
  }
  Finished finished{.operation = std::move(open_->operation),
                    .type = answer.type,
                    .value = has_value ? answer.value : Json(),
                    .latency = now - open_->invoked,
                    .node = open_->node,
                    .error = answer.error};
  open_.reset();
  if (answer.type == EventType::kInfo) {
    if (!HARNESS_BUG("process-reused")) process_ += options_.threads;
    connect(options_.node);  // so that a late reply reaches no operation
  }
  return finished;
}

}  // namespace capsize::harness
