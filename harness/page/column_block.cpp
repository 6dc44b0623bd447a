#include "harness/page/column_block.h"

#include <zlib.h>

#include <array>
#include <bit>

#include "base/base64.h"
#include "base/check.h"

namespace capsize::harness {
namespace {

static_assert(std::endian::native == std::endian::little,
              "columns are written as they are in memory, and pages read little endian");

constexpr std::size_t kAlignment = 8;  // of a column: a typed array may begin at any multiple
constexpr int kGzipWindow = 15 + 16;   // zlib's largest window, with a gzip header

template <class T>
std::string_view bytes_of(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

}  // namespace

std::string gzip_base64(std::string_view bytes) {
  z_stream stream{};
  const int began = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow,
                                 MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  if (began != Z_OK) throw std::bad_alloc();
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  // zlib takes at most 4 GiB at a time, and a page has far less.
  CHECK(bytes.size() < UINT32_MAX && packed.size() < UINT32_MAX, "a block of a page is small");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int done = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  CHECK(done == Z_STREAM_END, "the output has room for everything");
  return base::to_base64(packed);
}

void ColumnBlock::add(std::string_view name, std::span<const std::uint8_t> values) {
  add(name, "u8", bytes_of(values), values.size());
}

void ColumnBlock::add(std::string_view name, std::span<const std::uint32_t> values) {
  add(name, "u32", bytes_of(values), values.size());
}

void ColumnBlock::add(std::string_view name, std::span<const float> values) {
  add(name, "f32", bytes_of(values), values.size());
}

void ColumnBlock::add_text(std::string_view name, std::string_view text) {
  add(name, "u8", text, text.size());
}

void ColumnBlock::add(std::string_view name, const char* type, std::string_view bytes,
                      std::size_t length) {
  bytes_.resize((bytes_.size() + kAlignment - 1) / kAlignment * kAlignment);
  columns_[name] = {{"type", type}, {"offset", bytes_.size()}, {"length", length}};
  bytes_ += bytes;
}

base::Json ColumnBlock::directory() const {
  return {{"bytes", bytes_.size()}, {"columns", columns_}};
}

}  // namespace capsize::harness
