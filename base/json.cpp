#include "base/json.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace capsize::base {

/// Keys and values in separate arrays: loops over values are loops over an array, and a search
/// touches keys only. Sorted by key; objects are small, so an insertion in the middle is cheap.
struct Json::Object {
  std::vector<std::string> keys;
  std::vector<Json> values;

  [[nodiscard]] std::size_t lower_bound(std::string_view key) const {
    return static_cast<std::size_t>(std::lower_bound(keys.begin(), keys.end(), key) - keys.begin());
  }
  [[nodiscard]] const Json* find(std::string_view key) const {
    const std::size_t at = lower_bound(key);
    return at < keys.size() && keys[at] == key ? &values[at] : nullptr;
  }
  Json& at_or_new(std::string_view key) {
    const std::size_t at = lower_bound(key);
    if (at == keys.size() || keys[at] != key) {
      keys.emplace(keys.begin() + static_cast<std::ptrdiff_t>(at), key);
      values.emplace(values.begin() + static_cast<std::ptrdiff_t>(at));
    }
    return values[at];
  }
  void erase(std::string_view key) {
    const std::size_t at = lower_bound(key);
    if (at == keys.size() || keys[at] != key) return;
    keys.erase(keys.begin() + static_cast<std::ptrdiff_t>(at));
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(at));
  }
};

namespace {

const Json kNullJson{};

}  // namespace

Json::Json(bool value) noexcept : boolean_(value), type_(Type::kBoolean) {}
Json::Json(int value) noexcept : Json(static_cast<long long>(value)) {}
Json::Json(long value) noexcept : Json(static_cast<long long>(value)) {}
Json::Json(long long value) noexcept : integer_(value), type_(Type::kInteger) {}
Json::Json(unsigned value) noexcept : Json(static_cast<unsigned long long>(value)) {}
Json::Json(unsigned long value) noexcept : Json(static_cast<unsigned long long>(value)) {}
Json::Json(unsigned long long value) noexcept : unsigned_(value), type_(Type::kUnsigned) {}
Json::Json(double value) noexcept : double_(value), type_(Type::kDouble) {}
Json::Json(const char* text) : Json(std::string(text)) {}
Json::Json(std::string_view text) : Json(std::string(text)) {}
Json::Json(std::string text) : string_(new std::string(std::move(text))), type_(Type::kString) {}

Json::Json(const std::vector<std::string>& texts) : Json(array()) {
  array_->assign(texts.begin(), texts.end());
}

Json::Json(const std::vector<std::string_view>& texts) : Json(array()) {
  array_->assign(texts.begin(), texts.end());
}

Json::Json(const std::vector<std::size_t>& numbers) : Json(array()) {
  array_->assign(numbers.begin(), numbers.end());
}

Json::Json(List items) : Json() {
  const bool pairs = std::all_of(items.begin(), items.end(), [](const Item& item) {
    return item.value_.is_array() && item.value_.size() == 2 && item.value_[0].is_string();
  });
  *this = pairs ? object(items) : array(items);
}

Json::Json(const Json& other) : unsigned_(other.unsigned_), type_(other.type_) {
  if (type_ == Type::kString) string_ = new std::string(*other.string_);
  if (type_ == Type::kArray) array_ = new Array(*other.array_);
  if (type_ == Type::kObject) object_ = new Object(*other.object_);
}

Json::Json(Json&& other) noexcept
    : unsigned_(other.unsigned_), type_(std::exchange(other.type_, Type::kNull)) {}

Json& Json::operator=(Json other) noexcept {
  std::swap(unsigned_, other.unsigned_);
  std::swap(type_, other.type_);
  return *this;
}

Json::~Json() {
  clear();
}

void Json::clear() noexcept {
  if (type_ == Type::kString) delete string_;
  if (type_ == Type::kArray) delete array_;
  if (type_ == Type::kObject) delete object_;
  type_ = Type::kNull;
}

Json Json::object() {
  Json made;
  made.object_ = new Object;
  made.type_ = Type::kObject;
  return made;
}

Json Json::object(List items) {
  Json made = object();
  for (const Item& item : items) {
    if (!item.value_.is_array() || item.value_.size() != 2) item.value_.fail("a key and a value");
    Array& pair = *item.value_.array_;
    made.object_->at_or_new(pair[0].text()) = std::move(pair[1]);
  }
  return made;
}

