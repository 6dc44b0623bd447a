// A switchboard without sockets: the tests set the time, and deliveries go to a list.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "nemesis/proxy/switchboard.h"

namespace capsize::nemesis::proxy {

using wire::MessageType;

inline constexpr LinkId kForth{1, 2};
inline constexpr LinkId kBack{2, 1};

inline base::Instant at(std::int64_t ms) {
  return base::Instant(std::chrono::milliseconds(ms));
}

struct Numbered : Frames {
  explicit Numbered(int n) : number(n) {}
  [[nodiscard]] std::size_t bytes() const override { return 100; }
  [[nodiscard]] std::shared_ptr<const Frames> keep() const override {
    return std::make_shared<Numbered>(number);
  }
  /// A corrupted copy has a negative number.
  [[nodiscard]] std::shared_ptr<const Frames> corrupted(const Corruption&) const override {
    return std::make_shared<Numbered>(-number);
  }
  int number;
};

struct Recorder : Outlet {
  bool deliver(LinkId link, const Frames& frames) override {
    if (paused.contains(link)) return false;
    delivered.push_back(static_cast<const Numbered&>(frames).number);
    return true;
  }
  std::vector<int> delivered;
  std::set<LinkId> paused;
};

struct SwitchboardTest : ::testing::Test {
  void send(int number, std::int64_t sent_ms, std::int64_t read_ms,
            MessageType type = MessageType::kAppendEntries, LinkId link = kForth) {
    wire::Header header;
    header.type = type;
    header.from = link.from;
    header.to = link.to;
    header.term = static_cast<std::uint64_t>(term);
    header.sent_ns = at(sent_ms).time_since_epoch().count();
    header.sequence = static_cast<std::uint64_t>(std::abs(number));
    now = at(read_ms);
    board.release(now);
    board.arrive(link, header, Numbered(number), now);
  }
  void install(std::uint64_t id, std::string_view kind, std::map<std::string, Parameters::Value> p,
               Filter::Options only = {}, std::set<LinkId> links = {kForth}) {
    auto action = make_action(kind, Parameters(std::move(p)));
    ASSERT_TRUE(action) << action.error().message;
    const auto status =
        board.install({id, std::move(links), Filter(only), std::move(action).value()}, now);
    ASSERT_TRUE(status) << status.error().message;
  }
  static Filter::Options only(MessageType type) {
    return {.scope = {.types = TypeSet().set(static_cast<std::size_t>(type))}};
  }

  std::int64_t term = 1;
  base::Instant now{};  // when the last message was read
  Recorder out;
  Switchboard board{{kForth, kBack}, 42, out};
};
using Delivered = std::vector<int>;

}  // namespace capsize::nemesis::proxy
