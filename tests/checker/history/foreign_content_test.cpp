// Files that cannot hold a history are refused by name, with the next step, and none of their bytes
// are shown.
#include "checker/history/foreign_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "checker/check/check.h"

namespace capsize::checker {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

std::string message_of(const std::string& content, const std::string& format = {}) {
  const LoadResult loaded = load_history_text(content, {.reading = {.format = format}}, "h");
  const auto* malformed = std::get_if<Malformed>(&loaded);
  return malformed == nullptr ? "(read)" : malformed->message();
}

std::string in_utf16(std::string_view text, bool big) {
  std::string out;
  for (const char c : text) out += big ? "\0"s + c : c + "\0"s;
  return out;
}

std::string tar_archive() {
  std::string header(1024, '\0');
  header.replace(0, 12, "run/hist.edn");
  header.replace(257, 5, "ustar");
  return header;
}

std::string gzip_of(std::string text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(text.data());
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(ForeignContent, FilesThatPeopleGive_AreNamed) {
  const std::string event = R"({"process":1,"type":"invoke","f":"read"})";
  const std::pair<std::string, const char*> files[] = {
      {"PK\x03\x04\x14\0\0\0"s, "found a zip archive"},
      {"BZh91AY&SY\x12\x34"s, "bzip2 -dc"},
      {"7z\xbc\xaf\x27\x1c\0\x04"s, "found a 7z archive"},
      {tar_archive(), "tar -xOf"},
      {gzip_of(tar_archive()), "tar -xOf"},
      {"JEPSEN\0\0\0\x01\0\0\0\0"s, "expected its history as text: history.edn"},
      {"SQLite format 3\0\x10"s, "found a SQLite database"},
      {"PAR1\x15\x04\x15"s, "found a Parquet file"},
      {"\n<!DOCTYPE html>\n<html>"s, "found an HTML"},
      {"w(1,2,3,4)\nr(1,2,3,5)\n"s, "found a history of transactions"},
      {"\x02\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0"s, "found binary data"},
      {"\xff\xfe"s + in_utf16(event, false), "found UTF-16 text"},
      {"\xfe\xff"s + in_utf16(event, true), "iconv -f UTF-16 "},
      {in_utf16(event, false), "iconv -f UTF-16LE"},
      {in_utf16(event, true), "iconv -f UTF-16BE"},
  };
  for (const auto& [content, expected] : files) {
    for (const char* format : {"", "jsonl", "csv"}) {
      EXPECT_THAT(message_of(content, format), HasSubstr(expected));
      EXPECT_THAT(message_of(content, format), Not(HasSubstr("\\x")));
    }
  }
}

TEST(ForeignContent, Histories_AreNotForeign) {
  for (const char* head : {"", "{", "[{\"process\":0", "process,f,start,end\n", "w,f,start\n",
                           "{:process 0", "INFO  jepsen.util - 0\t:invoke\t:read\tnil",
                           "read(1,2,3)\n", "JEPSEN log", "BZ,f,start"}) {
    EXPECT_EQ(foreign_content(head), std::nullopt) << head;
  }
}

TEST(ForeignContent, UnknownBytes_AreNotShown) {
  EXPECT_THAT(message_of("\x9c\x9d\x9e some bytes of an unknown program\n"),
              HasSubstr("h:1:1: found bytes that are no text, expected the first line of"));
  EXPECT_THAT(message_of("some words\n"), HasSubstr("found \"some words\", expected"));
}

class Directory : public ::testing::Test {
 protected:
  Directory() { std::filesystem::create_directories(path_); }
  ~Directory() override { std::filesystem::remove_all(path_); }
  void put(const char* name) const { std::ofstream(path_ / name) << "x"; }
  std::string message() const { return check_file(path_).reason; }

  std::filesystem::path path_ = ::testing::TempDir() + "capsize-directory-test";
};

TEST_F(Directory, InsteadOfAFile_NamesAHistoryInIt) {
  EXPECT_EQ(message(), path_.string() + ": found a directory, expected a history");
  put("test.jepsen");
  put("results.edn");
  EXPECT_THAT(message(), HasSubstr("such as " + (path_ / "results.edn").string()));
  put("history.jsonl.gz");
  put("history.txt");
  EXPECT_THAT(message(), HasSubstr("such as " + (path_ / "history.jsonl.gz").string()));
  put("history.edn");
  EXPECT_THAT(message(), HasSubstr("such as " + (path_ / "history.edn").string()));
}

}  // namespace
}  // namespace capsize::checker
