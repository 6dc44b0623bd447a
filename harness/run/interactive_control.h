// Interactive control of a run by another program, for instance a test in Python: requests are
// lines of JSON, and so are the replies, each with the request's "id".
//
//   {"id":1,"begin":{"kind":"cut","target":"leader"}}    a fault as in a scenario's phases; without
//                                                        "hold" it is active until `end`
//     -> {"id":1,"label":"interactive-1","state":"installed","nodes":["n2"],"evidence":{…}}
//   {"id":2,"end":"interactive-1"}                       -> {"id":2,"state":"installed",…}
//   {"id":3,"wait":{"leader":{"term-above":2}},"within":"5s"}
//     -> {"id":3,"fired":true,"after-ms":120}
//   {"id":4,"view":true}                                 -> {"id":4,"leader":"n3","term":4,…}
//   {"id":5,"finish":true}                               ends the load; the checks follow
//
// The reply to a malformed request is {"id":…,"error":"line 7: …"}: the number of the line, what
// was found and what was expected. Each fault is a phase of a script of its own, the same concept
// as in the other ways to write a strategy (nemesis/plan/strategy.h).
#pragma once

#include <functional>
#include <list>
#include <string>
#include <vector>

#include "base/json.h"
#include "nemesis/engine/nemesis.h"

namespace capsize::harness {

/// Reads lines from a descriptor. Never blocks.
class LineInput {
 public:
  explicit LineInput(int descriptor) : descriptor_(descriptor) {}
  /// The complete lines since the last call, without line feeds.
  [[nodiscard]] std::vector<std::string> take();
  /// Whether the other end has closed it.
  [[nodiscard]] bool closed() const { return closed_; }

  /// Of a longer line this many bytes and one more are kept, so that it is refused.
  static constexpr std::size_t kLineBytesMax = std::size_t{1} << 20;

 private:
  int descriptor_;
  std::string rest_;
  bool closed_ = false;
};

class InteractiveControl {
 public:
  using Answer = std::function<void(const base::Json&)>;
  InteractiveControl(nemesis::Nemesis& nemesis, nemesis::Cluster& cluster, Answer answer)
      : nemesis_(nemesis), cluster_(cluster), answer_(std::move(answer)) {}

  void take(const std::string& line, base::Duration now);
  /// Returns the replies to the requests that have completed since the last call.
  void step(base::Duration now);
  [[nodiscard]] bool finish_asked() const { return finish_asked_; }

 private:
  enum class Want { kBegun, kEnded };
  struct Pending {
    base::Json id;
    std::string label;
    Want want = Want::kBegun;
  };
  struct Waiting {
    base::Json id;
    std::unique_ptr<nemesis::WatchList::Handle> handle;
    base::Duration since{};
    base::Duration until{};
  };
  void begin(const base::Json& id, base::Json fault);
  void end(const base::Json& id, const base::Json& label);
  void wait(const base::Json& id, const base::Json& request, base::Duration now);
  void view(const base::Json& id);
  void refuse(const base::Json& id, const std::string& why);
  [[nodiscard]] const nemesis::FaultRecord* find(const std::string& label) const;
  bool settle(const Pending& pending);

  nemesis::Nemesis& nemesis_;
  nemesis::Cluster& cluster_;
  Answer answer_;
  std::list<Pending> pending_;
  std::list<Waiting> waiting_;
  std::uint64_t begun_ = 0;
  std::uint64_t lines_ = 0;
  bool finish_asked_ = false;
};

}  // namespace capsize::harness
