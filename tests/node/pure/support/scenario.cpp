#include "tests/node/pure/support/scenario.h"

#include <fstream>
#include <sstream>

namespace capsize::fixture {
namespace {

std::uint32_t node_number(const std::string& word) {
  if (word.size() < 2 || word[0] != 'n') throw std::invalid_argument("not a node: " + word);
  return static_cast<std::uint32_t>(std::stoul(word.substr(1)));
}

std::string joined(const std::vector<std::uint64_t>& numbers) {
  std::string text;
  for (const std::uint64_t number : numbers) {
    text += (text.empty() ? "" : " ") + std::to_string(number);
  }
  return text;
}

std::string joined(const std::vector<std::string>& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

std::string kind_of(const raft::Message& message) {
  static const char* const kNames[] = {"vote",         "vote-reply",    "append",
                                       "append-reply", "read-index",    "read-index-reply",
                                       "install",      "install-reply", "timeout-now"};
  return kNames[message.body.index()];
}

std::string first_word(std::istringstream& in) {
  std::string word;
  in >> word;
  return word;
}

}  // namespace

Scenario::Scenario() {
  register_setup();
  register_inputs();
  register_network();
  register_expectations();
}

std::string Scenario::run(const std::string& path) {
  std::ifstream file(path);
  if (!file) return path + ": cannot be read";
  std::string text;
  for (int number = 1; std::getline(file, text) && failure_.empty(); ++number) {
    try {
      line(text.substr(0, text.find('#')));
    } catch (const std::exception& error) {
      failure_ = error.what();
    }
    if (failure_.empty() && cluster_ && !cluster_->violations().empty()) {
      failure_ = cluster_->violations().front();
    }
    if (!failure_.empty()) failure_ = path + ":" + std::to_string(number) + ": " + failure_;
  }
  return failure_;
}

std::vector<Scenario::Proof> Scenario::proofs(const std::string& path) {
  std::vector<Proof> found;
  std::ifstream file(path);
  for (std::string text; std::getline(file, text);) {
    std::istringstream in(text.substr(0, text.find('#')));
    if (first_word(in) != "proves") continue;
    Proof proof;
    in >> proof.bug >> std::ws;
    std::getline(in, proof.text);
    found.push_back(std::move(proof));
  }
  return found;
}

void Scenario::line(const std::string& text) {
  std::istringstream in(text);
  const std::string verb = first_word(in);
  if (verb.empty()) return;
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  const auto found = verbs_.find(verb);
  if (found == verbs_.end()) throw std::invalid_argument("no such verb: " + verb);
  found->second(words);
}

RaftFixture& Scenario::cluster() {
  if (!cluster_) cluster_ = std::make_unique<RaftFixture>(setup_);
  return *cluster_;
}

void Scenario::expect(bool holds, const std::string& found) {
  if (!holds) failure_ = "found " + found;
}

void Scenario::register_setup() {
  verbs_["nodes"] = [this](const Words& w) {
    setup_.nodes = static_cast<std::uint32_t>(std::stoul(w.at(0)));
  };
  verbs_["proves"] = [](const Words&) {};  // see proofs()
  verbs_["switch-off"] = [this](const Words& w) {
    for (const std::string& name : w) {
      if (name == "pre-vote") setup_.config.pre_vote = false;
      if (name == "check-quorum") setup_.config.check_quorum = false;
      if (name == "stickiness") setup_.config.leader_stickiness = false;
    }
  };
  verbs_["append-entries-max"] = [this](const Words& w) {
    setup_.config.append_entries_max = std::stoul(w.at(0));
  };
  verbs_["snapshot-piece-bytes"] = [this](const Words& w) {
    setup_.config.snapshot_piece_bytes = std::stoul(w.at(0));
  };
  verbs_["compaction-margin"] = [this](const Words& w) {
    setup_.config.compaction_margin = std::stoul(w.at(0));
  };
  verbs_["spares"] = [this](const Words& w) {  // not members until they are added
    setup_.spares = static_cast<std::uint32_t>(std::stoul(w.at(0)));
  };
  verbs_["lease-reads"] = [this](const Words&) {
    setup_.config.lease_reads_assume_bounded_clock_drift = true;
  };
  verbs_["disk"] = [this](const Words& w) {  // disk n1 term 3 vote n2 log 1 1 2
    raft::Recovered& disk = setup_.disks[node_number(w.at(0))];
    std::vector<std::uint64_t> terms;
    for (std::size_t i = 1; i < w.size(); ++i) {
      if (w[i] == "term") {
        disk.hard_state.term = Term{std::stoull(w.at(++i))};
      } else if (w[i] == "vote") {
        disk.hard_state.vote = n(node_number(w.at(++i)));
      } else if (w[i] != "log") {
        terms.push_back(std::stoull(w[i]));
      }
    }
    disk.entries = entries(terms);
  };
}

void Scenario::register_inputs() {
  verbs_["campaign"] = [this](const Words& w) { cluster().campaign(node_number(w.at(0))); };
  verbs_["elect"] = [this](const Words& w) { cluster().elect(node_number(w.at(0))); };
  verbs_["heartbeat"] = [this](const Words& w) { cluster().heartbeat(node_number(w.at(0))); };
  verbs_["wait"] = [this](const Words& w) {  // wait n1 200, in milliseconds
    cluster().advance(node_number(w.at(0)), milliseconds(std::stol(w.at(1))));
  };
  verbs_["propose"] = [this](const Words& w) {
    const bool leads = cluster().propose(node_number(w.at(0)), w.at(1)).has_value();
    expect(leads, "no leader in " + w[0]);
  };
  verbs_["read"] = [this](const Words& w) {
    cluster().read(node_number(w.at(0)), std::stoull(w.at(1)));
  };
  verbs_["change-members"] = [this](const Words& w) {  // change-members n1 n1 n2 n4
    std::vector<std::uint32_t> voters;
    for (std::size_t i = 1; i < w.size(); ++i) voters.push_back(node_number(w[i]));
    refused_ = cluster().change_members(node_number(w.at(0)), voters);
  };
  verbs_["transfer"] = [this](const Words& w) {  // transfer n1 n2
    refused_ = cluster().transfer(node_number(w.at(0)), node_number(w.at(1)));
  };
  verbs_["crash"] = [this](const Words& w) { cluster().crash(node_number(w.at(0))); };
  verbs_["restart"] = [this](const Words& w) { cluster().restart(node_number(w.at(0))); };
  verbs_["restart-with-loss"] = [this](const Words& w) {  // restart-with-loss n1 2
    cluster().restart_with_loss(node_number(w.at(0)), std::stoul(w.at(1)));
  };
  verbs_["replace"] = [this](const Words& w) { cluster().replace(node_number(w.at(0))); };
  verbs_["restore-vote"] = [this](const Words& w) {
    const bool restored = cluster().restore_vote(node_number(w.at(0)));
    refused_ = restored ? raft::Refusal::kNone : raft::Refusal::kTooEarly;
  };
  verbs_["compact"] = [this](const Words& w) { cluster().compact(node_number(w.at(0))); };
  verbs_["hold-syncs"] = [this](const Words& w) { cluster().hold_syncs(node_number(w.at(0))); };
  verbs_["sync"] = [this](const Words& w) { cluster().sync(node_number(w.at(0))); };
  verbs_["begin-sync"] = [this](const Words& w) { cluster().begin_sync(node_number(w.at(0))); };
  verbs_["end-sync"] = [this](const Words& w) { cluster().end_sync(node_number(w.at(0))); };
  verbs_["auto-sync"] = [this](const Words& w) { cluster().auto_sync(node_number(w.at(0))); };
}

// Sender, receiver and optional kind: n1 n2 append; * matches any node.
RaftFixture::Filter Scenario::messages(const Words& words, std::size_t from) const {
  const std::string sender = words.size() > from ? words[from] : "*";
  const std::string receiver = words.size() > from + 1 ? words[from + 1] : "*";
  const std::string kind = words.size() > from + 2 ? words[from + 2] : "*";
  const auto is = [](const std::string& pattern, NodeId node) {
    return pattern == "*" || n(node_number(pattern)) == node;
  };
  return [=](const raft::Message& m) {
    return is(sender, m.from) && is(receiver, m.to) && (kind == "*" || kind_of(m) == kind);
  };
}

void Scenario::register_network() {
  verbs_["deliver"] = [this](const Words& w) { cluster().deliver(messages(w, 0)); };
  verbs_["drop"] = [this](const Words& w) { cluster().drop(messages(w, 0)); };
  verbs_["duplicate"] = [this](const Words& w) { cluster().duplicate(messages(w, 0)); };
  verbs_["stash"] = [this](const Words& w) {  // stash NAME n1 n2 [kind]
    stashed_[w.at(0)] = cluster().stash(messages(w, 1));
    expect(!stashed_[w[0]].empty(), "nothing to stash");
  };
  verbs_["replay"] = [this](const Words& w) { cluster().replay(stashed_.at(w.at(0))); };
  verbs_["settle"] = [this](const Words&) { cluster().settle(); };
  verbs_["cut"] = [this](const Words& w) {
    cluster().cut(node_number(w.at(0)), node_number(w.at(1)));
  };
  verbs_["isolate"] = [this](const Words& w) {
    for (const std::string& word : w) cluster().isolate(node_number(word));
  };
  verbs_["heal"] = [this](const Words&) { cluster().heal(); };
}

void Scenario::register_expectations() {
  verbs_["expect"] = [this](const Words& w) { expect_node(w); };
  verbs_["expect-same-logs"] = [this](const Words&) {
    for (std::uint32_t i = 2; i <= setup_.nodes; ++i) {
      expect(cluster().log_terms(i) == cluster().log_terms(1),
             "n" + std::to_string(i) + " with " + joined(cluster().log_terms(i)));
    }
  };
  verbs_["expect-refused"] = [this](const Words&) {
    expect(refused_ != raft::Refusal::kNone, "it began");
  };
  verbs_["expect-begun"] = [this](const Words&) {
    expect(refused_ == raft::Refusal::kNone, "it was refused");
  };
  verbs_["expect-in-flight"] = [this](const Words& w) {  // expect-in-flight COUNT n1 n2 [kind]
    const std::size_t count = cluster().count(messages(w, 1));
    expect(count == std::stoul(w.at(0)), std::to_string(count));
  };
}

// expect n1 role leader | term 3 | vote n2 | log 1 1 2 | commit 2 | persisted 2 | applied a b
//           | members n1 n2 | members n2 n4 | n1 n2   (joint, the new voters first)
//           | last 2 | snapshot 2 | votes no | read 7 ok
void Scenario::expect_node(const Words& w) {
  const std::uint32_t node = node_number(w.at(0));
  const std::string& what = w.at(1);
  const std::string wanted = joined(w, what == "read" ? 3 : 2);
  const raft::SoftState state = cluster().state(node);
  std::string found = "?";
  if (what == "role") found = std::string(raft::name(state.role));
  if (what == "term") found = std::to_string(state.term.value());
  if (what == "vote") found = "n" + std::to_string(state.vote.value());
  if (what == "leader") found = "n" + std::to_string(state.leader.value());
  if (what == "log") found = joined(cluster().log_terms(node));
  if (what == "members") found = cluster().configuration(node);
  if (what == "commit") found = std::to_string(state.commit.value());
  if (what == "votes") found = state.lost == Index{0} ? "yes" : "no";
  if (what == "last") found = std::to_string(state.last.value());
  if (what == "snapshot") found = std::to_string(state.snapshot.value());
  if (what == "persisted") found = std::to_string(state.persisted.value());
  if (what == "applied") found = joined(cluster().applied(node), 0);
  if (what == "read") {
    const auto result = cluster().read_result(node, std::stoull(w.at(2)));
    found = !result ? "open" : *result ? "ok" : "fail";
  }
  expect(found == wanted, what + " " + found);
}

}  // namespace capsize::fixture
