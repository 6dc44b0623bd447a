// Log segments and snapshot files: any bytes are recovered or refused. A recovered log has no gaps,
// and its bytes without the torn tail recover to the same state.
#include <cstring>

#include "base/check.h"
#include "base/crc32c.h"
#include "node/storage/log_format.h"
#include "node/storage/log_recovery.h"
#include "node/storage/snapshot_store.h"

namespace {

using namespace capsize;

/// Corrects the checksums of all records that their lengths delimit: a fuzzer would never get past
/// a wrong checksum.
std::string with_right_checksums(std::string_view input, const storage::SegmentHeader& header) {
  std::string log = storage::encode_segment_header(header);
  std::uint32_t previous = header.previous;
  while (input.size() >= 2) {
    const auto type = static_cast<unsigned char>(input[0]);
    const std::size_t length = std::min<std::size_t>(static_cast<unsigned char>(input[1]), 64);
    const std::string_view payload = input.substr(2, length);
    input.remove_prefix(2 + payload.size());
    std::string record(16, '\0');
    const auto size = static_cast<std::uint32_t>(payload.size());
    std::memcpy(record.data(), &size, 4);
    std::memcpy(record.data() + 4, &previous, 4);
    record[12] = static_cast<char>(type % 5);
    record[13] = 1;
    previous = base::crc32c({record.data(), 8});
    previous = base::crc32c(payload, base::crc32c({record.data() + 12, 4}, previous));
    std::memcpy(record.data() + 8, &previous, 4);
    log += record;
    log += payload;
    log.resize((log.size() + 7) / 8 * 8, '\0');
  }
  return log;
}

void check_gaps(storage::LogReplay& replay) {
  for (std::size_t i = 0; i < replay.entries().size(); ++i) {
    CHECK(replay.entries()[i].index == replay.base().index.next() + i,
          "a recovered log has no gaps");
  }
}

void replay(std::string_view bytes, const storage::SyncMark& mark = {}) {
  storage::LogReplay replay(mark);
  if (replay.read(bytes, /*newest=*/true, "log")) return;
  check_gaps(replay);
  CHECK(mark.segment != replay.number() || mark.offset <= replay.valid_bytes(),
        "nothing below the mark is missing");
  CHECK(replay.valid_bytes() + replay.torn_bytes() <= bytes.size(),
        "the torn tail is inside the segment");
  storage::LogReplay again;
  CHECK(!again.read(bytes.substr(0, replay.valid_bytes()), /*newest=*/true, "log"),
        "cutting a torn tail is idempotent");
  CHECK(again.valid_bytes() == replay.valid_bytes() && again.torn_bytes() == 0,
        "cutting a torn tail is idempotent");
}

/// Two segments of one chain; the first may begin anywhere in a log.
void replay_two(std::string_view input) {
  if (input.size() < 2) return;
  const std::size_t half = input.size() / 2;
  storage::SegmentHeader header;
  header.number = 3;
  header.last = {raft::Term{2}, raft::Index{static_cast<unsigned char>(input[0]) % 16U}};
  storage::LogReplay replay;
  const std::string first = with_right_checksums(input.substr(1, half), header);
  if (replay.read(first, /*newest=*/false, "log")) return;
  const storage::SegmentHeader next{replay.number() + 1, replay.hard_state(),
                                    replay.last_checksum(), replay.last()};
  if (replay.read(with_right_checksums(input.substr(1 + half), next), /*newest=*/true, "log")) {
    return;
  }
  CHECK(replay.number() == 4, "the next segment follows");
  check_gaps(replay);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)storage::decode_snapshot(bytes, "snapshot");
  if (const auto mark = storage::decode_sync_marks(bytes)) replay(bytes, *mark);
  replay(storage::encode_segment_header({}) + std::string(bytes), {1, 64 + size / 2});
  replay(bytes);
  replay(storage::encode_segment_header({}) + std::string(bytes));
  replay(with_right_checksums(bytes, {}));
  replay_two(bytes);
  return 0;
}
