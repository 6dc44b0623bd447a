#include "checker/history/plain_event.h"

#include "checker/history/builder.h"
#include "checker/history/line_reader.h"

namespace capsize::checker {
namespace {

using Kind = FlatScalar::Kind;

bool is_optional_number(const FlatScalar& field) {
  return field.kind == Kind::kAbsent || field.kind == Kind::kInteger;
}

// A name, except ":write", whose colon the general parser removes.
bool is_name(const FlatScalar& field) {
  return field.kind == Kind::kText && !field.text.starts_with(':');
}

bool is_process(const FlatScalar& field) {
  return is_name(field) || (field.kind == Kind::kInteger && field.integer >= 0);
}

bool is_plain(const FlatFields& fields) {
  return is_optional_number(fields.index) && fields.index.integer >= 0 &&
         is_optional_number(fields.time) && is_process(fields.process) && is_name(fields.type) &&
         is_name(fields.function) &&
         !(fields.error.kind == Kind::kText && fields.error.text.starts_with(':')) &&
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

bool to_plain_event(const FlatFields& fields, std::string_view line, const Vocabulary& vocabulary,
                    PlainEvent& event) {
  if (!is_plain(fields)) return false;
  event.has_index = fields.index.kind == Kind::kInteger;
  event.index = fields.index.integer;
  event.has_time = fields.time.kind == Kind::kInteger;
  event.time = fields.time.integer;
  event.has_process_name = fields.process.kind == Kind::kText;
  event.process = fields.process.integer;
  event.process_name = piece(line, fields.process);
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
  event.has_error = fields.error.kind != Kind::kAbsent && fields.error.kind != Kind::kNull;
  event.mismatch = fields.error.kind == Kind::kText && fields.error.text == "mismatch";
  return true;
}

namespace {

ValueId value_of(const PlainEvent& plain, std::string_view line, ValueTable& values) {
  switch (plain.value_kind) {
    case Kind::kInteger:
      return values.integer(plain.value);
    case Kind::kText:
      return values.text(plain.text.of(line));
    case Kind::kPair: {
      const ValueId pair[] = {plain.value_null[0] ? kNullValue : values.integer(plain.value),
                              plain.value_null[1] ? kNullValue : values.integer(plain.second)};
      return values.list(pair);
    }
    default:
      return kNullValue;
  }
}

}  // namespace

bool add_plain_event(const PlainEvent& plain, const Line& line, HistoryBuilder& builder,
                     const PlainMeaning& meaning) {
  const auto type = builder.type(plain.type.of(line.text));
  const auto function =
      plain.known_function ? plain.known_function : builder.function(plain.function.of(line.text));
  if (!type || !function) return false;
  Event event;
  event.process =
      plain.has_process_name ? builder.process(plain.process_name.of(line.text)) : plain.process;
  if (!builder.is_client(event.process, *function)) return true;
  event.index = static_cast<std::uint64_t>(plain.index);
  event.line = static_cast<std::uint32_t>(line.number);
  if (plain.has_time) event.time = builder.time(plain.time);
  event.type = *type;
  event.function = *function;
  event.has_key = plain.has_key;
  if (event.has_key || event.type == EventType::kInvoke) {
    event.key = builder.key(plain.key.of(line.text), plain.has_key);
  }
  event.mismatch = plain.mismatch;
  if (meaning.unexplained_cas_mismatches) {
    const bool unexplained = event.function == kCas && !plain.has_error;
    event.mismatch = event.type == EventType::kFail && (event.mismatch || unexplained);
  }
  if (builder.needs_value(event)) event.value = value_of(plain, line.text, builder.values());
  builder.add(event);
  return true;
}

bool read_plain_event(std::string_view line, const Vocabulary& vocabulary, PlainEvent& event) {
  FlatFields fields;
  return read_flat_json(line, vocabulary, fields) &&
         to_plain_event(fields, line, vocabulary, event);
}

}  // namespace capsize::checker
