#include "harness/client/attempts.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace capsize::harness {
namespace {

bool is_one_of(const std::string& error, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), error) != words.end();
}

/// Outcomes of the applied command (node/PROTOCOL.md): in a session they are the operation's own.
bool is_applied_outcome(const std::string& error) {
  return is_one_of(error, {"mismatch", "wrong-type", "too-large", "state-full"});
}

/// The next attempt would get the same reply.
bool is_final(const std::string& error) {
  return is_one_of(error, {"malformed", "unknown-session", "too-many-sessions", "stale-sequence"});
}

}  // namespace

std::optional<Answer> Attempts::ended(Answer answer) {
  if (answer.type == EventType::kOk) return answer;
  if (answer.type == EventType::kFail && is_applied_outcome(answer.error)) return answer;
  indeterminate_ |= answer.type == EventType::kInfo;
  if (retries_left_ > 0 && !is_final(answer.error)) {
    --retries_left_;
    return std::nullopt;
  }
  return given_up(false, std::move(answer.error));
}

Answer Attempts::given_up(bool in_flight, std::string reason) const {
  const bool open = in_flight || indeterminate_;
  return {open ? EventType::kInfo : EventType::kFail, nullptr, std::move(reason)};
}

}  // namespace capsize::harness
