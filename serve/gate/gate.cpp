#include "serve/gate/gate.h"

#include <fmt/core.h>

#include <algorithm>

#include "serve/gate/headers.h"
#include "serve/gate/target.h"

namespace capsize::serve {

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  volatile unsigned char difference = 0;  // volatile: the loop may not end at the first difference
  for (std::size_t i = 0; i < left.size(); ++i) {
    const auto bits = static_cast<unsigned char>(left[i] ^ right[i]);
    difference = static_cast<unsigned char>(difference | bits);
  }
  return difference == 0;
}

std::string Gate::address() const {
  return fmt::format("http://127.0.0.1:{}/?token={}", port_, token_);
}

std::string Gate::cookie_name() const {
  return fmt::format("capsize-{}", port_);
}

bool Gate::is_own_host(const std::string& host) const {
  return host == fmt::format("127.0.0.1:{}", port_) || host == fmt::format("localhost:{}", port_);
}

bool Gate::has_cookie(const std::string& cookies) const {
  const std::string name = cookie_name() + "=";
  std::string_view rest = cookies;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(';'), rest.size());
    std::string_view cookie = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    while (cookie.starts_with(' ')) cookie.remove_prefix(1);
    if (cookie.starts_with(name) && equal_in_constant_time(cookie.substr(name.size()), cookie_)) {
      return true;
    }
  }
  return false;
}

std::optional<Response> Gate::answer(const Request& request) const {
  if (!is_own_host(request.host)) return refusal(421);
  if (request.method != "GET" && request.method != "HEAD") return refusal(405);
  const auto target = parse_target(request.target);
  const std::string token = target ? target->value("token") : std::string();
  if (target && target->path.empty() && !token.empty()) {
    if (!equal_in_constant_time(token, token_)) return refusal(401);
    Response response = refusal(303);
    response.body = "capsize serve: the pages are at /\n";
    response.headers.emplace_back("Location", "/");
    response.headers.emplace_back(
        "Set-Cookie",
        fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name(), cookie_));
    return response;
  }
  if (!has_cookie(request.cookies)) return refusal(401);
  // A page of another origin that got the browser to send the cookie; browsers that do not say
  // where a request comes from keep to SameSite alone.
  const std::string& site = request.fetch_site;
  if (!site.empty() && site != "same-origin" && site != "none") return refusal(403);
  if (!target) return refusal(404);
  return std::nullopt;
}

}  // namespace capsize::serve
