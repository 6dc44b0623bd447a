#include "nemesis/proxy/control.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace capsize::nemesis::proxy {
namespace {

using base::Json;

struct Empty : Frames {
  [[nodiscard]] std::size_t bytes() const override { return 0; }
  [[nodiscard]] std::shared_ptr<const Frames> keep() const override {
    return std::make_shared<Empty>();
  }
  [[nodiscard]] std::shared_ptr<const Frames> corrupted(const Corruption&) const override {
    return keep();
  }
};

struct Accepts : Outlet {
  bool deliver(LinkId, const Frames&) override { return true; }
};

struct ProxyControlTest : ::testing::Test {
  Json ask(std::string_view request) {
    return Json::parse(control.handle(request, base::Instant(base::Duration(77))));
  }
  std::string error(std::string_view request) {
    const Json reply = ask(request);
    EXPECT_EQ(reply["ok"], false) << reply.dump();
    return reply.value("error", "");
  }
  void arrive(std::uint32_t from, std::uint32_t to, std::uint64_t term) {
    wire::Header header;
    header.from = from;
    header.to = to;
    header.term = term;
    board.arrive({from, to}, header, Empty(), base::Instant(base::Duration(5)));
  }
  Accepts out;
  Switchboard board{{{1, 2}, {2, 1}}, 0, out};
  Control control{board};
};

TEST_F(ProxyControlTest, Install_ThenRemove_ReturnsEvidence) {
  EXPECT_EQ(ask(R"({"op":"install","id":12,"links":[["n1","n2"]],"only":{"types":["Heartbeat"]},
                    "action":{"kind":"cut"}})"),
            (Json{{"ok", true}, {"time", 77}}));
  arrive(1, 2, 3);
  EXPECT_EQ(ask(R"({"op":"remove","id":12})"), Json::parse(R"({"ok":true,"time":77,"evidence":
      {"seen":1,"discarded":1,"delayed":0,"duplicated":0,"corrupted":0,"throttled":0,"held":0,
       "released":0,"reordered":0,"replayed":0,"overflowed":0,"copies-stopped":0,"passed":0,
       "links":{"n1>n2":{"seen":1,"discarded":1}}}})"));
  EXPECT_EQ(error(R"({"op":"remove","id":12})"), "no rule with this id is installed");
}

TEST_F(ProxyControlTest, Peek_ReturnsTheEvidenceAndKeepsTheRule) {
  ASSERT_EQ(ask(R"({"op":"install","id":3,"links":[["n1","n2"]],"only":{"term":[5,9],"every":2},
                    "action":{"kind":"watch"}})")["ok"],
            true);
  for (const std::uint64_t term : {4, 5, 6, 7, 8}) arrive(1, 2, term);
  for (int twice = 0; twice < 2; ++twice) {
    const Json reply = ask(R"({"op":"peek","id":3})");
    EXPECT_EQ(reply["evidence"]["seen"], 2) << reply.dump();
    EXPECT_EQ(reply["time"], 77);
  }
  EXPECT_EQ(ask(R"({"op":"stats"})")["links"]["n1>n2"]["delivered"], 5);
  EXPECT_EQ(ask(R"({"op":"remove","id":3})")["evidence"]["seen"], 2);
  EXPECT_EQ(error(R"({"op":"peek","id":3})"), "no rule with this id is installed");
}

TEST_F(ProxyControlTest, RemoveAll_OfTwoRules_ReturnsTheEvidenceOfBoth) {
  for (const char* id : {"1", "2"}) {
    ASSERT_EQ(ask(std::string(R"({"op":"install","id":)") + id +
                  R"(,"links":[["n2","n1"]],"action":{"kind":"drop","probability":0.5}})")["ok"],
              true);
  }
  const Json reply = ask(R"({"op":"remove-all"})");
  EXPECT_TRUE(reply["evidence"].contains("1"));
  EXPECT_TRUE(reply["evidence"].contains("2"));
  EXPECT_EQ(ask(R"({"op":"stats"})")["rules"], Json::array());
}

TEST_F(ProxyControlTest, Stats_AfterMessages_CountsPerLink) {
  arrive(1, 2, 1);
  board.arrive_malformed({2, 1});
  const Json links = ask(R"({"op":"stats"})")["links"];
  EXPECT_EQ(links["n1>n2"]["delivered"], 1);
  EXPECT_EQ(links["n2>n1"]["malformed"], 1);
}

TEST_F(ProxyControlTest, Observe_ReportsTheLeaderOnceOneHasSent) {
  EXPECT_EQ(ask(R"({"op":"observe"})"),
            Json::parse(R"({"ok":true,"leader":null,"term":0,"last-append-time":null})"));
  arrive(2, 1, 7);
  EXPECT_EQ(ask(R"({"op":"observe"})"),
            Json::parse(R"({"ok":true,"leader":"n2","term":7,"last-append-time":5})"));
}

TEST_F(ProxyControlTest, HostileRequests_AreRefusedAndChangeNothing) {
  EXPECT_EQ(error(""), "expected one JSON object");
  EXPECT_EQ(error("[1]"), "expected one JSON object");
  EXPECT_EQ(error("{\"op\":\"\xff\"}"), "expected one JSON object");
  EXPECT_EQ(error(R"({"op":7})"), "op: expected a string");
  EXPECT_EQ(error(R"({"op":"explode"})"),
            "unknown op, expected install, remove, remove-all, peek, stats, observe, context or "
            "chains");
  EXPECT_EQ(error(R"({"op":"remove","id":-1})"), "id: expected a whole number of at least 0");
  EXPECT_EQ(error(R"({"op":"remove","id":1,"x":2})"), "unknown key x");
  const std::string install = R"({"op":"install","id":1,)";
  EXPECT_EQ(error(install + R"("links":[]})"),
            "links: expected a list of pairs such as [\"n1\",\"n2\"], not empty");
  EXPECT_EQ(error(install + R"("links":[["n1","n3"]],"action":{"kind":"cut"}})"),
            "no such link: n1 to n3");
  EXPECT_EQ(error(install + R"("links":[["n1","n2"]],"only":{"types":["Nonsense"]}})"),
            "only.types: found \"Nonsense\", expected a message type such as \"AppendEntries\"");
  EXPECT_EQ(error(install + R"("links":[["n1","n2"]],"types":["Heartbeat"]})"),
            "unknown key types");
  EXPECT_EQ(error(R"({"op":"peek"})"), "id: expected a whole number of at least 0");
  EXPECT_EQ(error(install + R"("links":[["n1","n2"]],"action":{"kind":"cut","deep":{}}})"),
            "action: expected flat values");
  EXPECT_EQ(error(std::string(kControlBytesMax + 1, ' ')), "the request is too long");
  EXPECT_EQ(ask(R"({"op":"stats"})")["rules"], Json::array());
}

}  // namespace
}  // namespace capsize::nemesis::proxy
