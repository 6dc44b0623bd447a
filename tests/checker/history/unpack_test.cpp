// Compressed histories are read as what they unpack to, and never take more memory for it.
#include "checker/history/byte_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "checker/check/check.h"
#include "checker/history/line_reader.h"

namespace capsize::checker {
namespace {

using ::testing::HasSubstr;

std::string gzip(std::string_view text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string xz(std::string_view text, std::uint32_t preset = 1) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(preset, LZMA_CHECK_CRC64, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

std::string xz_with_dictionary(std::string_view text, std::uint32_t bytes) {
  lzma_options_lzma options{};
  EXPECT_FALSE(lzma_lzma_preset(&options, 0));
  options.dict_size = bytes;
  lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(
      lzma_stream_buffer_encode(filters, LZMA_CHECK_CRC32, nullptr,
                                reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
      LZMA_OK);
  out.resize(size);
  return out;
}

std::string history_of(int operations) {
  std::string text;
  for (int i = 0; i < operations; ++i) {
    const std::string rest =
        ",\"f\":\"write\",\"key\":\"x\",\"value\":" + std::to_string(i) + "}\n";
    text += "{\"process\":1,\"type\":\"invoke\"" + rest + "{\"process\":1,\"type\":\"ok\"" + rest;
  }
  return text;
}

std::string read_all(const std::string& packed, std::size_t at_a_time) {
  const auto source = unpack(text_source(packed));
  std::string out;
  std::string buffer(at_a_time, '\0');
  for (std::size_t got = source->read(buffer.data(), at_a_time); got > 0;
       got = source->read(buffer.data(), at_a_time)) {
    out.append(buffer, 0, got);
  }
  EXPECT_EQ(source->failure(), std::nullopt);
  EXPECT_FALSE(source->cut_off());
  return out;
}

TEST(Unpack, AllNotations_GiveTheSameBytes) {
  const std::string text = history_of(5000);
  for (const std::size_t at_a_time : {1u, 7u, 100'000u}) {
    for (const std::string& packed : {text, gzip(text), zstd(text), xz(text)}) {
      ASSERT_EQ(read_all(packed, at_a_time), text);
    }
  }
  EXPECT_EQ(read_all("", 10), "");
  EXPECT_EQ(read_all("\x1f", 10), "\x1f") << "shorter than what tells";
  EXPECT_EQ(read_all(gzip(""), 10), "");
  EXPECT_EQ(read_all(zstd(""), 10), "");
  EXPECT_EQ(read_all(xz(""), 10), "");
}

TEST(Unpack, SeveralMembers_AreOneFile) {
  EXPECT_EQ(read_all(gzip("one\n") + gzip("") + gzip("two\n"), 3), "one\ntwo\n");
  EXPECT_EQ(read_all(zstd("one\n") + zstd("") + zstd("two\n"), 3), "one\ntwo\n");
  EXPECT_EQ(read_all(xz("one\n") + xz("") + xz("two\n"), 3), "one\ntwo\n");
}

TEST(Unpack, CompressedHistory_IsJudgedLikeThePlainOne) {
  const std::string text = history_of(100);
  for (const std::string& packed : {gzip(text), zstd(text), xz(text)}) {
    const LoadResult loaded = load_history_text(packed);
    ASSERT_TRUE(std::holds_alternative<History>(loaded));
    EXPECT_EQ(std::get<History>(loaded).counts.ok, 100u);
    EXPECT_FALSE(std::get<History>(loaded).cut_off);
  }
}

TEST(Unpack, FileCutOff_IsReadUpToThere) {
  const std::string text = history_of(20'000);
  for (const std::string& packed : {gzip(text), zstd(text), xz(text)}) {
    const LoadResult loaded =
        load_history_text(std::string_view(packed).substr(0, packed.size() / 2));
    ASSERT_TRUE(std::holds_alternative<History>(loaded));
    EXPECT_TRUE(std::get<History>(loaded).cut_off);
    EXPECT_LT(std::get<History>(loaded).counts.ok, 20'000u);
  }
}

TEST(Unpack, DamagedData_NamesTheByte) {
  const std::string text = history_of(1000);
  for (std::string packed : {gzip(text), zstd(text), xz(text)}) {
    for (std::size_t i = packed.size() / 2; i < packed.size() / 2 + 8; ++i) packed[i] ^= 0x55;
    const LoadResult loaded = load_history_text(packed, {}, "h");
    ASSERT_TRUE(std::holds_alternative<Malformed>(loaded));
    EXPECT_THAT(std::get<Malformed>(loaded).message(), HasSubstr("data at byte"));
  }
}

TEST(Unpack, Bomb_EndsAtTheBoundOfMemory) {
  const std::string text = history_of(300'000);
  for (const std::string& packed : {gzip(text), zstd(text), xz(text)}) {
    ASSERT_LT(packed.size(), text.size() / 10);
    const LoadResult loaded = load_history_text(packed, {.memory_limit_bytes = 8 << 20});
    ASSERT_TRUE(std::holds_alternative<LimitReached>(loaded));
    EXPECT_THAT(std::get<LimitReached>(loaded).reason, HasSubstr("memory bound"));
  }
}

TEST(Unpack, DictionaryThatTakesTooMuchMemory_IsRefused) {
  constexpr std::uint32_t kMiB = 1 << 20;
  EXPECT_EQ(read_all(xz_with_dictionary("small\n", 64 * kMiB), 10), "small\n") << "as xz -9 does";
  const LoadResult loaded = load_history_text(xz_with_dictionary("small\n", 512 * kMiB), {}, "h");
  ASSERT_TRUE(std::holds_alternative<Malformed>(loaded));
  EXPECT_THAT(std::get<Malformed>(loaded).message(), HasSubstr("129 MiB of memory"));
}

TEST(Unpack, BombOfOneLine_EndsAtTheLongestLine) {
  const std::string packed = zstd(std::string(LineReader::kLineBytesMax + 5'000'000, 'x'));
  const LoadResult loaded = load_history_text(packed, {.reading = {.format = "jsonl"}}, "h");
  ASSERT_TRUE(std::holds_alternative<Malformed>(loaded));
  EXPECT_THAT(std::get<Malformed>(loaded).message(), HasSubstr("a line that continues"));
}

}  // namespace
}  // namespace capsize::checker
