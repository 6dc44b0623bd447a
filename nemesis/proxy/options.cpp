#include "nemesis/proxy/options.h"

#include <cstdio>
#include <set>

#include "base/command_line.h"
#include "base/units.h"
#include "node/wire/endpoint.h"

namespace capsize::nemesis::proxy {
namespace {

constexpr const char* kDescription =
    "Forwards the messages between the nodes of a cluster, on every directed link, and injects\n"
    "the network faults that control requests install.\n"
    "Example:\n"
    "  capsize-proxy --run-id 1 --control ipc://run/p --link n1:n2=ipc://run/a,ipc://run/b";

base::Status check(const Settings& settings, bool allow_remote) {
  if (const auto status = wire::check_endpoint(settings.control, allow_remote); !status) {
    return status;
  }
  std::set<LinkId> seen;
  for (const LinkEndpoints& link : settings.links) {
    if (!seen.insert(link.link).second) {
      return base::Error{"--link " + wire::node_name(link.link.from) + ":" +
                         wire::node_name(link.link.to) + ": given twice"};
    }
    for (const std::string& endpoint : {link.in, link.out}) {
      if (const auto status = wire::check_endpoint(endpoint, allow_remote); !status) return status;
    }
  }
  return {};
}

}  // namespace

base::Result<LinkEndpoints> parse_link(std::string_view text) {
  const base::Error error{"--link " + std::string(text) +
                          ": expected n1:n2=IN_ENDPOINT,OUT_ENDPOINT"};
  const std::size_t equals = text.find('=');
  const std::size_t colon = text.find(':');
  const std::size_t comma = text.find(',');
  if (equals == std::string_view::npos || comma == std::string_view::npos || colon >= equals ||
      comma < equals) {
    return error;
  }
  const auto from = wire::parse_node_name(text.substr(0, colon));
  const auto to = wire::parse_node_name(text.substr(colon + 1, equals - colon - 1));
  if (!from || !to || *from == *to) return error;
  return LinkEndpoints{{*from, *to},
                       std::string(text.substr(equals + 1, comma - equals - 1)),
                       std::string(text.substr(comma + 1))};
}

base::Result<std::optional<Settings>> parse_options(std::span<char* const> arguments) {
  Settings settings;
  std::vector<std::string> links;
  std::string secret_file;
  std::string messages_max = "256MiB";
  bool allow_remote = false;
  int parent = 0;
  base::CommandLine line("capsize-proxy", kDescription);
  line.option("--run-id", settings.run_id, "messages with another run id are dropped").required();
  line.option("--control", settings.control, "endpoint for control requests").required();
  line.option("--link", links, "n1:n2=IN,OUT: where n1 pushes, where n2 pulls; repeated");
  line.option("--held-bytes-per-link", settings.limits.link_bytes,
              "bytes that may wait on one link; further messages are dropped and counted");
  line.option("--held-bytes", settings.limits.all_bytes,
              "bytes that may wait on all links together");
  line.option("--seed", settings.seed, "of the rules' random streams");
  line.option("--messages", settings.messages,
              "file that records what became of each message; created anew");
  line.option("--messages-max", messages_max, "size at which that record ends").type_name("SIZE");
  line.option("--parent", parent, "exit when this process exits").positive();
  line.option("--secret-file", secret_file,
              "control requests must carry the secret in this file (mode 0600)");
  line.flag("--allow-remote", allow_remote, "permit endpoints on other machines");
  const auto outcome = line.parse(arguments);
  if (const auto* print = std::get_if<base::CommandLine::Print>(&outcome)) {
    std::fputs(print->text.c_str(), stdout);
    return std::optional<Settings>();
  }
  if (const auto* failure = std::get_if<base::CommandLine::Failure>(&outcome)) {
    return base::Error{failure->message};
  }
  for (const std::string& text : links) {
    auto link = parse_link(text);
    if (!link) return link.error();
    settings.links.push_back(std::move(link).value());
  }
  const auto messages_bytes = base::parse_size(messages_max);
  if (!messages_bytes) return base::Error{"--messages-max: " + messages_bytes.error().message};
  settings.messages_bytes_max = messages_bytes.value();
  if (!secret_file.empty()) {
    auto secret = wire::ControlSecret::read_file(secret_file);
    if (!secret) return base::Error{"--secret-file: " + secret.error().message};
    settings.secret = std::move(secret).value();
  }
  if (const auto status = check(settings, allow_remote); !status) return status.error();
  return std::optional(std::move(settings));
}

}  // namespace capsize::nemesis::proxy
