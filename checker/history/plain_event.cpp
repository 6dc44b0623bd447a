#include "checker/history/plain_event.h"

namespace capsize::checker {
namespace {

using Kind = FlatScalar::Kind;

bool is_optional_number(const FlatScalar& field) {
  return field.kind == Kind::kAbsent || field.kind == Kind::kInteger;
}

bool is_plain(const FlatFields& fields) {
  return is_optional_number(fields.index) && fields.index.integer >= 0 &&
         is_optional_number(fields.time) && fields.process.kind == Kind::kInteger &&
         fields.process.integer >= 0 && fields.type.kind == Kind::kText &&
         fields.function.kind == Kind::kText &&
         (fields.key.kind == Kind::kText || fields.key.kind == Kind::kAbsent);
}

std::optional<FunctionId> known_function(std::string_view name) {
  if (name == "read") return kRead;
  if (name == "write") return kWrite;
  if (name == "cas") return kCas;
  return std::nullopt;
}

PlainEvent::Piece piece(std::string_view line, const FlatScalar& field) {
  if (field.kind != Kind::kText) return {};
  return {static_cast<std::uint32_t>(field.text.data() - line.data()),
          static_cast<std::uint32_t>(field.text.size())};
}

}  // namespace

bool read_plain_event(std::string_view line, const Vocabulary& vocabulary, PlainEvent& event) {
  FlatFields fields;
  if (!read_flat_json(line, vocabulary, fields) || !is_plain(fields)) return false;
  event.has_index = fields.index.kind == Kind::kInteger;
  event.index = fields.index.integer;
  event.has_time = fields.time.kind == Kind::kInteger;
  event.time = fields.time.integer;
  event.process = fields.process.integer;
  event.type = piece(line, fields.type);
  event.function = piece(line, fields.function);
  event.known_function = known_function(vocabulary.function(fields.function.text));
  event.has_key = fields.key.kind == Kind::kText;
  event.key = piece(line, fields.key);
  event.value_kind = fields.value.kind;
  event.value = fields.value.integer;
  event.second = fields.value.second;
  event.value_null[0] = fields.value.null[0];
  event.value_null[1] = fields.value.null[1];
  event.text = piece(line, fields.value);
  event.mismatch = fields.error.kind == Kind::kText && fields.error.text == "mismatch";
  return true;
}

}  // namespace capsize::checker
