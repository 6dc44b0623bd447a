// Transactions: several steps on several keys, executed atomically, all or none.

#include <map>

#include "node/kv/store.h"

namespace capsize::kv {
namespace {

/// A key as JSON text. Keys come from JSON, so they are valid UTF-8; only quotes, backslashes and
/// control characters are escaped.
std::string json_text(std::string_view key) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : key) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append("\\").push_back(c);
    } else if (byte < 0x20) {
      out.append("\\u00").push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 15]);
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
  return out;
}

std::string_view word(Step::Kind kind) {
  switch (kind) {
    case Step::Kind::kRead:
      return "r";
    case Step::Kind::kWrite:
      return "w";
    case Step::Kind::kAppend:
      break;
  }
  return "append";
}

}  // namespace

// Steps run on copies: if one fails, the earlier steps must have no effect. A step sees the effects
// of the steps before it.
Reply Store::transact(const std::vector<Step>& steps) {
  std::map<std::string, std::string> changed;
  std::string reply = "[";
  for (const Step& step : steps) {
    const auto copy = changed.find(step.key);
    std::string value = copy != changed.end() ? copy->second : read(step.key).value;
    if (step.kind == Step::Kind::kAppend) {
      const std::string_view error = append_element(value, step.value);
      if (!error.empty()) return {Outcome::kFail, "", std::string(error)};
    } else if (step.kind == Step::Kind::kWrite) {
      value = step.value;
    }
    if (reply.size() > 1) reply.push_back(',');
    reply.append("[\"").append(word(step.kind)).append("\",").append(json_text(step.key));
    reply.append(",").append(step.kind == Step::Kind::kRead ? value : step.value).append("]");
    if (reply.size() > kTxnReplyBytesMax) return {Outcome::kFail, "", "too-large"};
    if (step.kind != Step::Kind::kRead) changed.insert_or_assign(step.key, std::move(value));
  }
  std::uint64_t before = 0, after = 0;
  for (const auto& [key, value] : changed) {
    before += bytes_of(key);
    after += value == kAbsent ? 0 : entry_bytes(key, value);
  }
  if (!fits(before, after)) return {Outcome::kFail, "", "state-full"};
  for (const auto& [key, value] : changed) put(key, value);
  return {Outcome::kOk, reply + "]", ""};
}

}  // namespace capsize::kv
