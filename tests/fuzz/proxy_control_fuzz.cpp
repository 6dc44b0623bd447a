// Control requests to the proxy, one a line, with messages in between: any bytes are answered by
// one JSON object, and whatever rules came of them, every copy ends up delivered, discarded, lost
// or held, and once all rules are gone, nothing waits without an end.
#include "base/json.h"

#include "nemesis/proxy/control.h"

namespace {

using namespace capsize;
using namespace capsize::nemesis::proxy;

constexpr std::size_t kRequestsMax = 16;
constexpr int kMessages = 12;  // after each request

struct Empty : Frames {
  [[nodiscard]] std::size_t bytes() const override { return 100; }
  [[nodiscard]] std::shared_ptr<const Frames> keep() const override {
    return std::make_shared<Empty>();
  }
  [[nodiscard]] std::shared_ptr<const Frames> corrupted(const Corruption&) const override {
    return keep();
  }
};

struct Takes : Outlet {
  bool deliver(LinkId, const Frames&) override { return ++copies % 7 != 0; }
  std::uint64_t copies = 0;
};

base::Instant at(std::int64_t ms) {
  return base::Instant(std::chrono::milliseconds(ms));
}

void send(Switchboard& board, std::int64_t ms) {
  wire::Header header;
  header.type = static_cast<wire::MessageType>(1 + static_cast<std::uint64_t>(ms) %
                                                       (wire::kMessageTypeCount - 1));
  header.from = ms % 2 == 0 ? 1 : 2;
  header.to = 3 - header.from;
  header.term = static_cast<std::uint64_t>(ms / 8);
  header.index = static_cast<std::uint64_t>(ms);
  header.sent_ns = at(ms).time_since_epoch().count();
  board.release(at(ms));
  board.arrive({header.from, header.to}, header, Empty(), at(ms));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  Takes out;
  Switchboard board({{1, 2}, {2, 1}}, 7, out);
  Control control(board);
  std::int64_t ms = 1;
  for (std::size_t request = 0; request < kRequestsMax && !input.empty(); ++request) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    const auto reply = base::Json::parse(control.handle(input.substr(0, end), at(ms)));
    CHECK(reply.is_object() && reply.at("ok").is_boolean(), "every request has an answer");
    CHECK(reply.at("ok") == true || !reply.at("error").get<std::string>().empty(),
          "a refusal says why");
    input.remove_prefix(std::min(end + 1, input.size()));
    for (int n = 0; n < kMessages; ++n) send(board, ms++);
  }
  const std::string removed = control.handle(R"({"op":"remove-all"})", at(ms));
  CHECK(base::Json::parse(removed).at("ok") == true, "rules can be removed");
  CHECK(board.rules().empty(), "all rules are gone");
  // A delay is at most an hour, as often as there may be rules.
  board.release(at(ms) + std::chrono::hours(2 * kRequestsMax));
  std::uint64_t copies = 0;
  for (const auto& [link, stats] : board.stats()) {
    CHECK(stats.held == 0 && stats.held_bytes == 0, "nothing waits for a rule that is gone");
    CHECK(stats.discarded <= (1 + kCopiesMax) * stats.seen, "a message and its copies, once each");
    CHECK(stats.delivered + stats.lost <= kCopiesMax * stats.seen, "copies are bounded");
    copies += stats.delivered + stats.lost;
  }
  CHECK(copies >= out.copies - out.copies / 7, "what was delivered was counted");
  return 0;
}
