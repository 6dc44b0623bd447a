// All anchors that are armed at the moment: what happens is handed to each of them.
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

  /// An armed anchor; disarmed when it goes.
  class Handle {
   public:
    Handle(Handle&& other) noexcept : list_(other.list_), item_(other.item_) {
      other.list_ = nullptr;
    }
    Handle& operator=(Handle&&) = delete;
    ~Handle() { drop(); }
    [[nodiscard]] bool fired(base::Duration now);

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
  /// Hands over what the nodes traced since the last call.
  void take_events();
  void fault(const std::string& label, const std::string& kind, bool began);
  void trigger(const std::string& name);
  [[nodiscard]] bool empty() const { return items_.empty(); }

 private:
  Cluster& cluster_;
  std::list<Handle::Item> items_;
  std::uint64_t next_id_ = std::uint64_t{1} << 32;  // apart from the faults' ids
};

}  // namespace capsize::nemesis
