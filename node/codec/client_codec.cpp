#include "node/codec/client_codec.h"

#include "base/json.h"
#include "node/codec/exact_numbers.h"
#include "node/wire/header.h"

namespace capsize::codec {
namespace {

using base::Json;

constexpr std::size_t kIdBytesMax = 128;

/// Checked before parsing: the parsed value is destroyed and printed recursively, so unbounded
/// nesting would overflow the stack.
bool nesting_within(std::string_view text, int max) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > max) return false;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return true;
}

std::string shortened(std::string_view number) {
  constexpr std::size_t kShown = 40;
  if (number.size() <= kShown) return std::string(number);
  return std::string(number.substr(0, kShown)) + "…";
}

/// An integer or a short string as JSON text; empty for anything else.
std::string read_id(const Json& request) {
  const auto id = request.find("id");
  if (id == request.end()) return {};
  if (!id->is_integer() && !(id->is_string() && id->text().size() <= kIdBytesMax)) {
    return {};
  }
  return id->dump();
}

class Fields {
 public:
  explicit Fields(const Json& request) : request_(request) {}

  /// 0 if the field is missing and not required.
  std::uint64_t number(const char* key, bool required) {
    const auto found = request_.find(key);
    if (found == request_.end() && !required) return 0;
    if (found == request_.end() || !found->is_unsigned()) {
      refuse(std::string(key) + ": expected an integer of at least 0");
      return 0;
    }
    return found->get<std::uint64_t>();
  }
  std::string text(const char* key) {
    const auto found = request_.find(key);
    if (found == request_.end() || !found->is_string()) {
      refuse(std::string(key) + ": expected a string");
      return {};
    }
    return found->get<std::string>();
  }
  const Json* value() {
    const auto found = request_.find("value");
    if (found == request_.end()) {
      refuse("value: missing");
      return nullptr;
    }
    return &*found;
  }
  void refuse(std::string why) {
    if (error_.empty()) error_ = std::move(why);
  }
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  const Json& request_;
  std::string error_;
};

std::optional<kv::Operation> parse_operation(std::string_view word) {
  if (word == "read") return kv::Operation::kRead;
  if (word == "write") return kv::Operation::kWrite;
  if (word == "cas") return kv::Operation::kCas;
  if (word == "append") return kv::Operation::kAppend;
  if (word == "delete") return kv::Operation::kDelete;
  if (word == "register") return kv::Operation::kRegister;
  if (word == "txn") return kv::Operation::kTxn;
  return std::nullopt;
}

std::optional<kv::Step> parse_step(const Json& step) {
  if (!step.is_array() || step.size() != 3 || !step[0].is_string() || !step[1].is_string()) {
    return std::nullopt;
  }
  const auto& kind = step[0].text();
  kv::Step parsed{.key = step[1].get<std::string>()};
  if (kind == "r") return step[2].is_null() ? std::optional(std::move(parsed)) : std::nullopt;
  if (kind != "w" && kind != "append") return std::nullopt;
  parsed.kind = kind == "w" ? kv::Step::Kind::kWrite : kv::Step::Kind::kAppend;
  parsed.value = step[2].dump();
  return parsed;
}

/// kv::validate() checks the size of the whole transaction.
void read_steps(Fields& fields, kv::Command& command) {
  const Json* value = fields.value();
  if (value == nullptr) return;
  if (!value->is_array() || value->empty() || value->size() > kv::kTxnStepsMax) {
    fields.refuse("value: expected 1 to " + std::to_string(kv::kTxnStepsMax) + " steps");
    return;
  }
  for (const Json& step : *value) {
    auto parsed = parse_step(step);
    if (!parsed) {
      fields.refuse(R"(value: expected steps ["r",key,null], ["w",key,v] or ["append",key,x])");
      return;
    }
    command.steps.push_back(std::move(*parsed));
  }
}

void read_value(Fields& fields, kv::Command& command) {
  switch (command.operation) {
    case kv::Operation::kRead:
    case kv::Operation::kDelete:
    case kv::Operation::kRegister:
      return;
    case kv::Operation::kTxn:
      read_steps(fields, command);
      return;
    case kv::Operation::kWrite:
    case kv::Operation::kAppend:
      if (const Json* value = fields.value()) command.value = value->dump();
      break;
    case kv::Operation::kCas: {
      const Json* value = fields.value();
      if (value == nullptr) return;
      if (!value->is_array() || value->size() != 2) {
        fields.refuse("value: expected [expected, new]");
        return;
      }
      command.expected = (*value)[0].dump();
      command.value = (*value)[1].dump();
      break;
    }
  }
  if (std::max(command.value.size(), command.expected.size()) > kv::kValueBytesMax) {
    fields.refuse("value: longer than " + std::to_string(kv::kValueBytesMax) + " bytes");
  }
}

std::optional<std::vector<raft::NodeId>> parse_nodes(const Json& value) {
  if (!value.is_array() || value.empty() || value.size() > raft::kVotersMax) return std::nullopt;
  std::vector<raft::NodeId> nodes;
  for (const Json& item : value) {
    const auto number = item.is_string() ? wire::parse_node_name(item.text()) : std::nullopt;
    if (!number) return std::nullopt;
    nodes.push_back(raft::NodeId(*number));
  }
  std::sort(nodes.begin(), nodes.end());
  if (!raft::is_voter_set(nodes)) return std::nullopt;
  return nodes;
}

