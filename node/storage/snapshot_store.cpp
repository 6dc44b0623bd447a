#include "node/storage/snapshot_store.h"

#include "base/crc32c.h"
#include "node/bugs/seeded_bug.h"
#include "node/wire/little_endian.h"

namespace capsize::storage {
namespace {

using wire::append;

constexpr std::string_view kSnapshotMagic = "CAPSZSNP";
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kHeaderChecksumOffset = 52;

// The configuration and the state follow the header. One checksum and one size cover both.
std::string encode_header(const raft::Snapshot& snapshot, std::string_view configuration) {
  std::string out(kSnapshotMagic);
  append(out, kVersion);
  append(out, base::crc32c(*snapshot.state, base::crc32c(configuration)));
  append(out, snapshot.last.id.term.value());
  append(out, snapshot.last.id.index.value());
  append(out, snapshot.last.hash);
  append(out, std::uint64_t{configuration.size() + snapshot.state->size()});
  append(out, static_cast<std::uint32_t>(configuration.size()));
  append(out, base::crc32c(out));
  return out;
}

}  // namespace

std::variant<raft::Snapshot, CorruptLog> decode_snapshot(std::string_view bytes,
                                                         const std::string& path) {
  const std::string_view header = bytes.substr(0, std::min(bytes.size(), kSnapshotHeaderBytes));
  wire::Reader in(header);
  const bool magic = in.bytes(kSnapshotMagic.size()) == kSnapshotMagic;
  const auto version = in.number<std::uint32_t>();
  const auto checksum = in.number<std::uint32_t>();
  raft::Snapshot snapshot;
  snapshot.last.id.term = raft::Term(in.number<std::uint64_t>());
  snapshot.last.id.index = raft::Index(in.number<std::uint64_t>());
  snapshot.last.hash = in.number<std::uint64_t>();
  const auto size = in.number<std::uint64_t>();
  const auto configuration_size = in.number<std::uint32_t>();
  const auto header_checksum = in.number<std::uint32_t>();
  if (!in.finished() || !magic || version != kVersion ||
      header_checksum != base::crc32c(header.substr(0, kHeaderChecksumOffset))) {
    return CorruptLog{path, 0, "found no valid header, expected that of a version 2 snapshot"};
  }
  const std::string_view content = bytes.substr(kSnapshotHeaderBytes);
  // Sizes before checksums: a truncated file is reported as such.
  if (content.size() != size) {
    return CorruptLog{path, kSnapshotHeaderBytes,
                      "found " + std::to_string(content.size()) + " bytes of content, expected " +
                          std::to_string(size)};
  }
  if (base::crc32c(content) != checksum) {
    return CorruptLog{path, kSnapshotHeaderBytes, "found content that does not match its checksum"};
  }
  auto configuration = raft::decode_configuration(content.substr(0, configuration_size));
  if (!configuration) {
    return CorruptLog{path, kSnapshotHeaderBytes, "found an invalid configuration"};
  }
  snapshot.configuration = std::move(*configuration);
  snapshot.state = std::make_shared<const std::string>(content.substr(configuration_size));
  return snapshot;
}

std::variant<raft::Snapshot, CorruptLog, IoFailure> read_snapshot(FileSystem& files,
                                                                  const std::string& directory) {
  const std::string path = directory + "/" + kSnapshotFile;
  const auto bytes = files.read(path);
  if (!bytes) return IoFailure{bytes.error().message};
  if (!bytes.value()) return raft::Snapshot{};
  auto decoded = decode_snapshot(*bytes.value(), path);
  if (auto* corrupt = std::get_if<CorruptLog>(&decoded)) return std::move(*corrupt);
  return std::get<raft::Snapshot>(std::move(decoded));
}

base::Status SnapshotStore::save(const raft::Snapshot& snapshot, Origin origin) {
  const std::string target = directory_ + "/" + kSnapshotFile;
  const bool in_place = SEEDED_BUG("snapshot-in-place");
  const std::string temporary =
      in_place ? target : target + (origin == Origin::kOwn ? ".own" : ".received");
  const std::string configuration = raft::encode(snapshot.configuration);
  {
    auto file = files_.create(temporary);
    if (!file) return file.error();
    const std::string header = encode_header(snapshot, configuration);
    for (const std::string* part : {&header, &configuration, snapshot.state.get()}) {
      if (auto status = file.value()->append(*part); !status) return status;
    }
    if (auto status = file.value()->sync(); !status) return status;
  }
  // The own snapshot was begun, then a newer one arrived from the leader and was saved first.
  // Renaming the older one over it would lose entries: the log may already be compacted up to the
  // newer one.
  const std::lock_guard lock(mutex_);
  const bool goes_back = SEEDED_BUG("snapshot-goes-back") && origin == Origin::kReceived;
  if (snapshot.last.id.index <= newest_ && !in_place && !goes_back) return files_.remove(temporary);
  if (!in_place) {
    if (auto status = files_.rename(temporary, target); !status) return status;
  }
  if (auto status = files_.sync_directory(directory_); !status) return status;
  newest_ = snapshot.last.id.index;
  return {};
}

}  // namespace capsize::storage
