#include "harness/campaign/engine_messages.h"

#include <fmt/core.h>

#include "base/format_version.h"
#include "base/json.h"
#include "base/mismatch.h"
#include "base/printable.h"

namespace capsize::harness {
namespace {

using base::Json;
using Kind = EngineEvent::Kind;

constexpr std::uint64_t kSlotsMax = 100'000;
constexpr std::size_t kTextBytesMax = 600;

std::string shown_text(const Json& object, const char* key) {
  return base::printable(object.value(key, "").substr(0, kTextBytesMax));
}

base::Result<EngineEvent> to_event(const Json& object, std::string_view line) {
  const std::string event = object.at("event").get<std::string>();
  if (event == "hello") {
    const auto known = base::check_format_version(object, kEngineFormat, kEngineVersion);
    if (!known) return known.error();
    return EngineEvent{.kind = Kind::kHello};
  }
  if (event == "capacity") {
    const auto slots = object.at("slots").get<std::uint64_t>();
    if (slots > kSlotsMax) {
      return base::Error{
          fmt::format("key 'slots': found {}, expected at most {}", slots, kSlotsMax)};
    }
    return EngineEvent{.kind = Kind::kCapacity, .slots = slots};
  }
  if (event == "note") return EngineEvent{.kind = Kind::kNote, .text = shown_text(object, "text")};
  if (event == "failed") {
    return EngineEvent{.kind = Kind::kFailed,
                       .final = object.value("final", false),
                       .text = shown_text(object, "reason")};
  }
  if (event != "completed" && event != "lost") {
    return base::Error{base::mismatch(line, "an event of an engine")};
  }
  EngineEvent ended{.kind = Kind::kLost,
                    .id = object.at("id").get<std::string>(),
                    .attempt = object.at("attempt").get<std::uint64_t>()};
  if (event == "lost") {
    ended.text = shown_text(object, "reason");
    return ended;
  }
  ended.kind = Kind::kCompleted;
  ended.text = object.at("answer").get<std::string>();
  return ended;
}

}  // namespace

base::Result<EngineEvent> parse_event(std::string_view line) {
  const Json object = Json::parse(line);
  if (!object.is_object()) return base::Error{base::mismatch(line, "an event of an engine")};
  try {
    return to_event(object, line);
  } catch (const base::JsonTypeError& wrong) {
    return base::Error{wrong.what()};
  }
}

std::string submit_line(const RunJob& job, const std::string& name, Keep keep) {
  const Json line = {{"call", "submit"},
                     {"id", job.planned.id},
                     {"attempt", job.attempt},
                     {"name", name},
                     {"job", job_line(job, keep)}};
  return line.dump() + "\n";
}

std::string cancel_line(const std::string& id, std::uint64_t attempt) {
  const Json line = {{"call", "cancel"}, {"id", id}, {"attempt", attempt}};
  return line.dump() + "\n";
}

}  // namespace capsize::harness
