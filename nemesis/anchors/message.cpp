// The proxy has seen a number of messages of a type on some links.
#include "nemesis/anchors/counting.h"
#include "node/wire/header.h"

namespace capsize::nemesis {
namespace {

class MessageWatch final : public Watch {
 public:
  MessageWatch(std::uint64_t rule, std::uint64_t count, bool installed)
      : rule_(rule), count_(count), installed_(installed) {}
  bool has_fired(Cluster& cluster, base::Duration) override {
    // If the proxy refused the rule, the anchor never fires and its fault is skipped.
    const ActionResult seen = installed_ ? cluster.peek_rule(rule_) : ActionResult{};
    return seen.done && seen.evidence.value("seen", std::uint64_t{0}) >= count_;
  }
  void disarm(Cluster& cluster) override {
    if (installed_) cluster.remove_rule(rule_);
  }

 private:
  std::uint64_t rule_;
  std::uint64_t count_;
  bool installed_;
};

std::vector<Link> links_of(const base::Json& params, const ClusterView& view) {
  std::vector<Link> links;
  for (Node from = 0; from < view.nodes.size(); ++from) {
    for (Node to = 0; to < view.nodes.size(); ++to) {
      const bool matches = params.value("from", node_name(from)) == node_name(from) &&
                           params.value("to", node_name(to)) == node_name(to);
      if (from != to && matches) links.emplace_back(from, to);
    }
  }
  return links;
}

std::vector<std::string_view> types() {
  std::vector<std::string_view> names;
  for (std::size_t type = 1; type < wire::kMessageTypeCount; ++type) {
    names.push_back(wire::name(static_cast<wire::MessageType>(type)));
  }
  return names;
}

class Message final : public AnchorKind {
 public:
  std::string_view name() const override { return "message"; }
  std::string_view summary() const override {
    return "the proxy has seen the n-th message of a type, on one link or any";
  }
  Declared parameters() const override {
    return {
        {.name = "type", .summary = "type of the messages; without it, any", .choices = types()},
        {.name = "from", .type = Parameter::Type::kNode, .summary = "the sender; without it, any"},
        {.name = "to", .type = Parameter::Type::kNode, .summary = "the receiver; without it, any"},
        kCount};
  }
  std::unique_ptr<Watch> arm(const base::Json& params, std::uint64_t id,
                             Cluster& cluster) const override {
    auto only = base::Json::object();
    // Not {params["type"]}: of one element, Clang makes a copy and GCC an array.
    if (params.contains("type")) only["types"] = base::Json::array({params["type"]});
    const ActionResult installed =
        cluster.install_rule(id, links_of(params, cluster.view()), {{"kind", "watch"}}, only);
    return std::make_unique<MessageWatch>(id, count_of(params), installed.done);
  }
};

const base::Registered<AnchorKind, Message> registered;

}  // namespace
}  // namespace capsize::nemesis
