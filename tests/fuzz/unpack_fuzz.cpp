// Compressed bytes: whole, cut off and damaged, in all notations. What is unpacked in small pieces
// and in one is the same.
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "checker/history/byte_source.h"
#include "checker/history/foreign_content.h"
#include "tests/fuzz/any_history.h"

namespace {

using namespace capsize::checker;

constexpr std::size_t kUnpackedMax = std::size_t{1} << 20;

std::string unpacked(std::string_view packed, std::size_t at_a_time, bool& failed) {
  const auto source = unpack(text_source(packed));
  std::string out;
  std::string buffer(at_a_time, '\0');
  while (out.size() < kUnpackedMax) {
    const std::size_t got = source->read(buffer.data(), at_a_time);
    if (got == 0) break;
    out.append(buffer, 0, got);
  }
  failed = source->failure().has_value();
  out.resize(std::min(out.size(), kUnpackedMax));
  return out;
}

void read(std::string_view packed) {
  bool failed_small = false;
  bool failed_large = false;
  const std::string small = unpacked(packed, 61, failed_small);
  const std::string large = unpacked(packed, 1 << 16, failed_large);
  // Where damage is noticed depends on how much is asked for at a time.
  if (!failed_small && !failed_large && small != large) std::abort();
  fuzz::read_as(packed, "jsonl");
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, 1, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    std::abort();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string xz(std::string_view text) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  if (lzma_easy_buffer_encode(
          0, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
          text.size(), reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()) != LZMA_OK) {
    std::abort();
  }
  out.resize(size);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string_view text = bytes.substr(3);
  read(bytes);
  const bool is_foreign = foreign_content(text.substr(0, kForeignHeadBytes)).has_value();
  for (std::string packed : {gzip(text), zstd(text), xz(text)}) {
    bool failed = false;
    const std::string whole = unpacked(packed, 1 << 12, failed);
    if (failed != is_foreign) std::abort();
    if (!failed && whole != text.substr(0, kUnpackedMax)) std::abort();
    const std::size_t place = (data[0] * std::size_t{256} + data[1]) % packed.size();
    read(std::string_view(packed).substr(0, place));
    packed[place] = static_cast<char>(packed[place] ^ (1 + data[2] % 255));
    read(packed);
  }
  return 0;
}
