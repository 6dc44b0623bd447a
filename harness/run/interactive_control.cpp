#include "harness/run/interactive_control.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <utility>

#include "base/mismatch.h"
#include "base/units.h"
#include "harness/scenario/json_place.h"
#include "nemesis/plan/phases.h"

namespace capsize::harness {

std::vector<std::string> LineInput::take() {
  std::vector<std::string> lines;
  std::array<char, 4096> block{};
  pollfd readable{descriptor_, POLLIN, 0};
  while (!closed_ && ::poll(&readable, 1, 0) > 0) {
    const auto bytes = ::read(descriptor_, block.data(), block.size());
    if (bytes < 0 && (errno == EINTR || errno == EAGAIN)) break;
    if (bytes <= 0) {
      closed_ = true;
      break;
    }
    for (const char c : std::string_view(block.data(), static_cast<std::size_t>(bytes))) {
      if (c == '\n') {
        lines.push_back(std::exchange(rest_, {}));
      } else if (rest_.size() <= kLineBytesMax) {
        rest_ += c;
      }
    }
  }
  return lines;
}

namespace {

using base::Json;
using nemesis::FaultRecord;

constexpr const char* kUntilEnded = "1h";
constexpr base::Duration kWaitMax =
    std::chrono::hours(24);  // so that adding it to a time cannot overflow
constexpr base::Duration kWaitDefault = std::chrono::seconds(10);

bool has_ended(const FaultRecord& record) {
  return record.state == nemesis::FaultState::kSkipped || record.evidence.contains("end");
}

constexpr std::size_t kLabelBytesMax = 100;

/// A label appears in faults.jsonl, in replies and in messages to people.
bool is_label(const Json& value) {
  return value.is_string() && !value.text().empty() && value.text().size() <= kLabelBytesMax &&
         std::all_of(value.text().begin(), value.text().end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}

/// Why a line is not a request; empty if it is one.
std::string conflict(const std::string& line, const Json& request,
                     const base::JsonSyntaxError& error) {
  if (line.size() > LineInput::kLineBytesMax) {
    return "found a line longer than 1 MiB, expected a request";
  }
  if (request.is_invalid()) {
    const auto position = error.too_deep ? position_of_depth(line, base::kJsonNestingMax + 1)
                                         : position_of_byte(line, error.byte);
    return (position.key.empty() ? "" : base::excerpt(position.key) + ": ") + error.what;
  }
  if (!request.is_object()) {
    return base::mismatch(line, "one JSON object a line");
  }
  if (const auto twice = find_duplicate_key(line)) {
    return base::excerpt(twice->name) + ": found twice, expected once";
  }
  return {};
}

Json trigger_of(const std::string& label) {
  return {{"trigger", {{"name", "end " + label}}}};
}

}  // namespace

void InteractiveControl::take(const std::string& line, base::Duration now) {
  ++lines_;
  base::JsonSyntaxError error;
  const Json request = line.size() > LineInput::kLineBytesMax ? Json() : Json::parse(line, &error);
  const Json id = request.is_object() && request.contains("id") ? request["id"] : Json();
  if (const auto why = conflict(line, request, error); !why.empty()) return refuse(id, why);
  if (request.contains("begin")) return begin(id, request["begin"]);
  if (request.contains("end")) return end(id, request["end"]);
  if (request.contains("wait")) return wait(id, request, now);
  if (request.contains("view")) return view(id);
  if (!request.contains("finish")) return refuse(id, "expected begin, end, wait, view or finish");
  finish_asked_ = true;
  answer_({{"id", id}, {"ok", true}});
}

void InteractiveControl::begin(const Json& id, Json fault) {
  if (!fault.is_object()) return refuse(id, "begin: expected a fault");
  if (fault.contains("label") && !is_label(fault["label"])) {
    return refuse(
        id, "label: " + base::mismatch(fault["label"].dump(), "at most 100 printable characters"));
  }
  const std::string label =
      fault.contains("label") ? fault["label"].text() : "interactive-" + std::to_string(++begun_);
  if (find(label) != nullptr) return refuse(id, "label: a fault had \"" + label + "\" before");
  fault["label"] = label;
  if (!fault.contains("hold")) fault["hold"] = kUntilEnded;
  // The nemesis knows the labels of earlier faults, the parser only those of this phase.
  const Json phases = Json::array({{{"faults", {fault}}, {"until", trigger_of(label)}}});
  auto parsed = nemesis::parse_phases(phases, cluster_.view().nodes.size(), nemesis::Labels::kAny);
  if (!parsed.ok()) {
    return refuse(id, parsed.invalid->place.to_string() + ": " + parsed.invalid->what);
  }
  nemesis_.add(nemesis::make_script(std::move(parsed.phases), 1));
  pending_.push_back({id, label, Want::kBegun});
}

void InteractiveControl::end(const Json& id, const Json& label) {
  if (!label.is_string() || find(label.get<std::string>()) == nullptr) {
    return refuse(id,
                  "end: " + base::mismatch(label.dump(), "the label of a fault that has begun"));
  }
  nemesis_.trigger("end " + label.get<std::string>());
  pending_.push_back({id, label.get<std::string>(), Want::kEnded});
}

void InteractiveControl::wait(const Json& id, const Json& request, base::Duration now) {
  auto anchor = nemesis::parse_anchor(request["wait"]);
  if (!anchor) return refuse(id, "wait: " + anchor.error().message);
  base::Duration within = kWaitDefault;
  if (request.contains("within")) {
    const auto parsed = request["within"].is_string()
                            ? base::parse_duration(request["within"].get<std::string>())
                            : base::Error{"expected a duration such as \"5s\""};
    if (!parsed) return refuse(id, "within: " + parsed.error().message);
    if (parsed.value() > kWaitMax) return refuse(id, "within: expected at most 24h");
    within = parsed.value();
  }
  waiting_.push_back({id, nemesis_.arm(anchor.value(), now), now, now + within});
}

void InteractiveControl::view(const Json& id) {
  const auto view = cluster_.view();
  Json nodes = Json::object();
  for (nemesis::Node node = 0; node < view.nodes.size(); ++node) {
    nodes[nemesis::node_name(node)] = {{"running", view.nodes[node].running},
                                       {"paused", view.nodes[node].paused},
                                       {"writes", view.nodes[node].writes}};
  }
  answer_({{"id", id},
           {"leader", view.leader ? Json(nemesis::node_name(*view.leader)) : Json()},
           {"term", view.term},
           {"members", nemesis::node_names(view.members)},
           {"acknowledged", view.acknowledged},
           {"nodes", nodes}});
}

void InteractiveControl::refuse(const Json& id, const std::string& why) {
  answer_({{"id", id}, {"error", "line " + std::to_string(lines_) + ": " + why}});
}

const FaultRecord* InteractiveControl::find(const std::string& label) const {
  for (const auto& record : nemesis_.records()) {
    if (record.fault->spec.label == label) return &record;
  }
  return nullptr;
}

bool InteractiveControl::settle(const Pending& pending) {
  const FaultRecord* record = find(pending.label);
  if (record == nullptr || (pending.want == Want::kEnded && !has_ended(*record))) return false;
  Json line = {{"id", pending.id},
               {"label", pending.label},
               {"state", nemesis::name(record->state)},
               {"nodes", nemesis::node_names(record->nodes)},
               {"evidence", record->evidence}};
  if (!record->reason.empty()) line["reason"] = record->reason;
  answer_(line);
  return true;
}

void InteractiveControl::step(base::Duration now) {
  pending_.remove_if([this](const Pending& pending) { return settle(pending); });
  waiting_.remove_if([&](Waiting& waiting) {
    const bool fired = waiting.handle->has_fired(now);
    if (!fired && now < waiting.until) return false;
    const auto after = std::chrono::duration<double, std::milli>(now - waiting.since).count();
    answer_({{"id", waiting.id}, {"fired", fired}, {"after-ms", after}});
    return true;
  });
}

}  // namespace capsize::harness
