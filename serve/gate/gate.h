// Who may ask for anything: the first thing that happens to a request. Pure.
//
// Every local user can connect to a port of 127.0.0.1, and every page in a browser can make it send
// requests there. So a request has to name this server as its host (a page of another name that
// resolves to 127.0.0.1 does not: DNS rebinding), only reads, and has the cookie that a browser
// gets when it opens the printed address with the token.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "serve/gate/request.h"

namespace capsize::serve {

class Gate {
 public:
  Gate(std::uint16_t port, std::string token, std::string cookie)
      : port_(port), token_(std::move(token)), cookie_(std::move(cookie)) {}

  /// The answer to a request that ends here: it is refused, or it has the token and is sent to "/"
  /// with the cookie. Nothing: the request is let in.
  [[nodiscard]] std::optional<Response> answer(const Request& request) const;

  /// The address that lets a browser in.
  [[nodiscard]] std::string address() const;
  /// Cookies belong to a host, not to a port, so the name tells servers apart.
  [[nodiscard]] std::string cookie_name() const;

 private:
  [[nodiscard]] bool is_own_host(const std::string& host) const;
  [[nodiscard]] bool has_cookie(const std::string& cookies) const;
  std::uint16_t port_;
  std::string token_;
  std::string cookie_;
};

/// Whether two texts are equal, in a time that depends on their lengths only: how long a refusal
/// takes says nothing about the secret.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace capsize::serve