replica::ChangeMembers read_change(Fields& fields) {
  const Json* value = fields.value();
  if (value == nullptr) return {};
  auto nodes = parse_nodes(*value);
  if (!nodes) fields.refuse(R"(value: expected distinct members, ["n1","n2",…])");
  return {nodes.value_or(std::vector<raft::NodeId>{})};
}

replica::TransferLeadership read_transfer(Fields& fields) {
  const Json* value = fields.value();
  if (value == nullptr) return {};
  const auto number = value->is_string() ? wire::parse_node_name(value->text()) : std::nullopt;
  if (!number) fields.refuse(R"(value: expected the new leader, "n2")");
  return {raft::NodeId(number.value_or(0))};
}

bool has_key(kv::Operation operation) {
  return operation != kv::Operation::kRegister && operation != kv::Operation::kTxn;
}

void read_session(Fields& fields, const kv::Command& command) {
  if (command.session == kv::SessionId(0)) return;
  if (command.operation == kv::Operation::kRegister) {
    fields.refuse("session: register opens a session, and takes none");
  }
  if (command.sequence == kv::Sequence(0)) fields.refuse("sequence: begins at 1 in a session");
}

kv::Command read_kv_command(Fields& fields, const std::string& word) {
  kv::Command command;
  command.client = kv::ClientId(fields.number("client", true));
  command.sequence = kv::Sequence(fields.number("sequence", true));
  command.session = kv::SessionId(fields.number("session", false));
  const auto operation = parse_operation(word);
  if (!operation) {
    fields.refuse(
        "f: expected read, write, cas, append, delete, register, txn, change-members or "
        "transfer-leadership");
  }
  if (!fields.error().empty()) return command;
  command.operation = *operation;
  read_session(fields, command);
  if (has_key(command.operation)) command.key = fields.text("key");
  if (command.key.size() > kv::kKeyBytesMax) {
    fields.refuse("key: longer than " + std::to_string(kv::kKeyBytesMax) + " bytes");
  }
  if (!fields.error().empty()) return command;
  read_value(fields, command);
  return command;
}

/// Whether the request has "level":"stale". The default is "linearizable".
bool is_stale(Fields& fields, const Json& request, const kv::Command& command) {
  const auto level = request.find("level");
  if (level == request.end() || *level == "linearizable") return false;
  if (*level != "stale") fields.refuse("level: expected linearizable or stale");
  if (command.operation != kv::Operation::kRead) fields.refuse("level: only a read has one");
  return true;
}

replica::ClientCommand read_command(Fields& fields, const Json& request) {
  const std::string word = fields.text("f");
  if (word == "change-members") return read_change(fields);
  if (word == "transfer-leadership") return read_transfer(fields);
  kv::Command command = read_kv_command(fields, word);
  if (is_stale(fields, request, command)) return replica::StaleRead{std::move(command.key)};
  return command;
}

std::string_view name(kv::Outcome outcome) {
  switch (outcome) {
    case kv::Outcome::kOk:
      return "ok";
    case kv::Outcome::kFail:
      return "fail";
    case kv::Outcome::kInfo:
      break;
  }
  return "info";
}

}  // namespace

std::variant<DecodedRequest, MalformedRequest> decode_request(std::string_view text) {
  if (text.size() > kRequestBytesMax) return MalformedRequest{"", "the request is too long"};
  if (!nesting_within(text, kNestingMax)) return MalformedRequest{"", "nested too deeply"};
  const Json request = Json::parse(text);
  if (!request.is_object()) return MalformedRequest{"", "expected one JSON object"};
  std::string id = read_id(request);
  if (id.empty()) return MalformedRequest{"", "id: expected an integer or a short string"};
  if (const auto number = inexact_number(text)) {
    return MalformedRequest{std::move(id), "the number " + shortened(*number) +
                                               " cannot be stored exactly: expected an integer of "
                                               "64 bits, or the digits of a double"};
  }
  Fields fields(request);
  replica::ClientCommand command = read_command(fields, request);
  if (!fields.error().empty()) return MalformedRequest{std::move(id), fields.error()};
  return DecodedRequest{std::move(id), std::move(command)};
}

std::string encode_reply(std::string_view id, const kv::Reply& reply, raft::NodeId leader) {
  // Built by hand: the value is JSON text already, and errors are words from a fixed list.
  std::string out;
  out.reserve(64 + id.size() + reply.value.size());
  out.append(R"({"id":)").append(id).append(R"(,"outcome":")").append(name(reply.outcome));
  out += '"';
  if (!reply.value.empty()) out.append(R"(,"value":)").append(reply.value);
  if (!reply.error.empty()) out.append(R"(,"error":")").append(reply.error) += '"';
  if (leader != raft::kNoNode) {
    out.append(R"(,"leader":")").append(wire::node_name(leader.value())) += '"';
  }
  out += '}';
  return out;
}

std::string encode_malformed(const MalformedRequest& request) {
  const std::string detail = Json(request.detail).dump();
  return R"({"id":)" + request.id + R"(,"outcome":"fail","error":"malformed","detail":)" + detail +
         "}";
}

}  // namespace capsize::codec
