#include "nemesis/engine/watch_list.h"

#include "base/check.h"

namespace capsize::nemesis {

std::unique_ptr<WatchList::Handle> WatchList::arm(const Anchor& anchor, base::Duration now) {
  const AnchorKind* kind = AnchorKinds::instance().find(anchor.event);
  CHECK(kind != nullptr, "an anchor's event is registered");
  // What was traced so far belongs to those that are armed already, and to nobody else.
  take_events();
  const auto params = with_defaults(kind->parameters(), anchor.params);
  items_.push_back({kind->arm(params, next_id_++, cluster_), now});
  return std::unique_ptr<Handle>(new Handle(this, std::prev(items_.end())));
}

void WatchList::take_events() {
  for (const TraceEvent& event : cluster_.take_events()) {
    for (const auto& item : items_) item.watch->traced(event);
  }
}

void WatchList::fault(const std::string& label, const std::string& kind, bool began) {
  for (const auto& item : items_) item.watch->fault(label, kind, began);
}

void WatchList::trigger(const std::string& name) {
  for (const auto& item : items_) item.watch->triggered(name);
}

bool WatchList::Handle::fired(base::Duration now) {
  return item_->watch->fired(list_->cluster_, now - item_->since);
}

void WatchList::Handle::drop() {
  if (list_ == nullptr) return;
  item_->watch->disarm(list_->cluster_);
  list_->items_.erase(item_);
}

}  // namespace capsize::nemesis
