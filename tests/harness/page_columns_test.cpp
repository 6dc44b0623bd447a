// The columns of a page: what is drawn without the operations agrees with the operations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "base/base64.h"
#include "base/prng.h"
#include "checker/check/check.h"
#include "harness/page/column_block.h"
#include "harness/page/lane_pyramid.h"
#include "harness/page/run_operations.h"
#include "harness/page/run_series.h"

namespace capsize::harness {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string unpacked(const std::string& gzip, std::size_t bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string text(bytes, '\0');
  std::string packed = gzip;
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.total_out, bytes);
  inflateEnd(&stream);
  return text;
}

checker::History history(const std::string& text) {
  auto loaded = checker::load_history_text(text);
  EXPECT_TRUE(std::holds_alternative<checker::History>(loaded)) << text;
  return std::get<checker::History>(std::move(loaded));
}

/// Processes 0 to 3 of two client threads; some operations fail, some never complete.
std::string random_history(base::Prng& prng, int operations) {
  std::string text;
  std::int64_t time = 0;
  const auto event = [&](int process, const char* type, int value) {
    time += 1 + static_cast<std::int64_t>(prng.below(2'000'000));
    text += "{\"process\":" + std::to_string(process) + ",\"type\":\"" + type +
            "\",\"f\":\"write\",\"key\":\"k" + std::to_string(value % 3) +
            "\",\"value\":" + std::to_string(value) + ",\"time\":" + std::to_string(time) + "}\n";
  };
  std::vector<int> process = {0, 1};
  std::vector<int> open = {-1, -1};
  for (int i = 0; i < operations; ++i) {
    const std::size_t thread = prng.below(2);
    if (open[thread] < 0) {
      open[thread] = i;
      event(process[thread], "invoke", i);
      continue;
    }
    const auto outcome = prng.below(10);
    event(process[thread], outcome == 0 ? "info" : outcome == 1 ? "fail" : "ok", open[thread]);
    if (outcome == 0) process[thread] += 2;
    open[thread] = -1;
  }
  return text;
}

TEST(ColumnBlock, HoldsAlignedColumnsThatABrowserCanOpen) {
  ColumnBlock block;
  const std::vector<std::uint8_t> small = {1, 2, 3};
  const std::vector<std::uint32_t> numbers = {7, 0xFFFFFFFE};
  block.add("small", std::span(small));
  block.add("numbers", std::span(numbers));
  block.add_text("text", "[\"é\"]");
  const base::Json directory = block.directory();
  const auto bytes = directory["bytes"].get<std::size_t>();
  const std::string opened = unpacked(*base::from_base64(block.text()), bytes);
  for (const auto& [name, column] : directory["columns"].items()) {
    EXPECT_EQ(column["offset"].get<std::size_t>() % 8, 0U) << name;
  }
  std::uint32_t second = 0;
  const auto offset = directory["columns"]["numbers"]["offset"].get<std::size_t>();
  std::memcpy(&second, opened.data() + offset + 4, 4);
  EXPECT_EQ(second, 0xFFFFFFFE);
  EXPECT_THAT(opened, HasSubstr("[\"é\"]"));
}

TEST(RunOperations, AreRowsInTheOrderOfInvocation) {
  const auto of =
      history(R"({"process":0,"type":"invoke","f":"write","key":"b","value":1,"time":100})"
              "\n"
              R"({"process":1,"type":"invoke","f":"read","key":"a","value":null,"time":200})"
              "\n"
              R"({"process":1,"type":"ok","f":"read","key":"a","value":5,"time":250})"
              "\n"
              R"({"process":0,"type":"info","f":"write","key":"b","value":1,"time":300})"
              "\n"
              R"({"process":3,"type":"invoke","f":"read","key":"a","value":null,"time":400})"
              "\n");
  const ClientThreads threads{
      3, [](std::uint64_t thread) { return std::string("n") += std::to_string(thread + 1); }};
  const RunOperations operations = operations_of(of, threads);
  EXPECT_EQ(operations.tick_ns, 1);
  EXPECT_THAT(operations.invoke, ElementsAre(100, 200, 400));
  EXPECT_THAT(operations.duration, ElementsAre(200, 50, RunOperations::kNoDuration));
  EXPECT_THAT(operations.outcome, ElementsAre(2, 0, 2));
  EXPECT_THAT(operations.index, ElementsAre(0, 1, 4));
  // Process 3 is thread 0 again, after its first process ended with an unknown outcome.
  EXPECT_THAT(operations.lane, ElementsAre(0, 1, 0));
  EXPECT_EQ(operations.lanes[0].node, "n1");
  EXPECT_EQ(operations.lanes[0].operations, 2U);
  EXPECT_EQ(operations.keys[operations.key[0]], "b");
  EXPECT_THAT(value_texts(of, operations, 0, 3), ElementsAre("1", "5", "null"));
}

