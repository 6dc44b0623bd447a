#include "node/storage/sync_mark.h"

#include "base/crc32c.h"
#include "node/wire/little_endian.h"

namespace capsize::storage {
namespace {

constexpr std::string_view kMarkMagic = "CAPSZSYN";
constexpr std::uint32_t kMarkVersion = 1;
constexpr std::size_t kMarkChecksumOffset = kSyncMarkSlotBytes - 4;

struct Slot {
  std::uint64_t sequence = 0;
  SyncMark mark;
};

std::string encode_slot(const Slot& slot) {
  std::string out;
  out.reserve(kSyncMarkSlotBytes);
  out += kMarkMagic;
  wire::append(out, kMarkVersion);
  wire::append(out, slot.mark.checksum);
  wire::append(out, slot.sequence);
  wire::append(out, slot.mark.segment);
  wire::append(out, slot.mark.offset);
  wire::append(out, slot.mark.last.term.value());
  wire::append(out, slot.mark.last.index.value());
  wire::append(out, slot.mark.term.value());
  wire::append(out, slot.mark.lost.value());
  wire::append(out, std::uint32_t{0});
  wire::append(out, base::crc32c(out));
  return out;
}

std::optional<Slot> decode_slot(std::string_view file, std::size_t offset) {
  if (file.size() < offset + kSyncMarkSlotBytes) return std::nullopt;
  const std::string_view bytes = file.substr(offset, kSyncMarkSlotBytes);
  wire::Reader in(bytes);
  const bool magic = in.bytes(kMarkMagic.size()) == kMarkMagic;
  const auto version = in.number<std::uint32_t>();
  Slot slot;
  slot.mark.checksum = in.number<std::uint32_t>();
  slot.sequence = in.number<std::uint64_t>();
  slot.mark.segment = in.number<std::uint64_t>();
  slot.mark.offset = in.number<std::uint64_t>();
  slot.mark.last.term = raft::Term(in.number<std::uint64_t>());
  slot.mark.last.index = raft::Index(in.number<std::uint64_t>());
  slot.mark.term = raft::Term(in.number<std::uint64_t>());
  slot.mark.lost = raft::Index(in.number<std::uint64_t>());
  const auto zero = in.number<std::uint32_t>();
  const auto checksum = in.number<std::uint32_t>();
  const bool right = checksum == base::crc32c(bytes.substr(0, kMarkChecksumOffset));
  if (!magic || version != kMarkVersion || zero != 0 || !right) return std::nullopt;
  return slot;
}

}  // namespace

std::string encode_sync_marks(const SyncMark& mark) {
  std::string file = encode_slot({1, mark});
  file.resize(kSyncMarkSlotOffset, '\0');
  file += encode_slot({2, mark});
  file.resize(kSyncMarkFileBytes, '\0');
  return file;
}

std::optional<SyncMark> decode_sync_marks(std::string_view bytes) {
  const auto first = decode_slot(bytes, 0);
  const auto second = decode_slot(bytes, kSyncMarkSlotOffset);
  if (first && (!second || first->sequence > second->sequence)) return first->mark;
  if (second) return second->mark;
  return std::nullopt;
}

std::variant<std::optional<SyncMark>, CorruptLog, IoFailure> read_sync_mark(
    FileSystem& files, const std::string& directory) {
  const std::string path = directory + "/" + kSyncMarkFile;
  const auto bytes = files.read(path, kSyncMarkFileBytes);
  if (!bytes) return IoFailure{bytes.error().message};
  if (!bytes.value()) return std::optional<SyncMark>();
  auto mark = decode_sync_marks(*bytes.value());
  if (!mark) {
    return CorruptLog{path, 0, "found two bad slots, expected at least one valid slot"};
  }
  return mark;
}

base::Result<SyncMarkWriter> SyncMarkWriter::create(FileSystem& files, const std::string& directory,
                                                    const SyncMark& mark) {
  const auto status = write_atomically(files, directory, kSyncMarkFile, encode_sync_marks(mark));
  if (!status) return status.error();
  auto file = files.open_fixed(directory + "/" + kSyncMarkFile);
  if (!file) return file.error();
  return SyncMarkWriter(std::move(file).value());
}

base::Status SyncMarkWriter::write(const SyncMark& mark) {
  ++sequence_;
  unsynced_ = true;
  // Odd sequences use the first slot, even ones the second, so the newest slot is never
  // overwritten: a write torn by a power loss costs the new mark, and the other slot still holds
  // the previous one.
  const std::uint64_t offset = sequence_ % 2 == 1 ? 0 : kSyncMarkSlotOffset;
  return file_->overwrite(offset, encode_slot({sequence_, mark}));
}

base::Status SyncMarkWriter::sync() {
  if (!unsynced_) return {};
  unsynced_ = false;
  return file_->sync();
}

}  // namespace capsize::storage
