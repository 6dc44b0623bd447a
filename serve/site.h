// What `capsize serve` answers to which target. Everything but the token file only reads.
#pragma once

#include <string>

#include "harness/store/beneath.h"
#include "serve/gate/gate.h"
#include "serve/gate/target.h"
#include "serve/http_server.h"
#include "serve/live_runs.h"
#include "serve/run_list.h"
#include "serve/suites.h"

namespace capsize::serve {

class Site {
 public:
  /// `store_path`: as commands that the pages show name it.
  Site(harness::OpenDirectory store, std::string store_path, Gate gate)
      : store_(std::move(store)), store_path_(std::move(store_path)), gate_(std::move(gate)) {}
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  [[nodiscard]] Response answer(const Request& request);

 private:
  Response data(const Target& target);
  Response run(const RunName& name);
  Response download(const Target& target) const;
  Response report(const RunName& name) const;

  harness::OpenDirectory store_;
  std::string store_path_;
  Gate gate_;
  RunList runs_{store_};
  Suites suites_{store_};
  LiveRuns live_{store_};
};

}  // namespace capsize::serve
