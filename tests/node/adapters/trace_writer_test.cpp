#include "node/app/trace_writer.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/node/adapters/temporary_directory.h"

namespace capsize::app {
namespace {

std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

raft::TraceEvent event(raft::TraceKind kind) {
  raft::TraceEvent event;
  event.kind = kind;
  event.term = raft::Term(4);
  event.role = raft::Role::kLeader;
  event.node = raft::NodeId(2);
  event.first = raft::Index(5);
  event.entry = {raft::Term(3), raft::Index(7)};
  event.hash = 0xabc;
  return event;
}

TEST(TraceWriter_, Events_AreWrittenInTheDocumentedFormat) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/trace.jsonl";
  auto trace = TraceWriter::open(path, raft::NodeId(1), 3);
  ASSERT_TRUE(trace);
  const std::vector<raft::TraceEvent> events = {
      event(raft::TraceKind::kTerm), event(raft::TraceKind::kVote), event(raft::TraceKind::kRole),
      event(raft::TraceKind::kAppend), event(raft::TraceKind::kTransfer)};
  ASSERT_TRUE(trace.value().write(events, base::Instant(base::Duration(99))));
  const std::string common = R"({"time":99,"node":"n1","incarnation":3,"event":)";
  const std::string state = R"(,"term":4,"role":"leader")";
  const std::string entry = R"("index":7,"entry-term":3,"hash":"0000000000000abc"})";
  EXPECT_EQ(content(path), common + "\"term\"" + state + "}\n" +                      //
                               common + "\"vote\"" + state + ",\"vote\":\"n2\"}\n" +  //
                               common + "\"role\"" + state + "," + entry + "\n" +     //
                               common + "\"append\"" + state + ",\"first\":5," + entry + "\n" +
                               common + "\"transfer\"" + state + ",\"to\":\"n2\"}\n");
}

TEST(TraceWriter_, TornLastLine_IsTerminatedFirst) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() + "/trace.jsonl";
  std::ofstream(path) << "{\"whole\":1}\n{\"to";
  ASSERT_TRUE(TraceWriter::open(path, raft::NodeId(1), 4));
  EXPECT_EQ(content(path), "{\"whole\":1}\n{\"to\n");
  ASSERT_TRUE(TraceWriter::open(path, raft::NodeId(1), 5));
  EXPECT_EQ(content(path), "{\"whole\":1}\n{\"to\n");
}

TEST(TraceWriter_, WithoutAPath_WritesNothing) {
  auto trace = TraceWriter::open("", raft::NodeId(1), 1);
  ASSERT_TRUE(trace);
  const std::vector<raft::TraceEvent> events = {event(raft::TraceKind::kTerm)};
  EXPECT_TRUE(trace.value().write(events, base::Instant()));
}

TEST(TraceWriter_, PathThatCannotBeOpened_IsNamedInTheError) {
  const auto trace = TraceWriter::open("/nonexistent/t", raft::NodeId(1), 1);
  ASSERT_FALSE(trace);
  EXPECT_EQ(trace.error().message, "cannot open /nonexistent/t: No such file or directory");
}

}  // namespace
}  // namespace capsize::app
