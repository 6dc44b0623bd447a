// Payload frames and client requests: round trips, and refusal of hostile bytes.
#include <gtest/gtest.h>

#include "base/json.h"
#include "base/prng.h"
#include "node/codec/client_codec.h"
#include "node/codec/peer_codec.h"
#include "tests/node/adapters/log_samples.h"

namespace capsize::codec {
namespace {

using raft::EntryId;
using raft::Index;
using raft::Term;
using replica::PeerMessage;

PeerMessage message(decltype(PeerMessage::body) body) {
  return {raft::NodeId(1), raft::NodeId(2), Term(7), std::move(body)};
}
PeerMessage raft_message(raft::MessageBody body) {
  return message(std::move(body));
}

kv::Command sample_command() {
  return {kv::ClientId(3),  kv::Sequence(9), kv::Operation::kCas, "key", "[1]", "null", {},
          kv::SessionId(8), kv::LogTime(77)};
}

std::vector<PeerMessage> samples() {
  raft::AppendEntries append{{Term(6), Index(4)}, Index(3), raft::ReadRound(8), {}};
  const raft::AppendEntries heartbeat = append;
  append.entries = {storage::entry(6, 5, kv::encode(sample_command())), storage::entry(7, 6, "")};
  append.entries[1].type = raft::EntryType::kNoop;
  const raft::Configuration kJoint{{raft::NodeId(1), raft::NodeId(4)},
                                   {raft::NodeId(1), raft::NodeId(2)}};
  return {raft_message(raft::RequestVote{false, {Term(6), Index(9)}}),
          raft_message(raft::RequestVote{true, {Term(6), Index(9)}}),
          raft_message(raft::TimeoutNow{}),
          raft_message(raft::RequestVoteReply{false, Term(7), true}),
          raft_message(raft::RequestVoteReply{true, Term(8), false}),
          raft_message(append),
          raft_message(heartbeat),
          raft_message(raft::AppendEntriesReply{true, Index(5), {}, {}, raft::ReadRound(2)}),
          raft_message(raft::AppendEntriesReply{
              false, {}, {Term(3), Index(4)}, Index(11), raft::ReadRound(1)}),
          raft_message(raft::AppendEntriesReply{
              false, {}, {Term(3), Index(4)}, Index(11), raft::ReadRound(1), true}),
          raft_message(raft::ReadIndexRequest{77}),
          raft_message(raft::ReadIndexReply{77, Index(5)}),
          raft_message(raft::ReadIndexReply{78, std::nullopt}),
          raft_message(raft::InstallSnapshot{{{Term(6), Index(9)}, 77}, kJoint, 8, 5, 3, "piece"}),
          raft_message(raft::InstallSnapshot{{{Term(6), Index(9)}, 77}, kJoint, 9, 5, 3, "piece"}),
          raft_message(raft::InstallSnapshotReply{{Term(6), Index(9)}, 5, false}),
          raft_message(raft::InstallSnapshotReply{{Term(6), Index(9)}, 0, true}),
          message(replica::Forward{replica::RequestId(5), 2, sample_command()}),
          message(replica::ForwardReply{
              replica::RequestId(5), 2, {kv::Outcome::kFail, "", "mismatch"}})};
}

wire::Header header_of(const PeerMessage& sent) {
  wire::Header header;
  header.type = describe(sent).type;
  header.from = sent.from.value();
  header.to = sent.to.value();
  header.term = sent.term.value();
  return header;
}

std::string encoded(const PeerMessage& sent) {
  std::string bytes;
  encode_payload(sent, bytes);
  return bytes;
}

TEST(PeerCodec, EveryMessage_RoundTrips) {
  for (const PeerMessage& sent : samples()) {
    const auto name = wire::name(describe(sent).type);
    const auto received = decode_payload(header_of(sent), encoded(sent));
    ASSERT_TRUE(received) << name;
    EXPECT_EQ(received->from, sent.from);
    EXPECT_EQ(received->term, sent.term);
    EXPECT_EQ(received->body.index(), sent.body.index());
    EXPECT_EQ(describe(*received).type, describe(sent).type) << name;
    EXPECT_EQ(describe(*received).index, describe(sent).index) << name;
    // Encodes to the same bytes: the decoded message has lost nothing.
    EXPECT_EQ(encoded(*received), encoded(sent)) << name;
  }
}

TEST(PeerCodec, AppendEntries_KeepsTypesIndexesAndPayloads) {
  const PeerMessage sent = samples()[5];
  const auto received = decode_payload(header_of(sent), encoded(sent));
  ASSERT_TRUE(received);
  const auto& body = std::get<raft::AppendEntries>(std::get<raft::MessageBody>(received->body));
  ASSERT_EQ(body.entries.size(), 2U);
  EXPECT_EQ(body.entries[0].id(), (EntryId{Term(6), Index(5)}));
  EXPECT_EQ(*body.entries[0].payload, kv::encode(sample_command()));
  EXPECT_EQ(body.entries[1].type, raft::EntryType::kNoop);
  EXPECT_EQ(describe(sent).index, 6U);
}

/// Every node must be able to apply a committed entry, so any other entry is refused.
TEST(PeerCodec, EntriesThatCannotBeApplied_AreRefused) {
  using raft::EntryType;
  kv::Command opening{.operation = kv::Operation::kRegister};
  kv::Command read{.operation = kv::Operation::kRead, .key = "x"};
  const std::string members = raft::encode({{raft::NodeId(1)}, {}});
  const struct {
    EntryType type;
    std::string payload;
    bool good;
  } cases[] = {{EntryType::kNormal, kv::encode(sample_command()), true},
               {EntryType::kNormal, "\xff\xff\xff", false},
               {EntryType::kNormal, "", false},
               {EntryType::kNormal, kv::encode(read), false},
               {EntryType::kNormal, kv::encode(opening), false},
               {EntryType::kSession, kv::encode(opening), true},
               {EntryType::kSession, kv::encode(sample_command()), false},
               {EntryType::kNoop, "", true},
               {EntryType::kNoop, "junk", false},
               {EntryType::kConfiguration, members, true},
               {EntryType::kConfiguration, raft::encode({}), false},
               {EntryType::kConfiguration, "junk", false},
               {EntryType::kSnapshotMark, "", false},
               {EntryType::kSnapshotMark, "junk", false}};
  for (const auto& [type, payload, good] : cases) {
    raft::AppendEntries append{{Term(6), Index(4)}, Index(3), raft::ReadRound(8), {}};
    append.entries = {storage::entry(6, 5, payload)};
    append.entries[0].type = type;
    const PeerMessage sent = raft_message(append);
    EXPECT_EQ(decode_payload(header_of(sent), encoded(sent)).has_value(), good)
        << static_cast<int>(type) << " '" << payload << "'";
  }
}

TEST(PeerCodec, PayloadTruncatedOrExtended_IsRefused) {
  for (const PeerMessage& sent : samples()) {
    const std::string bytes = encoded(sent);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      EXPECT_FALSE(decode_payload(header_of(sent), std::string_view(bytes).substr(0, size)))
          << wire::name(describe(sent).type) << " cut to " << size;
    }
    EXPECT_FALSE(decode_payload(header_of(sent), bytes + '\0')) << wire::name(describe(sent).type);
  }
}

TEST(PeerCodec, PayloadOfAnotherType_IsRefusedOrStaysConsistent) {
  for (const PeerMessage& sent : samples()) {
    for (std::size_t type = 1; type < wire::kMessageTypeCount; ++type) {
      wire::Header header = header_of(sent);
      header.type = static_cast<wire::MessageType>(type);
      const auto received = decode_payload(header, encoded(sent));
      if (received) {
        EXPECT_EQ(describe(*received).type, header.type);
      }
    }
  }
}

// Found by fuzzing: two encodings of one message.
TEST(PeerCodec, ForwardedCommandOfAnOlderVersion_IsRefused) {
  for (const PeerMessage& sent : samples()) {
    if (!std::holds_alternative<replica::Forward>(sent.body)) continue;
    std::string bytes = encoded(sent);
    ASSERT_EQ(bytes[16], static_cast<char>(kv::kCommandVersion));
    EXPECT_TRUE(decode_payload(header_of(sent), bytes));
    bytes.erase(18, 16);  // session and time, which version 1 lacks
    bytes[16] = 1;
    EXPECT_FALSE(decode_payload(header_of(sent), bytes));
  }
}

TEST(PeerCodec, HugeCountsAndNumbers_AreRefusedWithoutAllocating) {
  const PeerMessage sent = samples()[5];
  std::string bytes = encoded(sent);
  for (std::size_t i = 32; i < 36; ++i) bytes[i] = '\xff';  // the count of entries
  EXPECT_FALSE(decode_payload(header_of(sent), bytes));
  bytes = encoded(sent);
  for (std::size_t i = 8; i < 16; ++i) bytes[i] = '\xff';  // the previous index
  EXPECT_FALSE(decode_payload(header_of(sent), bytes));
  wire::Header header = header_of(sent);
  header.term = ~std::uint64_t{0};
  EXPECT_FALSE(decode_payload(header, encoded(sent)));
}

TEST(PeerCodec, RandomBytes_NeverCrash) {
  base::Prng random(1);
  for (int n = 0; n < 20'000; ++n) {
    wire::Header header;
    header.type = static_cast<wire::MessageType>(random.between(1, wire::kMessageTypeCount - 1));
    std::string bytes(random.below(80), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.below(n % 2 ? 256 : 3));
    (void)decode_payload(header, bytes);
  }
}

template <class Command = kv::Command>
Command command_of(std::string_view text) {
  auto decoded = decode_request(text);
  if (const auto* malformed = std::get_if<MalformedRequest>(&decoded)) {
    ADD_FAILURE() << malformed->detail;
    return {};
  }
  return std::get<Command>(std::get<DecodedRequest>(decoded).command);
}
std::string detail_of(std::string_view text) {
  const auto decoded = decode_request(text);
  const auto* malformed = std::get_if<MalformedRequest>(&decoded);
  return malformed != nullptr ? malformed->id + "|" + malformed->detail : "accepted";
}

TEST(ClientCodec, EachOperation_IsDecoded) {
  const auto cas = command_of(
      R"({"id":17,"client":3,"session":0,"sequence":9,"f":"cas","key":"x","value":[4,null]})");
  EXPECT_EQ(cas.client, kv::ClientId(3));
  EXPECT_EQ(cas.sequence, kv::Sequence(9));
  EXPECT_EQ(cas.operation, kv::Operation::kCas);
  EXPECT_EQ(cas.key, "x");
  EXPECT_EQ(cas.expected, "4");
  EXPECT_EQ(cas.value, "null");
  const std::string rest = R"(,"id":1,"client":1,"sequence":1,"key":"k"})";
  EXPECT_EQ(command_of(R"({"f":"read")" + rest).operation, kv::Operation::kRead);
  EXPECT_EQ(command_of(R"({"f":"delete")" + rest).operation, kv::Operation::kDelete);
  EXPECT_EQ(command_of(R"({"f":"append","value":"s")" + rest).value, "\"s\"");
}

/// Numbers are stored exactly or refused, wherever they occur; never rounded.
TEST(ClientCodec, Numbers_AreStoredExactlyOrRefused) {
  const auto write = [](const std::string& value) {
    return R"({"id":7,"client":1,"sequence":1,"f":"write","key":"x","value":)" + value + "}";
  };
  for (const char* kept :
       {"0", "-1", "18446744073709551615", "-9223372036854775808", "9223372036854775808", "0.1",
        "1e308", "1E2", "100.0", "-0.0", "2.5e-7", "5e-324", "0.30000000000000004", "1.0",
        "123456789012345680000.0", "0e9223372036854775807",
        R"("123456789012345678901234567890 -0")", R"("\"-0")"}) {
    const std::string value = command_of(write(kept)).value;
    EXPECT_FALSE(value.empty()) << kept;
    EXPECT_EQ(base::Json::parse(value), base::Json::parse(kept)) << kept;
  }
  for (const char* lost :
       {"18446744073709551616", "-9223372036854775809", "123456789012345678901234567890", "-0",
        "0.30000000000000001", "1.00000000000000001", "123456789012345678901.0", "1e-400",
        "4.9e-324", "0.01e-9223372036854775808", "[1,{\"a\":-0}]"}) {
    EXPECT_NE(detail_of(write(lost)).find("7|the number "), std::string::npos) << lost;
  }
  EXPECT_EQ(detail_of(write("123456789012345678901234567890")),
            "7|the number 123456789012345678901234567890 cannot be stored exactly: expected an "
            "integer of 64 bits, or the digits of a double");
}

TEST(ClientCodec, Sessions_AreRegisteredAndReferencedById) {
  const auto opening = command_of(R"({"id":1,"client":3,"sequence":1,"f":"register"})");
  EXPECT_EQ(opening.operation, kv::Operation::kRegister);
  EXPECT_TRUE(kv::validate(opening).ok());
  const auto used = command_of(
      R"({"id":1,"client":3,"session":42,"sequence":2,"f":"append","key":"k","value":1})");
  EXPECT_EQ(used.session, kv::SessionId(42));
  EXPECT_TRUE(kv::validate(used).ok());
}

TEST(ClientCodec, Transactions_AreDecodedStepByStep) {
  const auto txn =
      command_of(R"({"id":1,"client":3,"sequence":1,"f":"txn",)"
                 R"("value":[["r","a",null],["w","b",{ "x" : 1 }],["append","c",2]]})");
  ASSERT_EQ(txn.steps.size(), 3U);
  EXPECT_EQ(txn.steps[0].kind, kv::Step::Kind::kRead);
  EXPECT_EQ(txn.steps[0].key, "a");
  EXPECT_EQ(txn.steps[1].value, R"({"x":1})");
  EXPECT_EQ(txn.steps[2].kind, kv::Step::Kind::kAppend);
  EXPECT_TRUE(kv::validate(txn).ok());
  const std::string head = R"({"id":5,"client":1,"sequence":1,"f":"txn","value":)";
  const std::string steps =
      R"(5|value: expected steps ["r",key,null], ["w",key,v] or ["append",key,x])";
  EXPECT_EQ(detail_of(head + "[]}"), "5|value: expected 1 to 64 steps");
  EXPECT_EQ(detail_of(head + R"([["r","a",1]]})"), steps);
  EXPECT_EQ(detail_of(head + R"([["x","a",1]]})"), steps);
  EXPECT_EQ(detail_of(head + R"([["w","a"]]})"), steps);
  EXPECT_EQ(detail_of(head + R"([["w",7,1]]})"), steps);
}

TEST(ClientCodec, AdministrationRequests_AreDecoded) {
  const auto change =
      command_of<replica::ChangeMembers>(R"({"id":1,"f":"change-members","value":["n4","n1"]})");
  EXPECT_EQ(change.voters, (std::vector{raft::NodeId(1), raft::NodeId(4)}));
  const auto transfer =
      command_of<replica::TransferLeadership>(R"({"id":1,"f":"transfer-leadership","value":"n3"})");
  EXPECT_EQ(transfer.to, raft::NodeId(3));
  const std::string members = R"(7|value: expected distinct members, ["n1","n2",…])";
  for (const char* value : {"[]", R"(["n1","n1"])", R"(["n0"])", "[1]", R"("n1")"}) {
    EXPECT_EQ(detail_of(std::string(R"({"id":7,"f":"change-members","value":)") + value + "}"),
              members)
        << value;
  }
  EXPECT_EQ(detail_of(R"({"id":7,"f":"transfer-leadership","value":3})"),
            R"(7|value: expected the new leader, "n2")");
}

TEST(ClientCodec, StaleReads_NeedTheStaleLevel) {
  const std::string head = R"({"id":7,"client":1,"sequence":1,"key":"k",)";
  EXPECT_EQ(command_of<replica::StaleRead>(head + R"("f":"read","level":"stale"})").key, "k");
  EXPECT_EQ(command_of(head + R"("f":"read","level":"linearizable"})").key, "k");
  EXPECT_EQ(detail_of(head + R"("f":"read","level":"best"})"),
            "7|level: expected linearizable or stale");
  EXPECT_EQ(detail_of(head + R"("f":"delete","level":"stale"})"), "7|level: only a read has one");
}

TEST(ClientCodec, Values_AreConvertedToCanonicalForm) {
  const auto value = [](const std::string& text) {
    return command_of(R"({"id":1,"client":1,"sequence":1,"key":"k","f":"write","value":)" + text +
                      "}")
        .value;
  };
  EXPECT_EQ(value(R"( { "b" : [ 1 , 2 ] , "a" : "A" } )"), R"({"a":"A","b":[1,2]})");
  EXPECT_EQ(value("1.50"), "1.5");
  EXPECT_EQ(value(R"("é\n")"), R"("é\n")");
}

TEST(ClientCodec, Id_IsReturnedUnchanged) {
  const auto id = [](const std::string& text) {
    return std::get<DecodedRequest>(
               decode_request(R"({"id":)" + text +
                              R"(,"client":1,"sequence":1,"key":"k","f":"read"})"))
        .id;
  };
  EXPECT_EQ(id("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(id("-3"), "-3");
  EXPECT_EQ(id(R"("a\"b")"), R"("a\"b")");
}

TEST(ClientCodec, MalformedRequests_AreRefusedWithTheReason) {
  const std::string head = R"({"id":5,"client":1,"sequence":1,)";
  EXPECT_EQ(detail_of(""), "|expected one JSON object");
  EXPECT_EQ(detail_of("[]"), "|expected one JSON object");
  EXPECT_EQ(detail_of("{"), "|expected one JSON object");
  EXPECT_EQ(detail_of("{}"), "|id: expected an integer or a short string");
  EXPECT_EQ(detail_of(R"({"id":1.5})"), "|id: expected an integer or a short string");
  EXPECT_EQ(detail_of(R"({"id":5,"sequence":1,"f":"read"})"),
            "5|client: expected an integer of at least 0");
  EXPECT_EQ(detail_of(R"({"id":5,"client":1,"sequence":-1,"f":"read"})"),
            "5|sequence: expected an integer of at least 0");
  EXPECT_EQ(detail_of(R"({"id":5,"client":1,"sequence":0,"session":4,"key":"k","f":"read"})"),
            "5|sequence: begins at 1 in a session");
  EXPECT_EQ(detail_of(head + R"("session":4,"f":"register"})"),
            "5|session: register opens a session, and takes none");
  EXPECT_EQ(detail_of(head + R"("f":"read"})"), "5|key: expected a string");
  EXPECT_EQ(detail_of(head + R"("key":"k","f":"burn"})"),
            "5|f: expected read, write, cas, append, delete, register, txn, change-members or "
            "transfer-leadership");
  EXPECT_EQ(detail_of(head + R"("key":"k","f":"write"})"), "5|value: missing");
  EXPECT_EQ(detail_of(head + R"("key":"k","f":"cas","value":[1]})"),
            "5|value: expected [expected, new]");
  EXPECT_EQ(detail_of(head + R"("key":")" + std::string(1025, 'k') + R"(","f":"read"})"),
            "5|key: longer than 1024 bytes");
  EXPECT_EQ(
      detail_of(head + R"("key":"k","f":"write","value":")" + std::string(1 << 20, 'v') + "\"}"),
      "5|value: longer than 1048576 bytes");
}

TEST(ClientCodec, HostileText_IsBounded) {
  EXPECT_EQ(detail_of(std::string(kRequestBytesMax + 1, ' ')), "|the request is too long");
  EXPECT_EQ(detail_of(std::string(1'000'000, '[')), "|nested too deeply");
  EXPECT_EQ(detail_of(R"({"id":1,"key":")" + std::string(100, '[') + "\"}"),
            "1|f: expected a string");  // brackets within a string do not nest
  EXPECT_EQ(detail_of("{\"id\":1,\"key\":\"\xff\"}"), "|expected one JSON object");
  EXPECT_EQ(detail_of(R"({"id":1,"client":1,"sequence":1,"key":"k","f":"write","value":1e999})"),
            "|expected one JSON object");
}

TEST(ClientCodec, Replies_HaveTheDocumentedFormat) {
  EXPECT_EQ(encode_reply("17", {kv::Outcome::kOk, "[1]", ""}, raft::NodeId(2)),
            R"({"id":17,"outcome":"ok","value":[1],"leader":"n2"})");
  EXPECT_EQ(encode_reply("17", {kv::Outcome::kFail, "", "mismatch"}, raft::kNoNode),
            R"({"id":17,"outcome":"fail","error":"mismatch"})");
  EXPECT_EQ(encode_reply("\"a\"", {kv::Outcome::kInfo, "", "timeout"}, raft::kNoNode),
            R"({"id":"a","outcome":"info","error":"timeout"})");
  EXPECT_EQ(encode_malformed({"5", "a \"quote\""}),
            R"({"id":5,"outcome":"fail","error":"malformed","detail":"a \"quote\""})");
}

}  // namespace
}  // namespace capsize::codec
