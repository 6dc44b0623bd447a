#include "nemesis/model/anchor.h"

#include "base/mismatch.h"

namespace capsize::nemesis {

Watch::~Watch() = default;
AnchorKind::~AnchorKind() = default;

Declared AnchorKind::parameters() const {
  return {};
}

namespace {

/// Earlier releases wrote the anchor `trigger` as "told" and its parameter `name` as "word" in
/// scenarios and faults.jsonl. Both stay readable.
void accept_former_names(Anchor& anchor) {
  if (anchor.event != "told") return;
  anchor.event = "trigger";
  if (!anchor.params.is_object() || !anchor.params.contains("word")) return;
  base::Json name = anchor.params["word"];
  anchor.params.erase("word");
  anchor.params["name"] = std::move(name);
}

}  // namespace

base::Result<Anchor> parse_anchor(const base::Json& value) {
  Anchor anchor;
  if (value.is_string()) {
    anchor.event = value.get<std::string>();
  } else if (value.is_object() && value.size() == 1) {
    const auto& [event, params] = *value.items().begin();
    anchor.event = event;
    anchor.params = params;
  } else {
    return base::Error{
        base::mismatch(value.dump(), R"(an event such as "election" or {"leader": {"count": 2}})")};
  }
  accept_former_names(anchor);
  const AnchorKind* kind = AnchorKinds::instance().find(anchor.event);
  if (kind == nullptr) {
    return base::Error{base::mismatch("event '" + anchor.event + "'",
                                      "one of: " + AnchorKinds::instance().names())};
  }
  if (const auto status = check(kind->parameters(), anchor.params); !status) {
    return base::Error{anchor.event + ": " + status.error().message};
  }
  return anchor;
}

base::Json to_json(const Anchor& anchor) {
  if (anchor.params.empty()) return anchor.event;
  return {{anchor.event, anchor.params}};
}

}  // namespace capsize::nemesis
