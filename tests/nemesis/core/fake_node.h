// A node's replies to control requests (node/PROTOCOL.md, Control), as far as faults depend on
// them. Each request advances the time by 10 ms and adds a write.
#pragma once

#include <cstdint>
#include <string>
#include "base/json.h"

#include "base/units.h"

namespace capsize::nemesis {

class FakeNode {
 public:
  base::Json answer(const base::Json& request) {
    true_ns_ += kStepNs;
    own_ns_ += static_cast<std::int64_t>(static_cast<double>(kStepNs) * rate_);
    ++last_;
    const auto op = request.value("op", "");
    if (op == "clock") return clock(request);
    if (op == "disk") return disk(request);
    if (op == "snapshot") {
      snapshot_ = last_;
      return {{"started", true}, {"index", last_}};
    }
    return {{"last", last_},       {"persisted", last_}, {"snapshot", snapshot_},
            {"bytes-held", held_}, {"role", "follower"}, {"term", 1}};
  }
  /// Whether a call of the storage has failed, and the process has exited with it.
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool faulty() const { return hold_ || stall_ || delay_ != "0s" || rate_ != 1; }
  [[nodiscard]] std::uint64_t held() const { return held_; }

 private:
  static constexpr std::int64_t kStepNs = 10'000'000;

  base::Json clock(const base::Json& request) {
    if (request.contains("bump")) {
      const auto text = request["bump"].get<std::string>();
      const bool back = text.starts_with('-');
      const auto by = base::parse_duration(std::string_view(text).substr(back ? 1 : 0)).value();
      own_ns_ += back ? -by.count() : by.count();
    }
    rate_ = request.value("rate", rate_);
    return {{"clock", own_ns_}, {"true-clock", true_ns_}};
  }
  base::Json disk(const base::Json& request) {
    hold_ = request.value("hold-unsynced", hold_);
    stall_ = request.value("stall", stall_);
    delay_ = request.value("sync-delay", delay_);
    lies_ = request.value("lie-syncs", lies_);
    failed_ = failed_ || (request.contains("fail") && request["fail"].is_object());
    failed_ = failed_ || request.value("fail-sync", false);
    if (request.size() == 1) {  // a query: a sync has happened in between
      delayed_ += delay_ != "0s" ? 1U : 0U;
      stalled_ += stall_ ? 1U : 0U;
      lied_ += lies_ > 0 ? 1U : 0U;
    }
    held_ = hold_ ? 100 : 0;
    return {{"bytes-held", held_},
            {"syncs-delayed", delayed_},
            {"syncs-stalled", stalled_},
            {"syncs-lied", lied_}};
  }

  std::int64_t true_ns_ = 0, own_ns_ = 0;
  double rate_ = 1;
  std::uint64_t last_ = 10, snapshot_ = 0, held_ = 0, lies_ = 0;
  std::uint64_t delayed_ = 0, stalled_ = 0, lied_ = 0;
  std::string delay_ = "0s";
  bool hold_ = false, stall_ = false, failed_ = false;
};

}  // namespace capsize::nemesis
