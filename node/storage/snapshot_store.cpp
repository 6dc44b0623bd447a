#include "node/storage/snapshot_store.h"

#include "node/base/crc32c.h"
#include "node/wire/little_endian.h"

namespace capsize::storage {
namespace {

using wire::append;

constexpr std::string_view kMagic = "CAPSZSNP";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderChecksumOffset = 52;

std::string encode_header(const raft::Snapshot& snapshot) {
  std::string out(kMagic);
  append(out, kVersion);
  append(out, base::crc32c(*snapshot.state));
  append(out, snapshot.last.id.term.value());
  append(out, snapshot.last.id.index.value());
  append(out, snapshot.last.hash);
  append(out, std::uint64_t{snapshot.state->size()});
  append(out, std::uint32_t{0});
  append(out, base::crc32c(out));
  return out;
}

}  // namespace

std::variant<raft::Snapshot, CorruptLog> decode_snapshot(std::string_view bytes,
                                                         const std::string& path) {
  const std::string_view header = bytes.substr(0, std::min(bytes.size(), kSnapshotHeaderBytes));
  wire::Reader in(header);
  const bool magic = in.bytes(kMagic.size()) == kMagic;
  const auto version = in.number<std::uint32_t>();
  const auto checksum = in.number<std::uint32_t>();
  raft::Snapshot snapshot;
  snapshot.last.id.term = raft::Term(in.number<std::uint64_t>());
  snapshot.last.id.index = raft::Index(in.number<std::uint64_t>());
  snapshot.last.hash = in.number<std::uint64_t>();
  const auto size = in.number<std::uint64_t>();
  const auto zero = in.number<std::uint32_t>();
  const auto header_checksum = in.number<std::uint32_t>();
  if (!in.finished() || !magic || version != kVersion || zero != 0 ||
      header_checksum != base::crc32c(header.substr(0, kHeaderChecksumOffset))) {
    return CorruptLog{path, 0, "not the header of a snapshot of version 1"};
  }
  const std::string_view content = bytes.substr(kSnapshotHeaderBytes);
  if (content.size() != size) {
    return CorruptLog{
        path, kSnapshotHeaderBytes,
        std::to_string(content.size()) + " bytes of content, not " + std::to_string(size)};
  }
  if (base::crc32c(content) != checksum) {
    return CorruptLog{path, kSnapshotHeaderBytes, "content that does not match its checksum"};
  }
  snapshot.state = std::make_shared<const std::string>(content);
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

base::Status write_snapshot(FileSystem& files, const std::string& directory,
                            const raft::Snapshot& snapshot) {
  return write_atomically(files, directory, kSnapshotFile,
                          encode_header(snapshot) + *snapshot.state);
}

}  // namespace capsize::storage
