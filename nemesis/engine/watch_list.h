// The armed anchors. Every event (trace, fault, trigger) goes to each of them.
#pragma once

#include <list>
#include <memory>
#include <string>

#include "nemesis/model/anchor.h"

namespace capsize::nemesis {

class WatchList {
 public:
  explicit WatchList(Cluster& cluster) : cluster_(cluster) {}
  WatchList(const WatchList&) = delete;
  WatchList& operator=(const WatchList&) = delete;

  /// Owns an armed anchor and disarms it on destruction. The list outlives its handles.
  class Handle {
   public:
    Handle(Handle&& other) noexcept : list_(other.list_), item_(other.item_) {
      other.list_ = nullptr;
    }
    Handle& operator=(Handle&&) = delete;
    ~Handle() { drop(); }
    [[nodiscard]] bool has_fired(base::Duration now);

   private:
    friend class WatchList;
    struct Item {
      std::unique_ptr<Watch> watch;
      base::Duration since{};
    };
    Handle(WatchList* list, std::list<Item>::iterator item) : list_(list), item_(item) {}
    void drop();
    WatchList* list_;
    std::list<Item>::iterator item_;
  };

  [[nodiscard]] std::unique_ptr<Handle> arm(const Anchor& anchor, base::Duration now);
  /// Passes the transitions traced since the last call to the armed anchors.
  void take_events();
  void notify_fault(const std::string& label, const std::string& kind, bool began);
  void trigger(const std::string& name);
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  Cluster& cluster_;
  std::list<Handle::Item> items_;
  std::uint64_t next_id_ = std::uint64_t{1} << 32;  // rules of anchors; no fault has such an id
};

}  // namespace capsize::nemesis
