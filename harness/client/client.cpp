#include "harness/client/client.h"

#include "node/base/check.h"

namespace capsize::harness {
namespace {

using nlohmann::json;

struct Reply {
  std::uint64_t id = 0;
  EventType type = EventType::kInfo;
  json value;
  std::string error;
};

/// Nothing when the frame is no reply of node/PROTOCOL.md: whatever is not understood may have
/// happened.
std::optional<Reply> parse_reply(const std::string& frame) {
  try {
    json body = json::parse(frame);
    Reply reply{.id = body.at("id").get<std::uint64_t>(), .error = body.value("error", "")};
    const auto outcome = body.at("outcome").get<std::string>();
    if (outcome == "ok") reply.type = EventType::kOk;
    if (outcome == "fail") reply.type = EventType::kFail;
    reply.value = body.value("value", json());
    return reply;
  } catch (const json::exception&) {
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
      socket_(messaging, options_.endpoint),
      process_(options_.thread) {}

std::string Client::request(const Open& open) const {
  json body = {{"id", open.id},       {"client", process_},    {"session", 0},
               {"sequence", open.id}, {"f", open.operation.f}, {"key", open.operation.key}};
  if (open.operation.f != "read") body["value"] = open.operation.value;
  return body.dump();
}

std::optional<Finished> Client::invoke(workloads::Operation operation) {
  CHECK(!busy(), "a process has one open operation");
  const auto now = clock_.now();
  Open open{.operation = std::move(operation), .invoked = now, .id = next_id_++};
  open.value_text = open.operation.value.dump();
  history_.write({.time = now,
                  .process = process_,
                  .type = EventType::kInvoke,
                  .f = open.operation.f,
                  .key = open.operation.key,
                  .value = open.value_text});
  const std::string frame = request(open);
  open_ = std::move(open);
  if (socket_.send(frame)) return std::nullopt;
  return finish(EventType::kFail, nullptr, "unreachable");
}

std::optional<Finished> Client::take_reply() {
  std::string frame;
  while (socket_.receive(frame)) {
    if (!open_) continue;
    const auto reply = parse_reply(frame);
    if (!reply) return finish(EventType::kInfo, nullptr, "unreadable reply");
    if (reply->id == open_->id) return finish(reply->type, reply->value, reply->error);
  }
  return std::nullopt;
}

std::optional<Finished> Client::expire(std::uint64_t node_lives) {
  const bool node_ended = node_lives != lives_seen_;
  lives_seen_ = node_lives;
  if (!open_) {
    // The old connection leads to a process that is gone.
    if (node_ended) socket_ = Dealer(messaging_, options_.endpoint);
    return std::nullopt;
  }
  if (node_ended) return finish(EventType::kInfo, nullptr, "node ended");
  if (clock_.now() >= deadline()) return finish(EventType::kInfo, nullptr, "timeout");
  return std::nullopt;
}

std::optional<Finished> Client::abandon(const char* reason) {
  if (!open_) return std::nullopt;
  return finish(EventType::kInfo, nullptr, reason);
}

base::Duration Client::deadline() const {
  return open_ ? open_->invoked + options_.timeout : base::Duration::max();
}

Finished Client::finish(EventType type, const json& value, const std::string& error) {
  const auto now = clock_.now();
  const bool read = open_->operation.f == "read";
  const std::string read_text = read && type == EventType::kOk ? value.dump() : std::string();
  history_.write({.time = now,
                  .process = process_,
                  .type = type,
                  .f = open_->operation.f,
                  .key = open_->operation.key,
                  .value = read_text.empty() ? open_->value_text : read_text,
                  .error = error});
  Finished finished{.operation = std::move(open_->operation),
                    .type = type,
                    .value = read ? value : json(),
                    .latency = now - open_->invoked};
  open_.reset();
  if (type == EventType::kInfo) {
    process_ += options_.threads;
    socket_ = Dealer(messaging_, options_.endpoint);  // a late reply must find nobody
  }
  return finished;
}

}  // namespace capsize::harness
