#include "nemesis/engine/watch_list.h"

#include "base/check.h"

namespace capsize::nemesis {

std::unique_ptr<WatchList::Handle> WatchList::arm(const Anchor& anchor, base::Duration now) {
  const AnchorKind* kind = AnchorKinds::instance().find(anchor.event);
  CHECK(kind != nullptr, "an anchor's event is registered");
  // Transitions traced so far count for the anchors that are armed already, not for the new one.
  take_events();
  const auto params = with_defaults(kind->parameters(), anchor.params);
  items_.push_back({kind->arm(params, next_id_++, cluster_), now});
  return std::unique_ptr<Handle>(new Handle(this, std::prev(items_.end())));
}

void WatchList::take_events() {
  for (const TraceEvent& event : cluster_.take_events()) {
    for (const auto& item : items_) item.watch->on_trace(event);
  }
}

void WatchList::notify_fault(const std::string& label, const std::string& kind, bool began) {
  for (const auto& item : items_) item.watch->on_fault(label, kind, began);
}

void WatchList::trigger(const std::string& name) {
  for (const auto& item : items_) item.watch->on_trigger(name);
}

bool WatchList::Handle::has_fired(base::Duration now) {
  return item_->watch->has_fired(list_->cluster_, now - item_->since);
}

void WatchList::Handle::drop() {
  if (list_ == nullptr) return;
  item_->watch->disarm(list_->cluster_);
  list_->items_.erase(item_);
}

}  // namespace capsize::nemesis