TEST(RunOperations, ShowWhatWasAskedWhereNothingWasReturned) {
  const auto of =
      history(R"({"process":0,"type":"invoke","f":"write","key":"a","value":8,"time":1})"
              "\n"
              R"({"process":0,"type":"ok","f":"write","key":"a","value":null,"time":2})"
              "\n"
              R"({"process":0,"type":"invoke","f":"read","key":"b","value":null,"time":3})"
              "\n"
              R"({"process":0,"type":"ok","f":"read","key":"b","value":null,"time":4})"
              "\n"
              R"({"process":"nemesis","type":"info","f":"pause","value":1,"time":5})"
              "\n");
  const RunOperations operations = operations_of(of, {});
  EXPECT_THAT(value_texts(of, operations, 0, 2), ElementsAre("8", "null"));
  // What no operation does is no function of the page.
  EXPECT_THAT(operations.functions, testing::UnorderedElementsAre("write", "read"));
  EXPECT_EQ(operations.functions[operations.function[0]], "write");
}

TEST(RunOperations, ALongRunHasLongerTicks) {
  const auto of =
      history(R"({"process":0,"type":"invoke","f":"read","value":null,"time":0})"
              "\n"
              R"({"process":0,"type":"ok","f":"read","value":null,"time":86400000000000})"
              "\n");
  const RunOperations operations = operations_of(of, {});
  EXPECT_EQ(operations.tick_ns, 20'117);
  EXPECT_LT(operations.span, RunOperations::kNoDuration);
  EXPECT_EQ(operations.end_of(0), operations.span);
}

class RandomColumns : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomColumns, EachBinOfAPyramidSaysWhatItsOperationsSay) {
  auto prng = base::Prng::stream(GetParam(), "page-pyramid");
  const RunOperations operations = operations_of(history(random_history(prng, 400)), {2, {}});
  const LanePyramid pyramid = pyramid_of(operations, {operations.index[3]});
  const std::size_t of_lane = 2 * std::size_t{pyramid.bins} - 1;
  std::size_t at = 0;
  for (std::size_t lane = 0; lane < operations.lanes.size(); ++lane) {
    std::uint64_t width = pyramid.width;
    for (std::size_t bins = pyramid.bins; bins >= 1; bins /= 2, width *= 2) {
      for (std::size_t bin = 0; bin < bins; ++bin, ++at) {
        std::uint32_t count = 0, longest = 0;
        std::uint8_t worst = 0;
        for (std::size_t i = 0; i < operations.size(); ++i) {
          if (operations.lane[i] != lane) continue;
          const std::uint64_t first = operations.invoke[i] / width;
          if (first == bin) {
            ++count;
            longest = std::max(longest, operations.duration[i]);
          }
          if (first > bin || operations.end_of(i) / width < bin) continue;
          const std::uint8_t shown =
              operations.index[i] == operations.index[3] ? 4 : operations.outcome[i] + 1;
          worst = std::max(worst, shown);
        }
        ASSERT_EQ(pyramid.count[at], count) << "lane " << lane << " bin " << bin << "/" << bins;
        ASSERT_EQ(pyramid.longest[at], longest);
        ASSERT_EQ(pyramid.worst[at], worst);
        ASSERT_LE(pyramid.shortest[at], longest);
      }
    }
    ASSERT_EQ(at, (lane + 1) * of_lane);
  }
  ASSERT_EQ(at, pyramid.count.size());
}

TEST_P(RandomColumns, TheSeriesCountEveryCompletionOnce) {
  auto prng = base::Prng::stream(GetParam(), "page-series");
  const RunOperations operations = operations_of(history(random_history(prng, 300)), {2, {}});
  const RunSeries series = series_of(operations);
  for (std::uint8_t outcome = 0; outcome < 3; ++outcome) {
    std::uint64_t completed = 0, counted = 0;
    for (std::size_t i = 0; i < operations.size(); ++i) {
      completed +=
          operations.outcome[i] == outcome && operations.duration[i] != RunOperations::kNoDuration;
    }
    const OutcomeSeries& of = series.outcomes[outcome];
    ASSERT_EQ(of.count.size(), series.bins);
    for (std::size_t bin = 0; bin < series.bins; ++bin) {
      counted += of.count[bin];
      ASSERT_EQ(std::isnan(of.p50[bin]), of.count[bin] == 0);
      if (of.count[bin] == 0) continue;
      ASSERT_LE(of.p50[bin], of.p95[bin]);
      ASSERT_LE(of.p95[bin], of.p99[bin]);
    }
    ASSERT_EQ(counted, completed);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomColumns, testing::Range<std::uint64_t>(0, 6));

TEST(LanePyramid, HasFewerBinsForManyLanes) {
  RunOperations operations;
  operations.span = 1'000'000;
  operations.lanes.resize(1'024);
  const LanePyramid pyramid = pyramid_of(operations, {});
  EXPECT_EQ(pyramid.bins, 512U);
  EXPECT_EQ(pyramid.count.size(), 1'024U * 1'023U);
}

}  // namespace
}  // namespace capsize::harness