Json Json::array() {
  Json made;
  made.array_ = new Array;
  made.type_ = Type::kArray;
  return made;
}

Json Json::array(List items) {
  Json made = array();
  made.array_->reserve(items.size());
  for (const Item& item : items) made.array_->push_back(std::move(item.value_));
  return made;
}

const char* Json::type_name() const noexcept {
  switch (type_) {
    case Type::kNull:
      return "null";
    case Type::kBoolean:
      return "a boolean";
    case Type::kInteger:
    case Type::kUnsigned:
    case Type::kDouble:
      return "a number";
    case Type::kString:
      return "a string";
    case Type::kArray:
      return "an array";
    case Type::kObject:
      return "an object";
    case Type::kInvalid:
      break;
  }
  return "text that is not JSON";
}

void Json::fail(const char* expected) const {
  std::string found = is_invalid() ? type_name() : dump();
  constexpr std::size_t kShownMax = 64;
  if (found.size() > kShownMax) found = type_name();
  throw JsonTypeError("found " + found + ", expected " + expected);
}

template <>
bool Json::get<bool>() const {
  if (type_ != Type::kBoolean) fail("true or false");
  return boolean_;
}

template <>
std::int64_t Json::get<std::int64_t>() const {
  if (type_ == Type::kInteger) return integer_;
  if (type_ != Type::kUnsigned || !std::in_range<std::int64_t>(unsigned_)) {
    fail("a whole number of 64 bits");
  }
  return static_cast<std::int64_t>(unsigned_);
}

template <>
std::uint64_t Json::get<std::uint64_t>() const {
  if (type_ == Type::kUnsigned) return unsigned_;
  if (type_ != Type::kInteger || integer_ < 0) fail("a non-negative integer");
  return static_cast<std::uint64_t>(integer_);
}

template <>
int Json::get<int>() const {
  const auto wide = get<std::int64_t>();
  if (!std::in_range<int>(wide)) fail("a whole number of 32 bits");
  return static_cast<int>(wide);
}

template <>
unsigned Json::get<unsigned>() const {
  const auto wide = get<std::uint64_t>();
  if (!std::in_range<unsigned>(wide)) fail("a whole number of 32 bits, from 0 on");
  return static_cast<unsigned>(wide);
}

template <>
double Json::get<double>() const {
  if (type_ == Type::kDouble) return double_;
  if (type_ == Type::kUnsigned) return static_cast<double>(unsigned_);
  if (type_ != Type::kInteger) fail("a number");
  return static_cast<double>(integer_);
}

template <>
std::string Json::get<std::string>() const {
  return text();
}

template <>
Json Json::get<Json>() const {
  return *this;
}

const std::string& Json::text() const {
  if (type_ != Type::kString) fail("a string");
  return *string_;
}

std::size_t Json::size() const noexcept {
  if (type_ == Type::kArray) return array_->size();
  if (type_ == Type::kObject) return object_->values.size();
  return 0;
}

const Json* Json::begin() const noexcept {
  if (type_ == Type::kArray) return array_->data();
  if (type_ == Type::kObject) return object_->values.data();
  return nullptr;
}

Json* Json::begin() noexcept {
  return const_cast<Json*>(
      std::as_const(*this).begin());  // the elements are not const, as this is not
}

Json::Members Json::items() const noexcept {
  if (type_ != Type::kObject) return {nullptr, nullptr, 0};
  return {object_->keys.data(), object_->values.data(), object_->keys.size()};
}

const Json* Json::find(std::string_view key) const noexcept {
  const Json* found = type_ == Type::kObject ? object_->find(key) : nullptr;
  return found == nullptr ? end() : found;
}

const Json* Json::member(std::string_view key) const {
  if (type_ == Type::kNull) return nullptr;
  if (type_ != Type::kObject) fail("an object");
  return object_->find(key);
}

const Json& Json::operator[](std::string_view key) const {
  const Json* found = member(key);
  return found == nullptr ? kNullJson : *found;
}

Json& Json::operator[](std::string_view key) {
  if (type_ == Type::kNull) *this = object();
  if (type_ != Type::kObject) fail("an object");
  return object_->at_or_new(key);
}

const Json& Json::operator[](const char* key) const {
  return (*this)[std::string_view(key)];
}
Json& Json::operator[](const char* key) {
  return (*this)[std::string_view(key)];
}

