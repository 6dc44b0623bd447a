// Payload frames; the first byte is the type. A decoded message encodes to the same bytes.
#include "base/check.h"
#include "node/codec/peer_codec.h"

namespace {

using namespace capsize;

/// A follower in term 3 with three committed entries receives any decoded message, then one tick:
/// no message may fail a CHECK. (The fuzzer cannot guess checksums, so snapshots do not complete
/// here.)
void give_to_a_node(replica::PeerMessage message) {
  const auto command = [](std::uint64_t index) {
    kv::Command write{.operation = kv::Operation::kWrite, .key = "x", .value = "1"};
    return raft::Entry{raft::Term{2}, raft::Index{index}, raft::EntryType::kNormal,
                       std::make_shared<const std::string>(kv::encode(write))};
  };
  raft::Config config;
  config.id = raft::NodeId{1};
  config.voters = {raft::NodeId{1}, raft::NodeId{2}, raft::NodeId{3}};
  raft::Recovered recovered{{raft::Term{3}, raft::NodeId{2}}, {}, {}, {}};
  recovered.entries = {command(1), command(2), command(3)};
  const base::Instant now{std::chrono::hours(1)};
  replica::Replica node(config, std::move(recovered), {}, now);
  const replica::PeerMessage leader{raft::NodeId{2}, raft::NodeId{1}, raft::Term{3},
                                    raft::MessageBody(raft::AppendEntries{
                                        {raft::Term{2}, raft::Index{3}}, raft::Index{3}, {}, {}})};
  node.receive(leader, now);
  (void)node.take_output(now);
  message.from = raft::NodeId{2};
  message.to = raft::NodeId{1};
  message.term = raft::Term{3 + message.term.value() % 3};
  node.receive(message, now);
  (void)node.take_output(now);
  node.tick(now + std::chrono::seconds(2));
  (void)node.take_output(now + std::chrono::seconds(2));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  wire::Header header;
  header.type = static_cast<wire::MessageType>(1 + data[0] % (wire::kMessageTypeCount - 1));
  const std::string_view payload(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto message = codec::decode_payload(header, payload);
  if (!message) return 0;
  CHECK(codec::describe(*message).type == header.type, "a payload has the type of its header");
  std::string again;
  codec::encode_payload(*message, again);
  CHECK(again == payload, "a payload has one encoding");
  give_to_a_node(*message);
  return 0;
}
