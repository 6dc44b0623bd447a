// Json: a JSON value, behind a header that is cheap to include.
//
// Only json_text.cpp uses nlohmann/json, to parse text and to print strings with escapes and
// fractions: its header costs every file that includes it a second or more of compile time, and its
// templates as much again. This class offers what Capsize needs, without templates: every member is
// compiled once.
//
//   Json reply = {{"ok", true}, {"nodes", Json::array({"n1", "n2"})}};
//   reply["ok"].get<bool>();
//
// A braced list of pairs that begin with a string is an object, any other braced list an array; a
// list of one value is an array of one element. Objects keep their keys sorted, so that equal
// values have equal text. Concurrent reads are safe, concurrent writes are not.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace capsize::base {

/// parse() refuses deeper nesting, because values are processed recursively.
inline constexpr std::size_t kJsonNestingMax = 256;

/// A value was read as a type that it does not have. The message says what was found and expected.
class JsonTypeError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Why and where text is not valid JSON.
struct JsonSyntaxError {
  std::size_t byte = 0;   ///< position of the last byte of the unexpected token, from 1
  std::string token;      ///< that token
  std::string what;       ///< the reason, one line
  bool too_deep = false;  ///< the text may be JSON, but is nested deeper than kJsonNestingMax
};

class Json {
 public:
  enum class Type : std::uint8_t {
    kNull,
    kBoolean,
    kInteger,   // negative, or made from a signed integer
    kUnsigned,  // text such as 7 is unsigned
    kDouble,
    kString,
    kArray,
    kObject,
    kInvalid,  // the result of parse() for text that is not JSON; no other value has it
  };
  class Item;
  using List = std::initializer_list<Item>;

  Json() noexcept = default;
  Json(std::nullptr_t) noexcept {}  // NOLINT: all of these are implicit on purpose
  Json(bool value) noexcept;
  Json(int value) noexcept;
  Json(long value) noexcept;
  Json(long long value) noexcept;
  Json(unsigned value) noexcept;
  Json(unsigned long value) noexcept;
  Json(unsigned long long value) noexcept;
  Json(double value) noexcept;
  Json(const char* text);
  Json(std::string_view text);
  Json(std::string text);
  Json(const std::vector<std::string>& texts);
  Json(const std::vector<std::string_view>& texts);
  Json(const std::vector<std::size_t>& numbers);
  Json(List items);
  /// A map with string keys.
  template <class Map>
  requires requires(const Map& map) { std::string_view(map.begin()->first), map.begin()->second; }
  Json(const Map& map) : Json(object()) {
    for (const auto& [key, value] : map) (*this)[std::string_view(key)] = value;
  }

  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(Json other) noexcept;
  ~Json();

  [[nodiscard]] static Json object();
  [[nodiscard]] static Json object(List items);
  [[nodiscard]] static Json array();
  [[nodiscard]] static Json array(List items);

  /// Returns kInvalid, and stores the reason in `error` if given, for text that is not JSON or is
  /// nested deeper than kJsonNestingMax. Of duplicate keys in an object the last value counts.
  [[nodiscard]] static Json parse(std::string_view text, JsonSyntaxError* error = nullptr);
  /// The same, with // and /* */ comments.
  [[nodiscard]] static Json parse_with_comments(std::string_view text,
                                                JsonSyntaxError* error = nullptr);
  /// On one line, or with `indent` columns per level. Bytes that are not UTF-8 become U+FFFD.
  [[nodiscard]] std::string dump(int indent = -1) const;

  [[nodiscard]] Type type() const noexcept { return type_; }
  /// "null", "a number", …, for messages.
  [[nodiscard]] const char* type_name() const noexcept;
  [[nodiscard]] bool is_null() const noexcept { return type_ == Type::kNull; }
  [[nodiscard]] bool is_boolean() const noexcept { return type_ == Type::kBoolean; }
  [[nodiscard]] bool is_unsigned() const noexcept { return type_ == Type::kUnsigned; }
  [[nodiscard]] bool is_integer() const noexcept {
    return is_unsigned() || type_ == Type::kInteger;
  }
  [[nodiscard]] bool is_number() const noexcept { return is_integer() || type_ == Type::kDouble; }
  [[nodiscard]] bool is_string() const noexcept { return type_ == Type::kString; }
  [[nodiscard]] bool is_array() const noexcept { return type_ == Type::kArray; }
  [[nodiscard]] bool is_object() const noexcept { return type_ == Type::kObject; }
  [[nodiscard]] bool is_invalid() const noexcept { return type_ == Type::kInvalid; }

  /// Reads a bool, an integer, a double or a std::string. Throws JsonTypeError if the value has
  /// another type, or is a number that does not fit.
  template <class T>
  [[nodiscard]] T get() const;
  /// The string. Throws JsonTypeError if the value is not a string.
  [[nodiscard]] const std::string& text() const;

  // Arrays and objects. Null reads as empty, and becomes an array or object when written to.

