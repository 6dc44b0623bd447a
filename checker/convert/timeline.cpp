#include "checker/convert/timeline.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace capsize::checker {

Timeline::Timeline(const History& history) : history_(history) {
  order_events();
  judge_times();
  name_processes();
  insert_indeterminate();
}

std::int64_t Timeline::time(const TimelineEvent& event) const {
  const Operation& operation = history_.operations[event.operation];
  return event.type == EventType::kInvoke ? operation.invoke_time : operation.complete_time;
}

void Timeline::order_events() {
  std::vector<std::pair<Position, TimelineEvent>> placed;
  placed.reserve(2 * history_.operations.size());
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    placed.push_back({operation.invoke, {i, EventType::kInvoke}});
    if (operation.complete == kNever) continue;
    const bool ok = operation.outcome == Outcome::kOk;
    placed.push_back({operation.complete, {i, ok ? EventType::kOk : EventType::kFail}});
  }
  std::sort(placed.begin(), placed.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  events_.reserve(placed.size());
  for (const auto& [position, event] : placed) events_.push_back(event);
}

// Only "completed before the other was invoked" matters; readers derive no order from equal times.
void Timeline::judge_times() {
  for (std::size_t i = 0; i < events_.size(); ++i) {
    const std::int64_t now = time(events_[i]);
    has_times_ = has_times_ || now != kNoTime;
    if (now < 0) times_give_the_order_ = false;
    if (i == 0) continue;
    const std::int64_t before = time(events_[i - 1]);
    const bool decides =
        events_[i - 1].type != EventType::kInvoke && events_[i].type == EventType::kInvoke;
    if (before > now || (before == now && decides)) times_give_the_order_ = false;
  }
}

void Timeline::name_processes() {
  std::unordered_set<std::int64_t> used;
  for (const Operation& operation : history_.operations) used.insert(operation.process);
  std::int64_t fresh = 0;
  processes_.resize(history_.operations.size());
  std::unordered_map<std::int64_t, bool> busy;
  for (const TimelineEvent& event : events_) {
    const std::int64_t own = history_.operations[event.operation].process;
    if (event.type != EventType::kInvoke) {
      if (processes_[event.operation] == own) busy[own] = false;
    } else if (bool& is_busy = busy[own]; is_busy) {
      while (!used.insert(fresh).second) ++fresh;
      processes_[event.operation] = fresh;
      ++renamed_;
    } else {
      processes_[event.operation] = own;
      is_busy = true;  // to the end, if it is indeterminate
    }
  }
}

// Each is placed before the first event that is certainly later, and after its own invocation.
void Timeline::insert_indeterminate() {
  std::vector<std::int64_t> latest;  // of all times up to an event
  std::vector<std::uint32_t> invoked_at(history_.operations.size());
  latest.reserve(events_.size());
  for (std::uint32_t i = 0; i < events_.size(); ++i) {
    const std::int64_t now = time(events_[i]);
    latest.push_back(i == 0 ? now : std::max(latest.back(), now));
    if (events_[i].type == EventType::kInvoke) invoked_at[events_[i].operation] = i;
  }
  std::vector<std::pair<std::size_t, TimelineEvent>> placed;
  for (std::uint32_t i = 0; i < history_.operations.size(); ++i) {
    const Operation& operation = history_.operations[i];
    if (operation.outcome != Outcome::kInfo || operation.complete_time == kNoTime) continue;
    const auto later = std::upper_bound(latest.begin(), latest.end(), operation.complete_time);
    const auto before = static_cast<std::size_t>(later - latest.begin());
    placed.push_back({std::max<std::size_t>(before, invoked_at[i] + 1), {i, EventType::kInfo}});
  }
  std::stable_sort(placed.begin(), placed.end(), [this](const auto& a, const auto& b) {
    if (a.first != b.first) return a.first < b.first;
    return time(a.second) < time(b.second);
  });
  std::vector<TimelineEvent> merged;
  merged.reserve(events_.size() + placed.size());
  auto next = placed.begin();
  for (std::size_t i = 0; i <= events_.size(); ++i) {
    for (; next != placed.end() && next->first == i; ++next) merged.push_back(next->second);
    if (i < events_.size()) merged.push_back(events_[i]);
  }
  events_ = std::move(merged);
}

}  // namespace capsize::checker
