#include "harness/cluster/trace_tail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "harness/run/interactive_control.h"

namespace capsize::harness {
namespace {

/// A line of a trace: the common fields and these.
std::string line(const std::string& fields) {
  return R"({"time":1,"node":"n3","incarnation":1,)" + fields + "}\n";
}

class TraceTailTest : public testing::Test {
 protected:
  TraceTailTest() : path_(testing::TempDir() + "trace-" + std::to_string(::getpid())) {}
  ~TraceTailTest() override { std::filesystem::remove(path_); }
  void write(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }
  std::vector<nemesis::TraceEvent> read() {
    std::vector<nemesis::TraceEvent> events;
    tail_.read(events);
    return events;
  }
  std::filesystem::path path_;
  TraceTail tail_{2, path_};
};

TEST_F(TraceTailTest, RareEvents_AreReturnedOnce_FrequentOnesNever) {
  EXPECT_TRUE(read().empty()) << "there is no file yet";
  write(line(R"("event":"append","term":1,"index":5)") +
        line(R"("event":"role","term":3,"role":"leader","index":5)") +
        line(R"("event":"commit","term":3,"role":"leader")"));
  const auto events = read();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].node, 2U);
  EXPECT_EQ(events[0].event, "role");
  EXPECT_EQ(events[0].role, "leader");
  EXPECT_EQ(events[0].term, 3U);
  EXPECT_TRUE(read().empty());
}

TEST_F(TraceTailTest, IncompleteLine_Waits) {
  const std::string whole = line(R"("event":"snapshot","index":50)");
  write(whole.substr(0, whole.size() - 4));
  EXPECT_TRUE(read().empty());
  write(whole.substr(whole.size() - 4));
  const auto events = read();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].index, 50U);
}

TEST_F(TraceTailTest, LinesThatAreNoTrace_AreSkipped) {
  write("\n{\"event\":\"role\"\n\"event\":\"role\"\n" + std::string(200'000, 'x'));
  EXPECT_TRUE(read().empty());
  write("\n" + line(R"("event":"start","term":1,"capsize-trace":2)") +
        line(R"("event":"start","term":1,"capsize-trace":1)"));
  EXPECT_EQ(read().size(), 1U) << "of another version nothing is read";
}

TEST(LineInput, ReturnsCompleteLinesAndDetectsTheEnd) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  LineInput input(ends[0]);
  EXPECT_TRUE(input.take().empty());
  ASSERT_EQ(::write(ends[1], "a\nb", 3), 3);
  EXPECT_EQ(input.take(), std::vector<std::string>{"a"});
  ASSERT_EQ(::write(ends[1], "c\n", 2), 2);
  EXPECT_EQ(input.take(), std::vector<std::string>{"bc"});
  EXPECT_FALSE(input.closed());
  ::close(ends[1]);
  EXPECT_TRUE(input.take().empty());
  EXPECT_TRUE(input.closed());
  ::close(ends[0]);
}

}  // namespace
}  // namespace capsize::harness