  [[nodiscard]] std::size_t size() const noexcept;
  [[nodiscard]] bool empty() const noexcept { return size() == 0; }
  /// The elements of an array, or the values of an object in the order of their keys. Empty for any
  /// other type.
  [[nodiscard]] const Json* begin() const noexcept;
  [[nodiscard]] const Json* end() const noexcept { return begin() + size(); }
  [[nodiscard]] Json* begin() noexcept;
  [[nodiscard]] Json* end() noexcept { return begin() + size(); }
  [[nodiscard]] const Json& front() const { return (*this)[std::size_t{0}]; }
  [[nodiscard]] const Json& back() const { return (*this)[size() - 1]; }
  /// end() if the key is missing or this is not an object.
  [[nodiscard]] const Json* find(std::string_view key) const noexcept;
  [[nodiscard]] bool contains(std::string_view key) const noexcept { return find(key) != end(); }
  /// The value of a key; null if it is missing. Throws JsonTypeError unless this is an object or
  /// null.
  [[nodiscard]] const Json& operator[](std::string_view key) const;
  Json& operator[](std::string_view key);
  [[nodiscard]] const Json& operator[](const char* key) const;
  Json& operator[](const char* key);
  /// Throws JsonTypeError unless this is an object that has the key.
  [[nodiscard]] const Json& at(std::string_view key) const;
  /// Throws JsonTypeError unless this is an array that has such an element.
  [[nodiscard]] const Json& operator[](std::size_t index) const;
  Json& operator[](std::size_t index);
  [[nodiscard]] const Json& operator[](int index) const;
  Json& operator[](int index);
  /// The value of a key, or `otherwise` if the key is missing. Throws JsonTypeError if this is not
  /// an object or the value has another type.
  template <class T>
  [[nodiscard]] T value(std::string_view key, T otherwise) const {
    const Json* found = member(key);
    return found == nullptr ? std::move(otherwise) : found->get<T>();
  }
  [[nodiscard]] std::string value(std::string_view key, const char* otherwise) const;
  /// Reads 64 bits, so that a plain 0 as the default does not limit the value to int.
  [[nodiscard]] std::int64_t value(std::string_view key, int otherwise) const;

  void push_back(Json element);
  void erase(std::string_view key);
  /// Throws JsonTypeError unless this is an array that has such an element.
  void erase(std::size_t index);
  /// Copies all keys of another object.
  void update(const Json& other);
  /// RFC 7396: objects are merged, null removes.
  void merge_patch(const Json& patch);

  struct Member {
    const std::string& key;
    const Json& value;
  };
  class Members;
  /// For loops over an object: for (const auto& [key, value] : json.items()). Empty for any other
  /// type.
  [[nodiscard]] Members items() const noexcept;

  /// Compares numbers by value, independent of their type.
  friend bool operator==(const Json& left, const Json& right);
  /// By type, in the order of Type with all numbers as one type, then by value.
  friend std::weak_ordering operator<=>(const Json& left, const Json& right);

 private:
  struct Object;
  using Array = std::vector<Json>;
  friend class JsonBuilder;

  void clear() noexcept;
  [[nodiscard]] const Json* member(std::string_view key) const;  // null if it is missing
  [[noreturn]] void fail(const char* expected) const;

  union {
    bool boolean_;
    std::int64_t integer_;
    std::uint64_t unsigned_ = 0;
    double double_;
    std::string* string_;
    Array* array_;
    Object* object_;
  };
  Type type_ = Type::kNull;
};

/// An element of a braced list; allows moving values out of the list instead of copying them.
class Json::Item {
 public:
  template <class T>
  requires std::is_constructible_v<Json, T&&> Item(T&& value)
      : value_(static_cast<T&&>(value)) {}  // NOLINT: implicit on purpose
  Item(List items) : value_(items) {}       // NOLINT: implicit on purpose

 private:
  friend class Json;
  mutable Json value_;
};

class Json::Members {
 public:
  class Iterator {
   public:
    Iterator(const std::string* key, const Json* value) : key_(key), value_(value) {}
    Member operator*() const { return {*key_, *value_}; }
    Iterator& operator++() {
      ++key_;
      ++value_;
      return *this;
    }
    friend bool operator==(const Iterator&, const Iterator&) = default;

   private:
    const std::string* key_;
    const Json* value_;
  };
  Members(const std::string* keys, const Json* values, std::size_t size)
      : keys_(keys), values_(values), size_(size) {}
  [[nodiscard]] Iterator begin() const { return {keys_, values_}; }
  [[nodiscard]] Iterator end() const { return {keys_ + size_, values_ + size_}; }

 private:
  const std::string* keys_;
  const Json* values_;
  std::size_t size_;
};

template <>
bool Json::get<bool>() const;
template <>
int Json::get<int>() const;
template <>
unsigned Json::get<unsigned>() const;
template <>
std::int64_t Json::get<std::int64_t>() const;
template <>
std::uint64_t Json::get<std::uint64_t>() const;
template <>
double Json::get<double>() const;
template <>
std::string Json::get<std::string>() const;
template <>
Json Json::get<Json>() const;

/// The position of a value in a document, as a JSON pointer (RFC 6901).
class JsonPlace {
 public:
  JsonPlace() = default;
  explicit JsonPlace(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}
  [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
  /// "/phases/0/faults"; the whole document is "".
  [[nodiscard]] std::string to_string() const;
  friend JsonPlace operator/(JsonPlace place, std::string_view token);
  friend JsonPlace operator/(JsonPlace place, std::size_t index);
  friend JsonPlace operator/(JsonPlace place, const JsonPlace& further);
  friend bool operator==(const JsonPlace&, const JsonPlace&) = default;

 private:
  std::vector<std::string> tokens_;
};

}  // namespace capsize::base
