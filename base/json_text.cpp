// Parses and prints JSON text with nlohmann/json. The only file that includes it.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json.h"

namespace capsize::base {

/// Builds a value from the parser's events.
class JsonBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit JsonBuilder(JsonSyntaxError* error) : error_(error) {}
  /// The value, or kInvalid.
  [[nodiscard]] Json result(bool parsed) {
    if (!parsed) {
      root_.clear();
      root_.type_ = Json::Type::kInvalid;
    }
    return std::move(root_);
  }

  bool null() override { return add(Json()); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }  // never occurs in text
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& key) override {
    members_.back().emplace_back(std::move(key), Json());
    return true;
  }
  bool parse_error(std::size_t byte, const std::string& token,
                   const nlohmann::json::exception& wrong) override {
    if (error_ != nullptr) *error_ = {byte, token, reason(token, wrong)};
    return false;
  }

 private:
  /// The reason without the library's own prefix and position: callers report the position.
  static std::string reason(const std::string& token, const nlohmann::json::exception& wrong) {
    constexpr int kOverflow = 406;
    if (wrong.id == kOverflow) return "found " + token + ", expected a number that fits 64 bits";
    constexpr std::size_t kShownMax = 160;
    std::string text = wrong.what();
    if (const auto begin = text.find(" - "); begin != text.npos) text.erase(0, begin + 3);
    if (text.size() > kShownMax) text.replace(kShownMax, text.npos, "...");
    return "not JSON: " + text;
  }
  bool add(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().push_back(std::move(value));
    } else {
      members_.back().back().second = std::move(value);
    }
    return true;
  }
  bool open(Json value) {
    if (open_.size() == kJsonNestingMax) {
      if (error_ != nullptr) {
        *error_ = {.what = "found nesting deeper than " + std::to_string(kJsonNestingMax) +
                           " levels, expected less",
                   .too_deep = true};
      }
      return false;
    }
    open_.push_back(std::move(value));
    members_.emplace_back();
    return true;
  }
  bool close() {
    Json done = std::move(open_.back());
    // In the order of keys each one goes to the end; in that of the text, which others wrote, an
    // object of n members could cost n² moves.
    auto& members = members_.back();
    std::stable_sort(members.begin(), members.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    for (auto& [key, value] : members) done[key] = std::move(value);
    open_.pop_back();
    members_.pop_back();
    return add(std::move(done));
  }

  JsonSyntaxError* error_;
  Json root_;
  std::vector<Json> open_;  // open arrays and objects, the innermost last
  // For each of them the members so far, if it is an object; the last one may lack its value.
  std::vector<std::vector<std::pair<std::string, Json>>> members_;
};

Json Json::parse(std::string_view text, JsonSyntaxError* error) {
  JsonBuilder builder(error);
  return builder.result(nlohmann::json::sax_parse(text, &builder));
}

Json Json::parse_with_comments(std::string_view text, JsonSyntaxError* error) {
  JsonBuilder builder(error);
  return builder.result(nlohmann::json::sax_parse(text, &builder,
                                                  nlohmann::json::input_format_t::json,
                                                  /*strict=*/true, /*ignore_comments=*/true));
}

namespace {

/// Prints a value. Strings without escapes and integers are printed here, because they are most of
/// all values; nlohmann/json prints strings with escapes and fractions.
void write_string(std::string& out, const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (plain) {
    out.append(1, '"').append(text).append(1, '"');
  } else {
    out += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }
}

template <class Integer>
void write_integer(std::string& out, Integer value) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
  out.append(digits, end);
}

class Writer {
 public:
  Writer(std::string& out, int indent) : out_(out), indent_(indent) {}

  void write(const Json& value) {
    switch (value.type()) {
      case Json::Type::kNull:
        out_ += "null";
        break;
      case Json::Type::kBoolean:
        out_ += value.get<bool>() ? "true" : "false";
        break;
      case Json::Type::kInteger:
        write_integer(out_, value.get<std::int64_t>());
        break;
      case Json::Type::kUnsigned:
        write_integer(out_, value.get<std::uint64_t>());
        break;
      case Json::Type::kDouble:
        out_ += nlohmann::json(value.get<double>()).dump();
        break;
      case Json::Type::kString:
        write_string(out_, value.text());
        break;
      case Json::Type::kArray:
        write_array(value);
        break;
      case Json::Type::kObject:
        write_object(value);
        break;
      case Json::Type::kInvalid:
        out_ += "<discarded>";  // as nlohmann/json prints it; not valid JSON
        break;
    }
  }

 private:
  void write_array(const Json& array) {
    out_ += '[';
    ++depth_;
    bool first = true;
    for (const Json& element : array) {
      next(first);
      write(element);
    }
    close(array, ']');
  }
  void write_object(const Json& object) {
    out_ += '{';
    ++depth_;
    bool first = true;
    for (const auto& [key, value] : object.items()) {
      next(first);
      write_string(out_, key);
      out_ += indent_ < 0 ? ":" : ": ";
      write(value);
    }
    close(object, '}');
  }
  void next(bool& first) {
    if (!first) out_ += ',';
    first = false;
    break_line();
  }
  void close(const Json& container, char bracket) {
    --depth_;
    if (!container.empty()) break_line();
    out_ += bracket;
  }
  void break_line() {
    if (indent_ >= 0) out_.append(1, '\n').append(depth_ * static_cast<std::size_t>(indent_), ' ');
  }

  std::string& out_;
  int indent_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string Json::dump(int indent) const {
  std::string out;
  Writer(out, indent).write(*this);
  return out;
}

}  // namespace capsize::base
