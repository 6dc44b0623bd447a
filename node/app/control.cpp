#include "node/app/control.h"

#include "base/json.h"

#include "node/app/control_faults.h"

namespace capsize::app {
namespace {

using base::Json;

Json begin_snapshot(const Json& request, const ControlHooks& hooks) {
  if (request.size() > 1) return refusal("snapshot: expected no further keys");
  const auto index = hooks.snapshot();
  return {{"ok", true},
          {"started", index.has_value()},
          {"index", index ? Json(index->value()) : Json()}};
}

}  // namespace

std::string Control::handle(std::string_view text, base::Instant true_time,
                            const ControlHooks& hooks) {
  const auto answer = [&]() -> Json {
    if (text.size() > kControlBytesMax) return refusal("the request is too long");
    const Json request = Json::parse(text);
    if (!request.is_object()) return refusal("expected one JSON object");
    const auto op = request.find("op");
    if (op == request.end() || !op->is_string()) return refusal("op: expected a word");
    const std::string& word = op->text();
    if (word == "status") {
      return render(hooks.status(), clock_.now(true_time), true_time, disk_.counts().bytes_held);
    }
    if (word != "clock" && word != "disk" && word != "crash" && word != "snapshot") {
      return refusal("unknown op, expected status, clock, disk, crash or snapshot");
    }
    if (!allow_faults_) return refusal("faults need --allow-faults");
    if (word == "clock") return change_clock(clock_, request, true_time);
    if (word == "disk") return change_disk(disk_, request);
    if (word == "snapshot") return begin_snapshot(request, hooks);
    Json crashed = crash_disk(disk_, request);
    crashed_ = crashed["ok"] == true;
    return crashed;
  };
  return answer().dump();
}

}  // namespace capsize::app
