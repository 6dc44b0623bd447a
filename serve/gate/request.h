// What a client asks for, and what it is answered.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/store/beneath.h"

namespace capsize::serve {

/// What a client asks for. All texts are the client's own and may hold anything.
struct Request {
  std::string method;      ///< "GET"
  std::string target;      ///< "/api/runs?text=x", as it was sent
  std::string host;        ///< the header; empty if it is missing or there are several
  std::string cookies;     ///< all Cookie headers, joined by "; "
  std::string fetch_site;  ///< Sec-Fetch-Site: where a browser says that the request comes from
};

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Response {
  unsigned status = 200;
  Headers headers;
  std::string body;
  std::optional<harness::OpenFile> file;  ///< in place of the body
};

}  // namespace capsize::serve
