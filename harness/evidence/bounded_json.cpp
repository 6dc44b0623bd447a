#include "harness/evidence/bounded_json.h"

#include <fmt/core.h>

#include <string>
#include <utility>

namespace capsize::harness {
namespace {

constexpr std::size_t kLineBytes = 12;  // indentation, comma and line feed
constexpr std::size_t kNoteBytes = 48;  // "… (N bytes left out)" and quotes

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

std::string_view whole_characters(std::string_view text, std::size_t bytes) {
  if (bytes >= text.size()) return text;
  // A character has at most four bytes; more continuation bytes than that are not UTF-8.
  for (int i = 0; i < 3 && bytes > 0 && continues_character(text[bytes]); ++i) --bytes;
  return text.substr(0, bytes);
}

void write_lines(const base::Json& value, unsigned depth, unsigned level, std::string& text) {
  if (depth == 0 || value.empty() || (!value.is_object() && !value.is_array())) {
    text += value.dump();
    return;
  }
  bool first = true;
  const auto begin_line = [&] {
    text += first ? "\n" : ",\n";
    text.append(std::size_t{2} * (level + 1), ' ');
    first = false;
  };
  text += value.is_object() ? '{' : '[';
  for (const auto& [key, element] : value.items()) {
    begin_line();
    text += base::Json(key).dump() + ": ";
    write_lines(element, depth - 1, level + 1, text);
  }
  for (const auto* element = value.is_array() ? value.begin() : value.end(); element != value.end();
       ++element) {
    begin_line();
    write_lines(*element, depth - 1, level + 1, text);
  }
  text += '\n' + std::string(std::size_t{2} * level, ' ');
  text += value.is_object() ? '}' : ']';
}

}  // namespace

std::string in_lines(const base::Json& value, unsigned depth) {
  std::string text;
  write_lines(value, depth, 0, text);
  return text;
}

std::size_t size_in_file(const base::Json& value) {
  return value.dump().size() + kLineBytes;
}

base::Json bounded_text(std::string_view text, std::size_t bytes_max) {
  std::string_view kept = whole_characters(text, bytes_max);
  base::Json whole(kept);
  // A control character needs six bytes in JSON, so a text that is short enough may still not fit.
  while (size_in_file(whole) + (kept.size() < text.size() ? kNoteBytes : 0) > bytes_max &&
         !kept.empty()) {
    kept = whole_characters(kept, kept.size() - kept.size() / 8 - 1);
    whole = base::Json(kept);
  }
  if (kept.size() == text.size()) return whole;
  return fmt::format("{}… ({} bytes left out)", kept, text.size() - kept.size());
}

base::Json bounded_value(const base::Json& value, std::size_t bytes_max) {
  if (size_in_file(value) <= bytes_max) return value;
  return bounded_text(value.is_string() ? value.text() : value.dump(), bytes_max);
}

void BoundedList::add(base::Json element) {
  const std::size_t bytes = size_in_file(element);
  if (left_out_ > 0 || list_.size() >= elements_max_ || bytes_ + bytes > bytes_max_) {
    ++left_out_;
    return;
  }
  bytes_ += bytes;
  list_.push_back(std::move(element));
}

void BoundedList::store(base::Json& object, std::string_view key) && {
  object[key] = std::move(list_);
  if (left_out_ > 0) object[std::string(key) + "-left-out"] = left_out_;
}

}  // namespace capsize::harness