const Json& Json::at(std::string_view key) const {
  const Json* found = member(key);
  if (found == nullptr) fail(("an object with the key " + std::string(key)).c_str());
  return *found;
}

std::string Json::value(std::string_view key, const char* otherwise) const {
  return value(key, std::string(otherwise));
}

std::int64_t Json::value(std::string_view key, int otherwise) const {
  return value(key, std::int64_t{otherwise});
}

const Json& Json::operator[](std::size_t index) const {
  if (type_ != Type::kArray || index >= array_->size()) fail("an array with more elements");
  return (*array_)[index];
}

Json& Json::operator[](std::size_t index) {
  return const_cast<Json&>(std::as_const(*this)[index]);  // the array is not const, as this is not
}

const Json& Json::operator[](int index) const {
  return (*this)[static_cast<std::size_t>(index)];
}
Json& Json::operator[](int index) {
  return (*this)[static_cast<std::size_t>(index)];
}

void Json::push_back(Json element) {
  if (type_ == Type::kNull) *this = array();
  if (type_ != Type::kArray) fail("an array");
  array_->push_back(std::move(element));
}

void Json::erase(std::string_view key) {
  if (type_ == Type::kObject) object_->erase(key);
}

void Json::erase(std::size_t index) {
  (void)(*this)[index];
  array_->erase(array_->begin() + static_cast<std::ptrdiff_t>(index));
}

void Json::update(const Json& other) {
  for (const auto& [key, value] : other.items()) (*this)[key] = value;
}

void Json::merge_patch(const Json& patch) {
  if (!patch.is_object()) {
    *this = patch;
    return;
  }
  if (!is_object()) *this = object();
  for (const auto& [key, value] : patch.items()) {
    if (value.is_null()) {
      erase(key);
    } else {
      (*this)[key].merge_patch(value);
    }
  }
}

namespace {

std::weak_ordering compare_numbers(const Json& left, const Json& right) {
  const auto negative = [](const Json& number) {
    return number.type() == Json::Type::kInteger && number.get<std::int64_t>() < 0;
  };
  if (left.is_integer() && right.is_integer()) {
    if (negative(left) && negative(right)) {
      return left.get<std::int64_t>() <=> right.get<std::int64_t>();
    }
    if (negative(left) != negative(right)) {
      return negative(left) ? std::weak_ordering::less : std::weak_ordering::greater;
    }
    return left.get<std::uint64_t>() <=> right.get<std::uint64_t>();
  }
  // JSON has no NaN, so any two numbers are comparable.
  const double a = left.get<double>();
  const double b = right.get<double>();
  if (a == b) return std::weak_ordering::equivalent;
  return a < b ? std::weak_ordering::less : std::weak_ordering::greater;
}

}  // namespace

std::weak_ordering operator<=>(const Json& left, const Json& right) {
  if (left.is_number() && right.is_number()) return compare_numbers(left, right);
  if (left.type_ != right.type_) return left.type_ <=> right.type_;
  switch (left.type_) {
    case Json::Type::kBoolean:
      return left.boolean_ <=> right.boolean_;
    case Json::Type::kString:
      return *left.string_ <=> *right.string_;
    case Json::Type::kArray:
      return *left.array_ <=> *right.array_;
    case Json::Type::kObject: {
      const auto keys = left.object_->keys <=> right.object_->keys;
      if (keys != 0) return keys;
      return left.object_->values <=> right.object_->values;
    }
    default:
      return std::weak_ordering::equivalent;
  }
}

bool operator==(const Json& left, const Json& right) {
  return (left <=> right) == 0;
}

std::string JsonPlace::to_string() const {
  std::string pointer;
  for (const std::string& token : tokens_) {
    pointer += '/';
    for (const char c : token) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

JsonPlace operator/(JsonPlace place, std::string_view token) {
  place.tokens_.emplace_back(token);
  return place;
}

JsonPlace operator/(JsonPlace place, std::size_t index) {
  place.tokens_.push_back(std::to_string(index));
  return place;
}

JsonPlace operator/(JsonPlace place, const JsonPlace& further) {
  place.tokens_.insert(place.tokens_.end(), further.tokens_.begin(), further.tokens_.end());
  return place;
}

}  // namespace capsize::base
